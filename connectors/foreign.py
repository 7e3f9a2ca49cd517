"""What other libraries raise while a picture is fetched, as our errors: the one place."""

import binascii
import ssl
import zlib

import httpcore
import httpx

from scoring.errors import CounterfoilError, FetchError, UnreachableError

_LATE = (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError)
_BAD_URL = (
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
    UnicodeError,
)
_BAD_BODY = (httpx.DecodingError, httpx.StreamError, zlib.error, binascii.Error)
_BAD_ANSWER = (httpx.HTTPStatusError, httpx.TooManyRedirects, httpx.CookieConflict)
_LOST = (
    httpx.HTTPError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.ConnectionNotAvailable,
    OSError,  # sockets and TLS
)

FOREIGN: tuple[type[Exception], ...] = (*_LATE, *_BAD_URL, *_BAD_BODY, *_BAD_ANSWER, *_LOST)
"""Everything to be caught and translated; anything else is a fault of ours and goes through."""


def translated(error: Exception, source: str) -> CounterfoilError:
    """Our error for a foreign one: `UnreachableError` where trying again may help, else `FetchError`.

    Args:
        error: one of `FOREIGN`.
        source: the picture's address, fit to be shown.
    """
    if _is_certificate(error):
        return FetchError(f"{source}: its certificate cannot be trusted: {error}.")
    if isinstance(error, _BAD_URL):
        return FetchError(f"{source} is not an address that can be fetched: {error}.")
    if isinstance(error, _BAD_BODY):
        return FetchError(f"{source}: its body cannot be decoded: {error}.")
    if isinstance(error, _BAD_ANSWER):
        return FetchError(f"{source}: {error}.")
    if isinstance(error, _LATE):
        return UnreachableError(f"{source} did not answer in time.")
    if isinstance(error, _LOST):
        return UnreachableError(f"{source} cannot be reached: {error or type(error).__name__}.")
    raise TypeError(f"{type(error).__name__} is not a foreign error we translate") from error


def _is_certificate(error: BaseException | None) -> bool:
    """Whether a verification failure is behind it; httpcore wraps it, and its pool then drops the cause."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
