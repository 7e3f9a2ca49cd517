"""The routes of searching by picture: search, index, groups."""

import asyncio
import time
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from ray.serve.handle import DeploymentHandle

from cluster.allowance import CapUse
from deployments.answers import Refused
from deployments.body import MOST_BYTES, read_body, read_json
from deployments.callers import Caller, Gate, requires
from deployments.media_desk import Asked, Forgotten, Unusable
from deployments.media_desk import Found as FoundHere
from deployments.media_desk import Groups as GroupsHere
from deployments.media_desk import Indexed as IndexedHere
from deployments.media_models import (
    MOST_RESULTS,
    MediaBatch,
    MediaFound,
    MediaGroups,
    MediaIndexed,
    MediaRow,
    MediaWanted,
    SearchWanted,
)
from deployments.media_rows import Row, name_of, parsed, read_media
from deployments.problems import ProblemError, as_problem, documented, writable
from deployments.relay import PROBLEMS, Tenant, answered, cap_headers, each, refusal, require_room
from deployments.room import Room
from scoring.similarity import HOW_SCORED

_Answer = TypeVar("_Answer")

MOST_PICTURE_BYTES = 20 << 20
"""Of an upload: as much as is fetched from an address."""
_BEGINS_WITHIN = 35.0
"""Seconds after which no further picture of a request is begun: Serve gives up at 60, a fetch at 20."""

_SEARCHED = (
    "Compares the picture with the tenant's references and its indexed media, and answers the best matches. "
    "Takes one unit of the image similarity cap unless the picture is indexed. "
)
_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_MISSING = {
    "video": "no frames are taken from videos, and no fingerprints of frames are indexed",
    "audio": "no acoustic fingerprints are computed or indexed",
}


def add_search(app: FastAPI, scorer: DeploymentHandle[Any], gate: Gate, room: Room) -> None:
    """What a picture is like."""
    scores = Annotated[Caller, Depends(requires("scorer", gate))]
    top_k = Annotated[int, Query(ge=1, le=MOST_RESULTS, description="matches at most")]

    async def search(
        request: Request, response: Response, caller: Caller, tenant: str | None, wanted: Asked
    ) -> MediaFound:
        named = caller.asks_about(request, tenant)
        found = _good(await answered(scorer.search, named, wanted, room=room), FoundHere)
        response.headers.update(cap_headers(found.cap))
        return MediaFound.of(found)

    @app.post(
        "/v1/search/image/url",
        summary="Find what a picture at an address is a copy of",
        description=_SEARCHED + HOW_SCORED,
        responses=PROBLEMS,
        openapi_extra=_takes(SearchWanted),
    )
    async def search_url(
        request: Request, response: Response, caller: scores, tenant: Tenant = None
    ) -> MediaFound:
        wanted = parsed(read_json(await read_body(request)), SearchWanted)
        return await search(request, response, caller, tenant, Asked(wanted.url, wanted.top_k))

    @app.post(
        "/v1/search/image/file",
        summary="Find what an uploaded picture is a copy of",
        description=_SEARCHED + HOW_SCORED,
        responses=PROBLEMS,
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": f"The picture's own bytes, at most {MOST_PICTURE_BYTES >> 20} MiB.",
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in ("image/jpeg", "image/png", "image/webp", "application/octet-stream")
                },
            }
        },
    )
    async def search_file(
        request: Request, response: Response, caller: scores, tenant: Tenant = None, top_k: top_k = 10
    ) -> MediaFound:
        require_room(room)
        data = await read_body(request, most=MOST_PICTURE_BYTES)
        return await search(request, response, caller, tenant, Asked(data, top_k))

    @app.post(
        "/v1/search/{media_type}/{way}",
        summary="Search by video or audio: not there yet",
        responses=documented(
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.NOT_IMPLEMENTED,
        ),
        status_code=HTTPStatus.NOT_IMPLEMENTED,
        response_model=None,
    )
    async def search_other(
        _: scores,
        media_type: Annotated[Literal["video", "audio"], Path(description="what is searched by")],
        way: Annotated[Literal["url", "file"], Path(description="how it is sent")],  # noqa: ARG001 - in the path
    ) -> None:
        raise ProblemError(
            "not-implemented",
            HTTPStatus.NOT_IMPLEMENTED,
            f"{media_type} cannot be searched by: {_MISSING[media_type]}.",
            title="Only pictures can be searched by",
            hint="Send a picture, such as a video's poster, to /v1/search/image/url or /file.",
        )


