"""The HTTP face of the scorer: what callers may ask, what they get, all of it in OpenAPI."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from cluster.allowance import CapUse
from cluster.logs import log_as_json
from cluster.pepper import pepper_of
from cluster.settings import Settings
from cluster.state import State
from deployments.answers import Because, Readiness, Refused, Scored
from deployments.body import MOST_BYTES, read_body, read_listing
from deployments.buckets import TokenBuckets
from deployments.callers import Caller, Gate, KeyRing, requires
from deployments.control import Controls, add_control
from deployments.examples import EXAMPLE_LISTING, EXAMPLE_NOT_READY, EXAMPLE_SCORED
from deployments.middleware import envelop
from deployments.oidc import IdTokens
from deployments.problems import Problem, ProblemError, documented, handle_problems
from scoring.errors import UnreachableError
from scoring.listing import Listing

_STATUS: dict[Because, tuple[HTTPStatus, str]] = {
    "unknown_tenant": (HTTPStatus.NOT_FOUND, "There is no such tenant"),
    "tenant_not_named": (HTTPStatus.UNPROCESSABLE_ENTITY, "The tenant is not named"),
    "nothing_protected": (HTTPStatus.CONFLICT, "The tenant protects nothing"),
    "cap_spent": (HTTPStatus.TOO_MANY_REQUESTS, "The cap is spent"),
    "halted": (HTTPStatus.SERVICE_UNAVAILABLE, "The kill switch is on"),
    "not_counted": (HTTPStatus.SERVICE_UNAVAILABLE, "The cap cannot be read"),
}

_CAP_HEADERS = {
    "RateLimit-Limit": "Listings a UTC day whose pictures are measured, of this tenant.",
    "RateLimit-Remaining": "How many of them are left, as far as this replica knows.",
    "RateLimit-Reset": "Seconds until they are whole again.",
}

_PROBLEMS = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

Tenant = Annotated[
    str | None,
    Query(
        description="Whose brands to judge by. May be left out with a tenant's key, or if there is only one.",
        examples=["acme"],
    ),
]


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
    scorer: DeploymentHandle[Any], settings: Settings | None = None, *, open_access: bool = False
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
    scores = Annotated[Caller, Depends(requires("scorer", gate))]
    app = FastAPI(
        title="Counterfoil",
        description="Scores a listing against what a brand protects, before it goes live.",
        version="1",
    )
    handle_problems(app)
    envelop(app)
    add_control(app, gate, Controls(lambda: state.catalog, settings))

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
    async def score(
        request: Request,
        response: Response,
        caller: scores,
        tenant: Tenant = None,
    ) -> Scored:
        asking: Caller = caller
        tenant = asking.tenant_of(tenant)
        request.state.tenant = tenant
        listing, remarks = await asyncio.to_thread(read_listing, await read_body(request))
        answer: Scored | Refused = await _answered(scorer.score.remote(tenant, listing, remarks))
        if isinstance(answer, Refused):
            status, title = _STATUS[answer.because]
            kind = answer.because.replace("_", "-")
            headers = _cap_headers(answer.cap)
            if answer.retry_after is not None:
                headers["Retry-After"] = str(answer.retry_after)
            problem = ProblemError(kind, status, answer.message, title=title, hint=answer.hint)
            raise problem.along(**headers)
        response.headers.update(_cap_headers(answer.cap))
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


def _cap_headers(cap: CapUse | None) -> dict[str, str]:
    """How the cap stands, in the words of draft-ietf-httpapi-ratelimit-headers (up to its version 7)."""
    if cap is None:
        return {}
    return {
        "RateLimit-Limit": str(cap.limit),
        "RateLimit-Remaining": str(cap.remaining),
        "RateLimit-Reset": str(cap.seconds(datetime.now(UTC))),
    }


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
        answered["headers"] = {
            name: {"description": text, "schema": {"type": "integer"}} for name, text in _CAP_HEADERS.items()
        }
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
