"""The guarded fetcher against a real server that misbehaves in every way we know."""

import base64
import pickle
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from connectors.pictures import FetchLimits, PictureFetcher
from scoring.errors import FetchError, UnreachableError

QUICK = FetchLimits(seconds=1.0, first_pause=0.01)


@pytest.fixture
def fetcher():
    with PictureFetcher(allow_private=True, limits=QUICK) as fetcher:
        yield fetcher


def test_a_picture_arrives_whole(server, fetcher, png):
    assert fetcher.fetch(f"{server.url}/png") == png


REFUSALS = [
    ("/status/404", "is gone (404)", "not there"),
    ("/status/410", "is gone (410)", "no longer there"),
    ("/status/403", "refuses the picture (403)", "forbidden"),
    ("/status/401", "refuses the picture (401)", "behind a login"),
    ("/status/204", "refuses the picture (204)", "no content"),
    ("/html", "gave HTML instead of a picture", "a log-in page that says image/jpeg"),
    ("/empty", "gave nothing instead of a picture", "no bytes"),
    ("/nowhere", "redirects to nowhere", "a redirect without its target"),
    ("/loop/0", "redirects more than 5 times", "redirects in a circle"),
    ("/hops/6", "redirects more than 5 times", "one redirect too many"),
    ("/to/ftp://x.test/a.jpg", "not an http or https address", "to another scheme"),
    ("/to/file:///etc/passwd", "not an http or https address", "to a file"),
    ("/to/data:image/png;base64,AAAA", "not an http or https address", "to the picture itself"),
    ("/to/http://me:pw@x.test/", "carries a user name", "to an address with a password"),
    ("/to/http://[::bad/", "not an address", "to no address"),
    ("/to/http://169.254.169.254/latest/meta-data/", "not a public address", "to cloud metadata"),
    ("/promises/99999999999", "is larger than", "more promised than allowed"),
    ("/bad_gzip", "cannot be decoded", "compressed and cut short"),
    ("/not_gzip", "cannot be decoded", "called compressed, and is not"),
    ("/packed/br", "packed as br", "a compression we did not ask for"),
    ("/bomb", "is larger than", "64 MiB of zeros in 64 KiB"),
    ("/endless", "is larger than", "a body without end or length"),
]


@pytest.mark.parametrize(("path", "says", "reason"), REFUSALS, ids=[row[2] for row in REFUSALS])
def test_what_trying_again_will_not_help_is_tried_once(server, png, path, says, reason):
    limits = FetchLimits(max_bytes=1 << 20, seconds=5.0)
    with PictureFetcher(allow_private=True, limits=limits) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.fetch(server.url + path)
    assert says in str(caught.value)
    assert server.hits[path] == 1
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


REPEATED = [
    ("/status/500", "server error (500)", "an error of theirs"),
    ("/status/503", "server error (503)", "overloaded"),
    ("/status/408", "server error (408)", "they gave up on us"),
    ("/promises/999999", "cannot be reached", "hung up before all promised bytes came"),
    ("/garbage", "cannot be reached", "no HTTP at all"),
    ("/big_head", "cannot be reached", "headers without end"),
]


@pytest.mark.parametrize(("path", "says", "reason"), REPEATED, ids=[row[2] for row in REPEATED])
def test_what_may_pass_is_tried_three_times(server, fetcher, path, says, reason):
    with pytest.raises(UnreachableError) as caught:
        fetcher.fetch(server.url + path)
    assert says in str(caught.value)
    assert server.hits[path] == 3


@pytest.mark.parametrize("path", ["/slow_body", "/slow_head", "/silent"])
def test_a_byte_now_and_then_does_not_stretch_the_deadline(server, path):
    with PictureFetcher(allow_private=True, limits=FetchLimits(seconds=0.6)) as fetcher:
        began = time.monotonic()
        with pytest.raises(UnreachableError, match=r"in time|within 0\.6 s"):
            fetcher.fetch(server.url + path)
    assert time.monotonic() - began < 2.0


def test_the_deadline_holds_for_any_transport():
    """One that brings a byte a second, and knows nothing of deadlines."""
    now = [0.0]

    class Trickle(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                now[0] += 1.0
                yield b"\xff"

    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Trickle()))
    fetcher = PictureFetcher(transport=transport, clock=lambda: now[0])
    with fetcher, pytest.raises(UnreachableError, match="within 15 s"):
        fetcher.fetch("https://x.test/a.jpg")
    assert now[0] == 15.0


def test_a_server_that_recovers_is_not_a_failure(server, fetcher, png):
    assert fetcher.fetch(f"{server.url}/flaky/3") == png


@pytest.mark.parametrize("coding", ["gzip", "deflate", "identity"])
def test_compression_that_nobody_asked_for_is_undone(server, fetcher, png, coding):
    assert fetcher.fetch(f"{server.url}/packed/{coding}") == png


def test_five_redirects_are_followed(server, fetcher, png):
    assert fetcher.fetch(f"{server.url}/hops/5") == png


def test_a_body_longer_than_promised_ends_where_promised(server, fetcher, png):
    assert fetcher.fetch(f"{server.url}/promises/100") == png[:100]


def test_exactly_the_limit_is_allowed_and_one_byte_more_is_not(server, png):
    for most, fits in ((len(png), True), (len(png) - 1, False)):
        with PictureFetcher(allow_private=True, limits=FetchLimits(max_bytes=most)) as fetcher:
            for source in (
                f"{server.url}/png",
                f"{server.url}/packed/gzip",
                f"data:;base64,{base64.b64encode(png).decode()}",
            ):
                if fits:
                    assert fetcher.fetch(source) == png
                else:
                    with pytest.raises(FetchError, match="is larger than"):
                        fetcher.fetch(source)


def test_a_bomb_is_not_unfolded_in_memory(server):
    with PictureFetcher(allow_private=True, limits=FetchLimits(max_bytes=1 << 20)) as fetcher:
        with pytest.raises(FetchError, match="is larger than"):
            fetcher.fetch(f"{server.url}/bomb")  # the server makes the bomb, in this very process
        tracemalloc.start()
        try:
            with pytest.raises(FetchError, match="is larger than"):
                fetcher.fetch(f"{server.url}/bomb")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 << 20


def test_connections_are_kept_and_the_fetcher_serves_many_threads(server, fetcher, png):
    for _ in range(5):
        fetcher.fetch(f"{server.url}/png")
    assert len(server.clients) == 1
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fetcher.fetch, [f"{server.url}/png"] * 64)) == [png] * 64


def test_nothing_is_remembered_between_requests():
    seen = []

    def handle(request):
        seen.append(request.headers)
        return httpx.Response(200, headers={"Set-Cookie": "track=1"}, content=b"\xff\xd8picture")

    with PictureFetcher(transport=httpx.MockTransport(handle)) as fetcher:
        fetcher.fetch("https://x.test/a")
        fetcher.fetch("https://x.test/b")
    assert "cookie" not in seen[1]
    assert "authorization" not in seen[1]