def add_media(app: FastAPI, scorer: DeploymentHandle[Any], gate: Gate, room: Room) -> None:
    """What searches may find, and which of it is the same."""
    scores = Annotated[Caller, Depends(requires("scorer", gate))]

    @app.post(
        "/v1/media",
        summary="Index pictures, to be found by searches",
        description=(
            "One picture, several, or a CSV with a column `url` and perhaps `name`; each has a row in the "
            "answer. The same bytes are indexed once and keep their first name. Each new picture takes one "
            "unit of the `media_index` cap. One picture that fails by itself is answered as a problem."
        ),
        responses=PROBLEMS,
        openapi_extra=_takes(MediaWanted, MediaBatch, csv="url,name\nhttps://cdn.example.com/1.jpg,SKU 1\n"),
    )
    async def index(
        request: Request, response: Response, caller: scores, tenant: Tenant = None
    ) -> MediaIndexed:
        asking: Caller = caller
        named = asking.asks_about(request, tenant)
        body = await read_body(request)
        rows, alone = await asyncio.to_thread(read_media, body, request.headers.get("content-type", ""))
        outcomes = await _indexed(scorer, named, rows, room)
        if alone and isinstance(outcomes[0], Exception):
            raise outcomes[0]
        for outcome in outcomes:
            if isinstance(outcome, ProblemError) and outcome.problem.type in _OF_THE_TENANT:
                raise outcome
        response.headers.update(cap_headers(_lowest(outcomes)))
        results = [_row(at, *it) for at, it in enumerate(zip(rows, outcomes, strict=True), start=1)]
        counts = {
            status: sum(it.status == status for it in results) for status in ("indexed", "known", "failed")
        }
        return MediaIndexed(**counts, results=results)

    @app.delete(
        "/v1/media/{media_id}",
        summary="Forget an indexed picture",
        description=(
            "Its record, its vectors, what was derived from it and its bytes, as far as nothing else of the "
            "tenant's needs them: a reference of the same bytes stays whole. Other replicas find it no more "
            "from their next search on."
        ),
        responses=PROBLEMS,
        status_code=HTTPStatus.NO_CONTENT,
    )
    async def forget(
        request: Request,
        caller: Annotated[Caller, Depends(requires("reviewer", gate))],
        media_id: Annotated[str, Path(description="as indexing answered it", pattern=_ID)],
        tenant: Tenant = None,
    ) -> None:
        asking: Caller = caller
        named = asking.asks_about(request, tenant)
        gone = _good(await answered(scorer.forget_media, named, media_id, room=room), Forgotten)
        if not gone.was_there:
            raise ProblemError(
                "no-such-media",
                HTTPStatus.NOT_FOUND,
                "no picture of this id is indexed.",
                title="There is no such picture",
                hint="Ids are answered by POST /v1/media; one that was deleted is gone.",
            )

    @app.get(
        "/v1/groups",
        summary="Indexed media that are the same picture",
        description=(
            "By fingerprint: each member differs from the group's first in at most 8 of 64 bits, re-encoded, "
            "scaled, framed and mirrored copies included. The largest groups first."
        ),
        responses=PROBLEMS,
    )
    async def groups(
        request: Request,
        caller: scores,
        tenant: Tenant = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="groups at most")] = 100,
    ) -> MediaGroups:
        asking: Caller = caller
        named = asking.asks_about(request, tenant)
        return MediaGroups.of(_good(await answered(scorer.groups, named, limit, room=room), GroupsHere))


async def _indexed(
    scorer: DeploymentHandle[Any], tenant: str | None, rows: list[Row], room: Room
) -> list[IndexedHere | Exception]:
    ends_at = time.monotonic() + _BEGINS_WITHIN

    async def one(row: Row) -> IndexedHere | Exception:
        if isinstance(row, ProblemError):
            return row
        if time.monotonic() >= ends_at:
            return _not_reached()
        try:
            answer = await answered(scorer.index_media, tenant, row.url, name_of(row), room=room)
            return _good(answer, IndexedHere)
        except Exception as error:  # noqa: BLE001 - one picture's failure is one picture's answer
            return error

    return await each(rows, one)


_OF_THE_TENANT = frozenset({"urn:counterfoil:unknown-tenant", "urn:counterfoil:tenant-not-named"})


def _good(answer: object, kind: type[_Answer]) -> _Answer:
    """The answer, where there is one; otherwise the problem."""
    if isinstance(answer, Refused):
        raise refusal(answer)
    if isinstance(answer, Unusable):
        raise ProblemError(
            "picture-unusable",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            answer.message,
            title="The picture cannot be used",
            hint=answer.hint,
        )
    if not isinstance(answer, kind):
        raise TypeError(f"the scorer answered with {type(answer).__name__}")
    return answer


def _not_reached() -> ProblemError:
    return ProblemError(
        "not-reached",
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"its turn did not come within {_BEGINS_WITHIN:g} s.",
        title="There was no time for it",
        hint="Send it again: what is indexed already costs nothing.",
    )


def _lowest(outcomes: list[IndexedHere | Exception]) -> CapUse | None:
    caps = [it.cap for it in outcomes if isinstance(it, IndexedHere) and it.cap is not None]
    return min(caps, key=lambda it: it.remaining, default=None)


def _row(at: int, row: Row, outcome: IndexedHere | Exception) -> MediaRow:
    name = "" if isinstance(row, ProblemError) else name_of(row)
    if isinstance(outcome, IndexedHere):
        status: Literal["indexed", "known"] = "indexed" if outcome.fresh else "known"
        return MediaRow(row=at, status=status, media_id=outcome.id, name=name, problem=None)
    problem, _ = as_problem(outcome)
    return MediaRow(row=at, status="failed", media_id=None, name=name, problem=writable(problem))


def _takes(*models: type[Any], csv: str | None = None) -> dict[str, Any]:
    """A body that is read by hand, within the limits, as OpenAPI tells of it."""
    schemas = [model.model_json_schema(ref_template="#/components/schemas/{model}") for model in models]
    for schema in schemas:
        schema.pop("$defs", None)
    content: dict[str, Any] = {
        "application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
    }
    if csv is not None:
        content["text/csv"] = {"schema": {"type": "string"}, "example": csv}
    described = f"At most {MOST_BYTES >> 20} MiB; data: addresses hold the picture itself."
    return {"requestBody": {"required": True, "description": described, "content": content}}
