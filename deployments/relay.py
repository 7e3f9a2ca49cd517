"""From the scorer's answers to HTTP's: what every route that asks a replica does with them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import Query
from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import BackPressureError, RayServeException

from cluster.allowance import CapUse
from cluster.metrics.definitions import REFUSALS
from cluster.metrics.meters import METERS, Meters
from deployments.answers import Because, Refused
from deployments.problems import ProblemError, documented
from scoring.errors import UnreachableError

Tenant = Annotated[
    str | None,
    Query(
        description="Whose brands to judge by. May be left out with a tenant's key, or if there is only one.",
        examples=["acme"],
    ),
]
"""How a request names the tenant it is about."""

_In = TypeVar("_In")
_Out = TypeVar("_Out")

_AT_ONCE = 8
"""Items of one batch that are under way at once: more would fill the replicas' queues."""

_STATUS: dict[Because, tuple[HTTPStatus, str]] = {
    "unknown_tenant": (HTTPStatus.NOT_FOUND, "There is no such tenant"),
    "tenant_not_named": (HTTPStatus.UNPROCESSABLE_ENTITY, "The tenant is not named"),
    "nothing_protected": (HTTPStatus.CONFLICT, "The tenant protects nothing"),
    "cap_spent": (HTTPStatus.TOO_MANY_REQUESTS, "The cap is spent"),
    "halted": (HTTPStatus.SERVICE_UNAVAILABLE, "The kill switch is on"),
    "not_counted": (HTTPStatus.SERVICE_UNAVAILABLE, "The cap cannot be read"),
}

PROBLEMS = documented(
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
"""What a route answers that asks a replica."""


def refusal(answer: Refused) -> ProblemError:
    """Why the scorer will not, as a problem."""
    status, title = _STATUS[answer.because]
    headers = cap_headers(answer.cap)
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    kind = answer.because.replace("_", "-")
    return ProblemError(kind, status, answer.message, title=title, hint=answer.hint).along(**headers)


def cap_headers(cap: CapUse | None) -> dict[str, str]:
    """How the cap stands, in the words of draft-ietf-httpapi-ratelimit-headers (up to its version 7)."""
    if cap is None:
        return {}
    return {
        "RateLimit-Limit": str(cap.limit),
        "RateLimit-Remaining": str(cap.remaining),
        "RateLimit-Reset": str(cap.seconds(datetime.now(UTC))),
    }


async def answered(call: Awaitable[Any], *, meters: Meters = METERS) -> Any:  # noqa: ANN401 - a relay
    """The scorer's answer; `UnreachableError` where no replica gives one.

    Serve's own errors are not left to the app's handlers: Serve puts others there, which answer in
    plain text and do not say when to come again.
    """
    try:
        answer = await call
    except RayTaskError:
        meters.add(REFUSALS, because="failed")
        raise  # the scorer was there, and failed
    except (RayError, RayServeException) as error:
        meters.add(REFUSALS, because="overloaded" if isinstance(error, BackPressureError) else "unreachable")
        raise UnreachableError(
            "The scorer is starting, or has too much to do.",
            hint="Try again in a moment; more replicas are configured in serve.yaml.",
            retry_after=1,
        ) from error
    if isinstance(answer, Refused):
        meters.add(REFUSALS, because=answer.because)
    return answer


async def each(items: Sequence[_In], job: Callable[[_In], Awaitable[_Out]]) -> list[_Out]:
    """What a job makes of each item, in their order, some of them at once."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(item: _In) -> _Out:
        async with turn:
            return await job(item)

    return await asyncio.gather(*(one(item) for item in items))
