"""From the scorer's answers to HTTP's: what every route that asks a replica does with them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Query
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.serve.exceptions import BackPressureError, RayServeException

from cluster.allowance import CapUse
from cluster.metrics.definitions import REFUSALS
from cluster.metrics.meters import METERS, Meters
from deployments.answers import Because, Refused
from deployments.problems import ProblemError, documented
from deployments.room import Room
from scoring.errors import UnreachableError

logger = logging.getLogger(__name__)

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

_SOON = 1
"""Seconds after which to ask again: by then a scorer has taken some from the queue, or has been started."""

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


class Method(Protocol):
    """A method of a deployment's handle."""

    def remote(self, *args: object) -> Awaitable[Any]:
        """Call it in a replica that has room."""


def require_room(room: Room, meters: Meters = METERS) -> None:
    """Turn a request away before its body is read, where `answered` would do so afterwards."""
    waiting = room.waiting()
    if waiting is not None:
        meters.add(REFUSALS, because="overloaded")
        raise _too_busy(waiting)


async def answered(method: Method, *args: object, room: Room, meters: Meters = METERS) -> Any:  # noqa: ANN401 - a relay
    """The scorer's answer; a 429 where its queue is full, `UnreachableError` where no replica gives one.

    Where a replica died with the request another is asked, once: everything that is asked of a scorer may be
    done twice, and a picture that kills whoever looks at it kills two replicas at most. What the dead one had
    taken of a cap stays counted.

    Serve's own errors are not left to the app's handlers: Serve puts others there, which answer in
    plain text and do not say when to come again.
    """
    try:
        with room.taken():
            try:
                answer = await method.remote(*args)
            except RayActorError as error:
                logger.warning(
                    "a scorer died with a request, which another is asked: %s", type(error).__name__
                )
                answer = await method.remote(*args)
            except BackPressureError as error:
                room.note_full(error.args[1])
                raise
    except RayTaskError:
        meters.add(REFUSALS, because="failed")
        raise  # the scorer was there, and failed
    except BackPressureError as error:
        meters.add(REFUSALS, because="overloaded")
        raise _too_busy(error.args[1]) from error
    except (RayError, RayServeException) as error:
        meters.add(REFUSALS, because="unreachable")
        raise UnreachableError(
            "The scorer is starting, or its replicas are gone.",
            hint="Try again in a moment; more replicas are configured in serve.yaml.",
            retry_after=_SOON,
        ) from error
    if isinstance(answer, Refused):
        meters.add(REFUSALS, because=answer.because)
    return answer


def _too_busy(waiting: int) -> ProblemError:
    return ProblemError(
        "too-busy",
        HTTPStatus.TOO_MANY_REQUESTS,
        f"all scorers are busy, and {waiting} requests wait for them already.",
        title="There is too much to do",
        hint="Wait as long as Retry-After says; more replicas are configured in serve.yaml.",
    ).along(Retry_After=str(_SOON))


async def each(items: Sequence[_In], job: Callable[[_In], Awaitable[_Out]]) -> list[_Out]:
    """What a job makes of each item, in their order, some of them at once."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(item: _In) -> _Out:
        async with turn:
            return await job(item)

    return await asyncio.gather(*(one(item) for item in items))
