"""The HTTP face of the scorer: what callers may ask, what they get, all of it in OpenAPI."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from deployments.answers import Because, Readiness, Refused, Scored
from deployments.body import MOST_BYTES, read_body, read_listing
from deployments.examples import EXAMPLE_LISTING, EXAMPLE_NOT_READY, EXAMPLE_SCORED
from deployments.problems import Problem, ProblemError, documented, handle_problems
from scoring.errors import UnreachableError
from scoring.listing import Listing

_STATUS: dict[Because, tuple[HTTPStatus, str]] = {
    "unknown_tenant": (HTTPStatus.NOT_FOUND, "There is no such tenant"),
    "tenant_not_named": (HTTPStatus.UNPROCESSABLE_ENTITY, "The tenant is not named"),
    "nothing_protected": (HTTPStatus.CONFLICT, "The tenant protects nothing"),
}

_PROBLEMS = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

Tenant = Annotated[
    str | None,
    Query(
        description="Whose brands to judge by. May be left out where the catalogue has one tenant.",
        examples=["acme"],
    ),
]


class Api:
    """The ingress: reads requests and passes listings on. It holds no model and decodes no picture."""

    def __init__(self, scorer: DeploymentHandle[Any]) -> None:
        self._scorer = scorer

    def __serve_build_asgi_app__(self) -> FastAPI:
        return make_api(self._scorer)


def make_api(scorer: DeploymentHandle[Any]) -> FastAPI:
    """The app over a scorer's handle, or over anything that answers `score.remote` and `ready.remote`."""
    app = FastAPI(
        title="Counterfoil",
        description="Scores a listing against what a brand protects, before it goes live.",
        version="1",
    )
    handle_problems(app)

    @app.post(
        "/v1/score",
        summary="Score one listing",
        response_model=Scored,
        responses=_PROBLEMS,
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": (
                    "A listing. What is unknown or cannot be read is left out and named in `errors`. "
                    f"Images are http, https or data addresses; at most {MOST_BYTES >> 20} MiB in all."
                ),
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Listing"},
                        "examples": {"listing": {"value": EXAMPLE_LISTING}},
                    }
                },
            }
        },
    )
    async def score(request: Request, tenant: Tenant = None) -> Scored:
        listing, remarks = await asyncio.to_thread(read_listing, await read_body(request))
        answer: Scored | Refused = await _answered(scorer.score.remote(tenant, listing, remarks))
        if isinstance(answer, Refused):
            status, title = _STATUS[answer.because]
            kind = answer.because.replace("_", "-")
            raise ProblemError(kind, status, answer.message, title=title, hint=answer.hint)
        return answer

    @app.get("/healthz", summary="Whether this process is up")
    async def healthz() -> dict[str, str]:
        return {"status": "up"}

    @app.get(
        "/readyz",
        summary="Whether the catalogue opens and the encoder, where one is configured, is warm",
        response_model=Readiness,
        responses={
            503: {
                "description": "Not ready, and why",
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "example": EXAMPLE_NOT_READY,
                    }
                },
            }
        },
    )
    async def readyz() -> Readiness:
        readiness: Readiness = await _answered(scorer.ready.remote())
        if not readiness.ready:
            raise ProblemError(
                "not-ready",
                HTTPStatus.SERVICE_UNAVAILABLE,
                "; ".join(readiness.reasons),
                title="Not ready",
                hint="Listings are scored meanwhile by what is there; verdicts say what is not.",
            )
        return readiness

    _describe(app)
    return app


async def _answered(call: Awaitable[Any]) -> Any:  # noqa: ANN401 - a relay
    """The scorer's answer; `UnreachableError` where no replica gives one.

    Serve's own errors are not left to the app's handlers: Serve puts others there, which answer in
    plain text and do not say when to come again.
    """
    try:
        return await call
    except RayTaskError:
        raise  # the scorer was there, and failed
    except (RayError, RayServeException) as error:
        raise UnreachableError(
            "The scorer is starting, or has too much to do.",
            hint="Try again in a moment; more replicas are configured in serve.yaml.",
            retry_after=1,
        ) from error


def _describe(app: FastAPI) -> None:
    """Add to OpenAPI the schemas that no route's signature names, and the whole of an answer."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (Listing, Problem):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas[model.__name__] = schema
        # Given to the route, FastAPI would drop what is null in it.
        answered = document["paths"]["/v1/score"]["post"]["responses"]["200"]
        answered["content"]["application/json"]["example"] = EXAMPLE_SCORED
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
