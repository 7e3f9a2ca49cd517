"""One attempt at a picture over HTTP: redirects, status, size and compression."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import httpx

from connectors.addresses import PORTS
from connectors.foreign import FOREIGN, translated
from connectors.local import shown
from connectors.patience import retry_after
from scoring.errors import FetchError, RateLimitedError, UnreachableError

_HEADERS = {
    "User-Agent": "Counterfoil (brand protection)",
    "Accept": "image/avif,image/webp,image/*;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity",  # pictures are compressed already
}
_TIMEOUTS = ("connect", "read", "write", "pool")
_WAIT = 5.0  # seconds for the next byte; the deadline bounds their sum
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
_REDIRECTS = {301, 302, 303, 307, 308}
_UNPACK = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's window bits for each


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much one picture may cost."""

    max_bytes: int = 20 << 20
    """Of the picture, after any compression in transit. Marketplaces cap uploads at about 12 MB."""
    seconds: float = 15.0
    """For everything: lookups, redirects, repeated attempts and the pauses between them."""
    redirects: int = 5
    attempts: int = 3
    first_pause: float = 0.5
    """Seconds before the second attempt, doubled for each further one; half of it is chance."""


def download(
    source: str,
    *,
    transport: httpx.BaseTransport,
    limits: FetchLimits,
    left: Callable[[], float],
    any_port: bool,
) -> bytes:
    """The body behind an http(s) address, redirects followed and each checked.

    Args:
        source: the address.
        transport: used as it is: no cookies, no proxies, no redirects of its own.
        limits: size and redirects.
        left: seconds until the deadline.
        any_port: whether ports other than a web server's are allowed.

    Raises:
        FetchError: trying again is of no use.
        RetryError: it may be.
    """
    try:
        url = _parsed(source)
        for _ in range(limits.redirects + 1):
            _check_url(url, any_port=any_port)
            wait = max(0.01, min(_WAIT, left()))
            request = httpx.Request(
                "GET", url, headers=_HEADERS, extensions={"timeout": dict.fromkeys(_TIMEOUTS, wait)}
            )
            with closing(transport.handle_request(request)) as response:
                if response.status_code not in _REDIRECTS:
                    _check_status(response, shown(str(url)))
                    return read_body(response, shown(str(url)), limits=limits, left=left)
                url = _onward(url, response)
    except FOREIGN as error:
        raise translated(error, shown(source)) from error
    raise FetchError(f"{shown(source)} redirects more than {limits.redirects} times.")


def _parsed(text: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """An address, relative to another where that is given, without what follows `#`."""
    try:
        return (base.join(text) if base else httpx.URL(text)).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:  # joining raises the latter for some hosts in brackets
        raise FetchError(f"{shown(text)} is not an address that can be fetched: {error}.") from error


def _check_url(url: httpx.URL, *, any_port: bool) -> None:
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError(f"{shown(str(url))} is not an http or https address.")
    if url.userinfo:
        raise FetchError(f"{shown(str(url))} carries a user name or password, which are never sent.")
    if url.port is not None and url.port not in PORTS and not any_port:
        raise FetchError(f"{shown(str(url))} names port {url.port}, where no pictures are fetched from.")


def _onward(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    location = response.headers.get("Location")
    if not location:
        raise FetchError(f"{shown(str(url))} redirects to nowhere.")
    return _parsed(location, base=url)


def _check_status(response: httpx.Response, source: str) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if status in _GONE:
        raise FetchError(f"{source} is gone ({status}).")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimitedError(f"{source} asks us to slow down (429).", retry_after=retry_after(response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AGAIN:
        raise UnreachableError(
            f"{source} answers with a server error ({status}).", retry_after=retry_after(response)
        )
    raise FetchError(f"{source} refuses the picture ({status}).")


def read_body(
    response: httpx.Response, source: str, *, limits: FetchLimits, left: Callable[[], float]
) -> bytes:
    """All of an answer's body, unpacked, as long as it is within the limits; errors as `download`'s."""
    coding = response.headers.get("Content-Encoding", "identity").strip().lower() or "identity"
    if coding != "identity" and coding not in _UNPACK:
        raise FetchError(f"{source} comes packed as {coding}, though we asked for it plain.")
    promised = response.headers.get("Content-Length", "")
    if (
        coding == "identity"
        and promised.isascii()
        and promised.isdigit()
        and int(promised) > limits.max_bytes
    ):
        raise _too_large(source, limits)
    raw = cast("httpx.SyncByteStream", response.stream)
    body = bytearray()
    for piece in raw if coding == "identity" else _unpacked(raw, coding, limits.max_bytes):
        body += piece
        if len(body) > limits.max_bytes:
            raise _too_large(source, limits)
        if left() <= 0:
            raise UnreachableError(f"{source} did not send all of it within {limits.seconds:g} s.")
    return bytes(body)


def _unpacked(raw: Iterable[bytes], coding: str, limit: int) -> Iterator[bytes]:
    """Pieces of at most the limit, so that a small body cannot unfold into all of memory."""
    unpack, most = zlib.decompressobj(_UNPACK[coding]), min(limit, 1 << 20)
    for packed in raw:
        rest = packed
        full = True  # a piece as large as asked for may leave more of itself inside the decompressor
        while (rest or full) and not unpack.eof:
            piece = unpack.decompress(rest, most)
            yield piece
            rest, full = unpack.unconsumed_tail, len(piece) == most
    if not unpack.eof:
        raise zlib.error("it ends too early")


def _too_large(source: str, limits: FetchLimits) -> FetchError:
    return FetchError(f"{source} is larger than {limits.max_bytes:,} bytes.")
