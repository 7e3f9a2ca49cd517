"""No error of another library gets through untranslated."""

import binascii
import pickle
import socket
import ssl
import zlib

import httpcore
import httpx
import pytest

from connectors.foreign import FOREIGN, translated
from scoring.errors import FetchError, RetryError


def exceptions_of(module):
    found = (getattr(module, name) for name in dir(module))
    return sorted(
        {kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception)},
        key=lambda k: k.__name__,
    )


def made(kind):
    if issubclass(kind, httpx.HTTPStatusError):
        request = httpx.Request("GET", "http://x.test")
        return kind("why", request=request, response=httpx.Response(500, request=request))
    if issubclass(kind, httpx.StreamError) and kind is not httpx.StreamError:
        return kind()
    if issubclass(kind, UnicodeDecodeError):
        return kind("utf-8", b"x", 0, 1, "why")
    if issubclass(kind, UnicodeEncodeError):
        return kind("utf-8", "x", 0, 1, "why")
    if issubclass(kind, UnicodeTranslateError):
        return kind("x", 0, 1, "why")
    return kind("why")


OTHERS = [
    OSError,
    TimeoutError,
    ConnectionResetError,
    BrokenPipeError,
    socket.gaierror,
    socket.herror,
    UnicodeError,
]
EVERY = [
    *(("httpx", kind) for kind in exceptions_of(httpx)),
    *(("httpcore", kind) for kind in exceptions_of(httpcore)),
    *(("ssl", kind) for kind in exceptions_of(ssl)),
    *(("zlib", kind) for kind in (zlib.error, binascii.Error)),
    *(("builtin", kind) for kind in OTHERS),
]
# ssl exports an alias of ValueError, which says that a certificate object is wrong, not that a peer is.
EVERY = [
    (library, kind)
    for library, kind in EVERY
    if kind.__module__ != "builtins" or kind in OTHERS or kind is OSError
]


@pytest.mark.parametrize(
    ("library", "kind"), EVERY, ids=[f"{library}.{kind.__name__}" for library, kind in EVERY]
)
def test_every_foreign_error_becomes_one_of_ours(library, kind):
    error = made(kind)
    assert isinstance(error, FOREIGN), f"{kind.__name__} would end a scan"
    ours = translated(error, "http://x.test/a.jpg")
    assert isinstance(ours, FetchError | RetryError)
    assert "http://x.test/a.jpg" in str(ours)
    assert str(pickle.loads(pickle.dumps(ours))) == str(ours)


def test_the_walk_finds_whole_trees():
    names = {kind.__name__ for _, kind in EVERY}
    assert {"ReadTimeout", "RemoteProtocolError", "DecodingError", "StreamConsumed", "InvalidURL"} <= names
    assert {"ConnectionNotAvailable", "SSLCertVerificationError", "CookieConflict", "PoolTimeout"} <= names


@pytest.mark.parametrize(
    "kind", [TypeError, KeyError, AttributeError, AssertionError, ValueError, RuntimeError]
)
def test_faults_of_ours_go_through(kind):
    assert not issubclass(kind, FOREIGN)
    with pytest.raises(TypeError, match="not a foreign error"):
        translated(kind("bug"), "x")


def test_a_certificate_that_cannot_be_trusted_is_not_tried_again():
    wrapped = httpcore.ConnectError("tls")
    wrapped.__cause__ = ssl.SSLCertVerificationError("expired")
    assert isinstance(translated(wrapped, "https://x.test"), FetchError)
