"""The HTTP face of the scorer: what callers may ask, what they get, all of it in OpenAPI."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from ray.serve.handle import DeploymentHandle

from cluster.logs import log_as_json
from cluster.metrics import METERS, Meters, MetricsPage
from cluster.pepper import pepper_of
from cluster.settings import Settings
from cluster.state import State
from deployments.answers import Readiness, Refused, Scored
from deployments.batch import add_batch
from deployments.body import MOST_BYTES, read_body, read_listing
from deployments.buckets import TokenBuckets
from deployments.callers import Caller, Gate, KeyRing, requires
from deployments.control import Controls, add_control
from deployments.examples import ANSWERS, EXAMPLE_LISTING, EXAMPLE_NOT_READY
from deployments.media import add_media, add_search
from deployments.media_models import MediaWanted
from deployments.metrics import add_metrics, replicas_here
from deployments.middleware import envelop
from deployments.oidc import IdTokens
from deployments.problems import Problem, ProblemError, handle_problems
from deployments.relay import PROBLEMS, Tenant, answered, cap_headers, refusal, require_room
from deployments.room import Room
from scoring.listing import Listing

_CAP_HEADERS = {
    "RateLimit-Limit": "Listings a UTC day whose pictures are measured, of this tenant.",
    "RateLimit-Remaining": "How many of them are left, as far as this replica knows.",
    "RateLimit-Reset": "Seconds until they are whole again.",
}


class Api:
    """The ingress: reads requests and passes listings on. It holds no model and decodes no picture."""

    def __init__(
        self, scorer: DeploymentHandle[Any], settings: Settings, *, open_access: bool = False
    ) -> None:
        self._scorer = scorer
        self._settings = settings
        self._open_access = open_access
        log_as_json()

    def __serve_build_asgi_app__(self) -> FastAPI:
        return make_api(self._scorer, self._settings, open_access=self._open_access)


def make_api(
    scorer: DeploymentHandle[Any],
    settings: Settings | None = None,
    *,
    open_access: bool = False,
    meters: Meters = METERS,
) -> FastAPI:
    """The app over a scorer's handle, or over anything that answers `score.remote` and `ready.remote`.

    `settings` say where keys and caps are kept; default: the environment's. With `open_access` it answers
    everybody on this machine for as long as no key was made.
    """
    settings = settings or Settings.load()
    state = State(settings)
    gate = Gate(
        KeyRing(lambda: state.catalog.keys, lambda: pepper_of(settings)),
        tokens=IdTokens.of(settings.oidc),
        buckets=TokenBuckets(rate=settings.limits.requests_per_second, burst=settings.limits.burst),
        open_access=open_access,
    )
    room = Room()
    scores = Annotated[Caller, Depends(requires("scorer", gate))]
    app = FastAPI(
        title="Counterfoil",
        description="Scores a listing against what a brand protects, before it goes live.",
        version="1",
    )
    handle_problems(app)
    envelop(app, meters)
    add_control(app, gate, Controls(lambda: state.catalog, settings))

    @app.post(
        "/v1/score",
        summary="Score one listing",
        response_model=Scored,
        responses=PROBLEMS,
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
    async def score(
        request: Request,
        response: Response,
        caller: scores,
        tenant: Tenant = None,
    ) -> Scored:
        asking: Caller = caller
        tenant = asking.asks_about(request, tenant)
        require_room(room)
        listing, remarks = await asyncio.to_thread(read_listing, await read_body(request))
        answer: Scored | Refused = await answered(scorer.score, tenant, listing, remarks, room=room)
        if isinstance(answer, Refused):
            raise refusal(answer)
        response.headers.update(cap_headers(answer.cap))
        return answer

    add_batch(app, scorer, gate, room)
    add_search(app, scorer, gate, room)
    add_media(app, scorer, gate, room)
    add_metrics(
        app, gate, MetricsPage(lambda: state.catalog, settings, replicas=replicas_here), settings.metrics
    )

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
        readiness: Readiness = await answered(scorer.ready, room=room)
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


def _describe(app: FastAPI) -> None:
    """Add to OpenAPI the schemas that no route's signature names, and the whole of an answer."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (Listing, MediaWanted, Problem):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas[model.__name__] = schema
        # Given to the route, FastAPI would drop what is null in it.
        for path, example in ANSWERS.items():
            answers = document["paths"][path]["post"]["responses"]["200"]
            answers["content"]["application/json"]["example"] = example
            answers["headers"] = {
                name: {"description": text, "schema": {"type": "integer"}}
                for name, text in _CAP_HEADERS.items()
            }
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
