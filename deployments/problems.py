"""Errors over HTTP: problem details (RFC 9457), with what to do about them."""

import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Self

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from ray.exceptions import RayTaskError

from cluster.logs import REQUEST_ID
from scoring.errors import CounterfoilError, RetryError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field(
        description="names the kind of problem; it never changes", examples=["urn:counterfoil:not-json"]
    )
    title: str = Field(description="the kind in words", examples=["The body is not JSON"])
    status: int = Field(description="the HTTP status", examples=[400])
    detail: str = Field(description="what happened this time")
    hint: str = Field(default="", description="what to do about it")
    request_id: str = Field(
        default="", description="names this request in the log", examples=["0f8b6c1e5d6c4f0a9d0b9f6f0d0e7c11"]
    )


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, kind: str, status: HTTPStatus, detail: str, *, title: str, hint: str = "") -> None:
        super().__init__(detail)
        self.headers: dict[str, str] = {}
        self.problem = Problem(
            type=f"urn:counterfoil:{kind}", title=title, status=int(status), detail=detail, hint=hint
        )

    def along(self, **headers: str) -> Self:
        """The same with headers, an underscore in their names for every hyphen."""
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of answers that are problems."""
    return {
        int(status): {
            "description": status.phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def handle_problems(app: FastAPI) -> None:
    """Answer every error that reaches the app with a problem."""
    for status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        app.add_exception_handler(status, partial(_no_route, status))
    for kind in (ProblemError, RequestValidationError, RayTaskError, CounterfoilError, Exception):
        app.add_exception_handler(kind, _answer)


async def _no_route(status: HTTPStatus, request: Request, error: Exception) -> Response:
    problem = _problem(
        status,
        detail=f"{request.method} {request.url.path[:100]} is nothing that can be asked here.",
        hint="GET /docs shows what can be.",
    )
    return _respond(problem, getattr(error, "headers", None))  # which methods a 405 allows


async def _answer(_: Request, error: Exception) -> Response:
    problem, headers = as_problem(error)
    return _respond(problem, headers)


def as_problem(error: Exception) -> tuple[Problem, dict[str, str]]:
    """What to say of an error, and the headers that go with it; what nobody expected is logged."""
    match error:
        case ProblemError():
            return error.problem, error.headers
        case RequestValidationError():
            faults = "; ".join(f"{'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors())
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail=faults), {}
        case RayTaskError():
            return _failed(error.cause)
    return _failed(error)


def _failed(error: Exception) -> tuple[Problem, dict[str, str]]:
    """What the scorer could not do: for now, or until a person mends something."""
    if isinstance(error, RetryError):
        problem = _problem(HTTPStatus.SERVICE_UNAVAILABLE, detail=str(error.args[0]), hint=error.hint)
        return problem, {"Retry-After": f"{error.retry_after or 1:.0f}"}
    logger.error("a request failed", exc_info=error)
    if isinstance(error, CounterfoilError):
        problem = _problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail=str(error.args[0]), hint=error.hint)
    else:  # a stranger's error may hold what is nobody's business: the log has it
        problem = _problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail="This should not have happened.")
    return problem, {}


def _problem(status: HTTPStatus, *, detail: str, hint: str = "") -> Problem:
    """A problem that its status says enough of."""
    return Problem(type="about:blank", title=status.phrase, status=int(status), detail=detail, hint=hint)


def _respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    told = writable(problem).model_copy(update={"request_id": REQUEST_ID.get()})
    return JSONResponse(told.model_dump(), problem.status, headers=headers, media_type=MEDIA_TYPE)


def writable(problem: Problem) -> Problem:
    """The same, fit to be written: a caller's half of a surrogate pair, repeated to it, is no UTF-8."""
    return problem.model_copy(update={"detail": problem.detail.encode("utf-8", "replace").decode()})
