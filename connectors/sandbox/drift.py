"""Answers whose words have changed overnight: what was text or a number is now something within an object."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

_KEPT = ("id", "code", "asin")
"""How the names end that drift leaves alone: without them nothing would be known of an item at all."""


class Drifting:
    """Passes an answer on, the first object of its first list of objects told in other words."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Hold the answer back until it is whole."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            body = drifted(self._body)
            kept = [one for one in self._start["headers"] if one[0].lower() != b"content-length"]
            length = (b"content-length", str(len(body)).encode())
            await self._send({**self._start, "headers": [*kept, length]})
            await self._send({"type": "http.response.body", "body": body})


def drifted(body: bytes) -> bytes:
    """The answer in other words; as it is where it is no JSON, or lists nothing.

    >>> drifted(b'{"items": [{"id": 1, "title": "Mug"}, {"id": 2, "title": "Cup"}]}')
    b'{"items": [{"id": 1, "title": {"v2": "Mug"}}, {"id": 2, "title": "Cup"}]}'
    """
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    first = _first(answer)
    if first is None:
        return body
    _change(first)
    return json.dumps(answer).encode()


def _change(told: object) -> None:
    if isinstance(told, dict):
        for name, value in told.items():
            if not isinstance(value, str | int | float):
                _change(value)
            elif not name.lower().endswith(_KEPT):
                told[name] = {"v2": value}
    elif isinstance(told, list):
        for one in told:
            _change(one)


def _first(answer: object) -> dict[str, Any] | None:
    """The first object of the first list that holds any, however deep that stands."""
    within: list[object] = []
    if isinstance(answer, list):
        found = next((one for one in answer if isinstance(one, dict)), None)
        if found is not None:
            return found
    elif isinstance(answer, dict):
        within = list(answer.values())
    return next((found for one in within if (found := _first(one)) is not None), None)
