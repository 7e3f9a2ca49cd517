"""Around every request: a name, headers that keep browsers from mischief, one line in the log, and counts."""

import logging
import re
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cluster.logs import REQUEST_ID
from cluster.metrics.definitions import REQUEST_SECONDS, REQUESTS
from cluster.metrics.meters import METERS, Meters

logger = logging.getLogger("counterfoil.access")

_NAME = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HEADER = b"x-request-id"

_SAFE: dict[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_OF_THE_DOCS = (
    b"default-src 'self'; frame-ancestors 'none'; img-src 'self' data: https://fastapi.tiangolo.com; "
    b"script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; "
    b"style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net"
)
"""What FastAPI's page at /docs loads."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE = "(none)"
"""Counted as the route of whatever was asked at no route."""
_FOR_A_YEAR = b"max-age=31536000; includeSubDomains"


class Envelope:
    """Pure ASGI, so that bodies stream through it untouched. A header that the answer sets itself stays."""

    def __init__(self, app: ASGIApp, meters: Meters = METERS) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _named(scope)
        token = REQUEST_ID.set(name)
        scope.setdefault("state", {})
        begun = time.perf_counter()
        status = 0

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope, name)
            await send(message)

        try:
            await self._app(scope, receive, enveloped)
        finally:
            seconds = time.perf_counter() - begun
            _log(scope, status or 500, seconds)
            _count(self._meters, scope, status or 500, seconds)
            REQUEST_ID.reset(token)


def envelop(app: FastAPI, meters: Meters = METERS) -> None:
    """Put an envelope around everything of an app, what answers for errors that nobody expected included.

    `add_middleware` would put it inside of that.
    """
    inner = app.build_middleware_stack
    app.build_middleware_stack = lambda: Envelope(inner(), meters)  # type: ignore[method-assign]  # see above


def _named(scope: Scope) -> str:
    """The caller's name for the request, where it is harmless in a log; otherwise one of ours."""
    for header, value in scope["headers"]:
        if header == _HEADER and _NAME.fullmatch(value):
            return str(value.decode())
    return uuid4().hex


def _add_headers(message: MutableMapping[str, Any], scope: Scope, name: str) -> None:
    headers = list(message.get("headers", []))
    there = {header.lower() for header, _ in headers}
    ours = _SAFE | {_HEADER: name.encode()}
    if scope["path"].endswith(("/docs", "/redoc")):
        ours |= {b"content-security-policy": _OF_THE_DOCS}
    if scope.get("scheme") == "https":
        ours |= {b"strict-transport-security": _FOR_A_YEAR}
    message["headers"] = headers + [(it, value) for it, value in ours.items() if it not in there]


def _log(scope: Scope, status: int, seconds: float) -> None:
    caller = scope["state"].get("caller")
    fields = {
        "method": scope["method"],
        "path": scope["path"][:200],  # never the query: it may hold what is nobody's business
        "status": status,
        "ms": round(seconds * 1000, 1),
        "caller": caller.name if caller else None,
        "tenant": scope["state"].get("tenant") or (caller.tenant if caller else None),
    }
    level = logging.INFO if status < 500 else logging.ERROR
    logger.log(level, "%s %s", scope["method"], status, extra={"fields": fields})


def _count(meters: Meters, scope: Scope, status: int, seconds: float) -> None:
    """By the route's pattern: a path holds tenants' names and whatever strangers make up."""
    route = getattr(scope.get("route"), "path", _NO_ROUTE)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    meters.add(REQUESTS, route=route, method=method, status=str(status))
    meters.observe(REQUEST_SECONDS, seconds, route=route)
