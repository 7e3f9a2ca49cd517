"""Logs for machines: one JSON object a line, without secrets and without pictures."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Names the request that is being answered, in logs and in problems."""

LOGGERS = ("counterfoil", "catalog", "cluster", "connectors", "deployments", "pipelines", "vision")

_MOST = 2000
"""Characters of a text: a stack trace fits, a picture does not."""
_PRIVATE = (
    (re.compile(r"data:[\w.+/-]*[;,][^\s\"']*", re.IGNORECASE), "data:…"),
    (re.compile(r"\bcf_([a-z2-7]{16})_[\w-]+"), r"cf_\1_…"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "eyJ…"),
    (re.compile(r"\b(bearer|basic)\s+[^\s\"']+", re.IGNORECASE), r"\1 …"),
    (re.compile(r"(://)[^/\s:@]+:[^/\s@]+@"), r"\1…@"),
    (
        re.compile(
            r"((?:api[_-]?key|token|secret|password|signature|credential|client_id)[\w-]*[\"']?\s*[=:]\s*[\"']?)"
            r"[^\s\"'&,}]+",
            re.IGNORECASE,
        ),
        r"\1…",
    ),
)


def redacted(text: str) -> str:
    """A text without what must not be kept: keys, tokens, passwords, pictures.

    >>> redacted("GET https://ada:pass@shop.example/?api_key=123&q=mug failed")
    'GET https://…@shop.example/?api_key=…&q=mug failed'
    """
    for pattern, instead in _PRIVATE:
        text = pattern.sub(instead, text)
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


class JsonLines(logging.Formatter):
    """A record as JSON. What the record was given as `extra={"fields": {…}}` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if request := REQUEST_ID.get():
            said["request_id"] = request
        fields = getattr(record, "fields", {})
        said |= {name: redacted(it) if isinstance(it, str) else it for name, it in fields.items()}
        if record.exc_info:
            said["error"] = redacted(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def log_as_json(stream: IO[str] | None = None) -> None:
    """Write everything that this product logs as JSON lines; default: to standard error."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
