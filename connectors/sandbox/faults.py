"""What goes wrong between a client and a marketplace, on purpose and by a seed."""

import asyncio
import json
import random
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.drift import Drifting, Message, Send

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The share of calls that each fault befalls, 0 to 1. Pictures and tokens are spared.

    The last three are no failures of a call: they are what a marketplace shows (`connectors.sandbox.shelf`).
    """

    rate_limited: float = 0.0
    """429 with `Retry-After: 0`, so that tests need not wait."""
    failing: float = 0.0
    """The first of a burst of `burst` answers with 503."""
    burst: int = 2
    slow: float = 0.0
    """An answer that takes `slow_seconds`."""
    slow_seconds: float = 0.2
    truncated: float = 0.0
    """A body that ends in the middle."""
    garbled: float = 0.0
    """An HTML page in place of JSON, as proxies send it."""
    drifted: float = 0.0
    """An answer that tells its first item in other words (`connectors.sandbox.drift`)."""
    doubled: float = 0.0
    """Of the goods, those that a list shows twice: close by, or on the next page."""
    vanishing: float = 0.0
    """A list after which one of the goods is gone, so that those behind it move up."""
    appearing: float = 0.0
    """A list after which a new one stands in front of it, so that all others move down."""
    seed: int = 1

    @classmethod
    def usual(cls, *, seed: int = 1) -> "Faults":
        """A bad day: about one call in seven fails somehow, and the goods do not stand still."""
        return cls(
            rate_limited=0.04,
            failing=0.02,
            slow=0.02,
            truncated=0.03,
            garbled=0.02,
            drifted=0.01,
            doubled=0.02,
            vanishing=0.05,
            appearing=0.05,
            seed=seed,
        )


class Faulty:
    """ASGI middleware: the app behind it, on a bad day."""

    def __init__(self, app: App, faults: Faults, *, spared: tuple[str, ...]) -> None:
        self._app = app
        self._faults = faults
        self._spared = spared
        self._chance = random.Random(faults.seed)
        self._lock = threading.Lock()
        self._burst = 0
        self.happened: dict[str, int] = {}
        """How often each fault has happened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http" or any(part in scope["path"] for part in self._spared):
            await self._app(scope, receive, send)
            return
        fault = self._drawn()
        match fault:
            case "rate_limited":
                await _answer(send, 429, {"errors": [{"message": "slow down"}]}, retry_after=0)
            case "failing":
                await _answer(send, 503, {"errors": [{"message": "try later"}]})
            case "garbled":
                await _answer(send, 200, "<html><body>Bad gateway</body></html>")
            case "truncated":
                await self._app(scope, receive, _Cut(send))
            case "drifted":
                await self._app(scope, receive, Drifting(send))
            case _:
                if fault == "slow":
                    await asyncio.sleep(self._faults.slow_seconds)
                await self._app(scope, receive, send)

    def _drawn(self) -> str | None:
        with self._lock:
            if self._burst:
                self._burst -= 1
                fault: str | None = "failing"
            else:
                fault = self._chosen(self._chance.random())
                if fault == "failing":
                    self._burst = self._faults.burst - 1
            if fault is not None:
                self.happened[fault] = self.happened.get(fault, 0) + 1
            return fault

    def _chosen(self, drawn: float) -> str | None:
        for fault in ("rate_limited", "failing", "slow", "truncated", "garbled", "drifted"):
            share: float = getattr(self._faults, fault)
            if drawn < share:
                return fault
            drawn -= share
        return None


class _Cut:
    """Passes on half of a body whose whole length was promised; the server then closes the connection."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": False}
        await self._send(message)


async def _answer(send: Send, status: int, body: object, *, retry_after: int | None = None) -> None:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = b"text/html" if isinstance(body, str) else b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(content)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
