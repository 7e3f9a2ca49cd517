"""From a request's bytes to a listing: read within limits, and translated as a listing file's lines are."""

import json
import re
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Request

from connectors.file.translate import identify, translate
from deployments.problems import ProblemError
from scoring.errors import ListingError
from scoring.listing import Listing

MOST_BYTES = 32 << 20
"""Of a body. Pictures may lie in it as data: URIs, a dozen phone photos for instance."""

MOST_LISTINGS = 100
"""Of a batch."""

_SCHEMES = re.compile(r"(https?|data):", re.IGNORECASE)
_SHOWN = 80

_KINDS = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}


async def read_body(request: Request, *, most: int = MOST_BYTES) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    promised = request.headers.get("content-length", "")
    body = bytearray()
    if not (promised.isascii() and promised.isdigit() and len(promised) < 20 and int(promised) > most):
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                break
        else:
            return bytes(body)
    raise ProblemError(
        "too-large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is larger than {most:,} bytes.",
        title="The body is too large",
        hint="Send pictures as https: addresses instead of data: URIs, or fewer of them.",
    )


def read_listing(body: bytes, *, observed_at: datetime | None = None) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what was left out of it and why; `ProblemError` where there is none.

    `observed_at` stands where the body does not say when it was observed; default: now.
    """
    fields = read_json(body)
    if not isinstance(fields, dict):
        raise _no_listing(fields, hint="Send one listing; POST /v1/score/batch takes several.")
    return as_listing(fields, observed_at=observed_at)


def read_batch(body: bytes) -> list[object]:
    """What stands for each listing of a batch, listing or not; `ProblemError` where it is no batch."""
    value = read_json(body)
    listings = value.get("listings") if isinstance(value, dict) else None
    if not isinstance(listings, list) or not 1 <= len(listings) <= MOST_LISTINGS:
        found = f"{len(listings):,} of them" if isinstance(listings, list) else "none"
        raise ProblemError(
            "not-a-batch",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"expected 1 to {MOST_LISTINGS} listings under `listings`, found {found}.",
            title="The body is not a batch of listings",
            hint='Send {"listings": [ … ]}, and larger batches in parts.',
        )
    return listings


def as_listing(fields: object, *, observed_at: datetime | None = None) -> tuple[Listing, tuple[str, ...]]:
    """As `read_listing`, of what was read from JSON."""
    if not isinstance(fields, dict):
        raise _no_listing(fields, hint="Each of `listings` is a JSON object.")
    identity = identify(fields)
    listing, errors = translate(fields, locate=_locate, observed_at=observed_at or datetime.now(UTC))
    if listing is None:
        raise ProblemError(
            "not-a-listing",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "; ".join(identity.errors or errors) + ".",
            title="The body is not a listing",
            hint="GET /openapi.json describes a listing; only `platform` and `listing_id` are required.",
        )
    return listing, errors


def read_json(body: bytes) -> object:
    """What a body says; `ProblemError` where it is not JSON."""
    try:
        value: object = json.loads(body)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError as error:
        reason = f"byte 0x{error.object[error.start]:02x} at position {error.start} is not {error.encoding}"
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:  # a number of more digits than Python converts
        reason = str(error)
    else:
        return value
    raise ProblemError(
        "not-json",
        HTTPStatus.BAD_REQUEST,
        f"{reason}.",
        title="The body is not JSON",
        hint="Send one JSON object, in UTF-8.",
    )


def _no_listing(value: object, *, hint: str) -> ProblemError:
    return ProblemError(
        "not-a-listing",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"expected a JSON object, found {_KINDS.get(type(value), 'null')}.",
        title="The body is not a listing",
        hint=hint,
    )


def _locate(image: str) -> str:
    """The image itself: a caller's paths mean nothing here, and would be ours to read from."""
    if _SCHEMES.match(image):
        return image
    shown = image if len(image) <= _SHOWN else image[: _SHOWN - 1] + "…"
    raise ListingError(f"{shown} cannot be fetched: write an http, https or data address")
