"""The guarded fetcher against a real server that misbehaves in every way we know."""

import base64
import os
import pickle
import random
import socket
import ssl
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.guard import GuardedTransport
from connectors.pictures import FetchLimits, PictureFetcher
from scoring.errors import CounterfoilError, FetchError, RateLimitedError, UnreachableError

TLS = httpx.create_ssl_context(trust_env=False)  # reading the root certificates takes 20 ms
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
            for source in (f"{server.url}/png", f"{server.url}/packed/gzip", data_uri(png)):
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


# What is public and what is not, when it counts


@pytest.fixture
def public():
    """As in production: no private addresses."""
    with PictureFetcher(limits=QUICK) as fetcher:
        yield fetcher


NOT_PUBLIC = [
    ("http://127.0.0.1/a.jpg", "loopback"),
    ("http://localhost:8080/a.jpg", "loopback by name"),
    ("http://2130706433/a.jpg", "loopback in decimal"),
    ("http://0177.0.0.1/a.jpg", "loopback in octal"),
    ("http://0x7f000001/a.jpg", "loopback in hexadecimal"),
    ("http://127.1/a.jpg", "loopback, shortened"),
    ("http://[::1]/a.jpg", "loopback on IPv6"),
    ("http://[::ffff:127.0.0.1]/a.jpg", "loopback, mapped"),
    ("http://169.254.169.254/latest/meta-data/", "cloud metadata"),
    ("https://10.1.2.3/a.jpg", "private"),
    ("http://0.0.0.0/a.jpg", "this host"),
    ("http://①②⑦.⓪.⓪.①/a.jpg", "loopback in circled digits"),
]


@pytest.mark.parametrize(("source", "reason"), NOT_PUBLIC, ids=[row[1] for row in NOT_PUBLIC])
def test_addresses_that_are_not_public_are_refused(public, source, reason):
    with pytest.raises(FetchError, match=r"not a public address|not an address"):
        public.fetch(source)


def test_a_name_that_leads_home_is_refused_and_nothing_is_sent(server):
    transport = GuardedTransport(resolve=lambda *_: ["127.0.0.1"])
    with PictureFetcher(transport=transport, limits=QUICK) as fetcher:
        for port in (80, 443, 8080):
            with pytest.raises(FetchError, match=r"evil\.test is at 127\.0\.0\.1"):
                fetcher.fetch(f"http://evil.test:{port}/a.jpg")
    assert not server.hits


def test_the_name_is_looked_up_once_and_that_very_address_is_used(server, png):
    """DNS rebinding: the first answer passes the check, a second one would lead elsewhere."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    lookups = []

    def resolve(host, port):
        lookups.append(host)
        return next(answers)

    transport = GuardedTransport(allow_private=True, resolve=resolve)
    with PictureFetcher(allow_private=True, transport=transport, limits=QUICK) as fetcher:
        assert fetcher.fetch(f"http://shop.test:{server.port}/png") == png
        assert lookups == ["shop.test"]


def test_a_redirect_is_checked_like_any_address(server):
    """The first host is fine; where it points to is not."""
    addresses = {"shop.test": ["127.0.0.1"], "inside.test": ["169.254.169.254"]}
    transport = GuardedTransport(allow_private=True, resolve=lambda host, port: addresses[host])
    fetcher = PictureFetcher(allow_private=True, transport=transport, limits=QUICK)
    with fetcher, pytest.raises(FetchError, match=r"inside\.test is at 169\.254"):
        fetcher.fetch(f"http://shop.test:{server.port}/to/http://inside.test/secret")


def test_the_next_address_is_tried_where_one_does_not_answer(server, png):
    transport = GuardedTransport(allow_private=True, resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])
    with PictureFetcher(allow_private=True, transport=transport, limits=QUICK) as fetcher:
        assert fetcher.fetch(f"http://shop.test:{server.port}/png") == png


PORTS = [("http://x.test:22/", "ssh"), ("http://x.test:6379/", "a cache"), ("https://x.test:25/", "mail")]


@pytest.mark.parametrize(("source", "reason"), PORTS)
def test_other_ports_are_refused(public, source, reason):
    with pytest.raises(FetchError, match="names port"):
        public.fetch(source)


def test_a_port_that_nobody_listens_on_is_unreachable(fetcher):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(UnreachableError, match="cannot be reached"):
            fetcher.fetch(f"http://127.0.0.1:{port}/a.jpg")


# When to try again, and when to wait


def patient(server, **limits):
    pauses = []
    fetcher = PictureFetcher(
        allow_private=True,
        limits=FetchLimits(**limits),
        sleep=pauses.append,
        chance=random.Random(7),  # noqa: S311  # spreads load, keeps no secret
    )
    return fetcher, pauses


def test_pauses_grow_and_are_spread_by_chance(server):
    fetcher, pauses = patient(server, attempts=4, seconds=60)
    with fetcher, pytest.raises(UnreachableError):
        fetcher.fetch(f"{server.url}/status/500")
    chances = [pause / low for low, pause in zip((0.25, 0.5, 1.0), pauses, strict=True)]
    assert all(1 <= chance <= 2 for chance in chances)
    assert len(set(chances)) == 3


def test_a_server_that_says_how_long_is_waited_for(server):
    fetcher, pauses = patient(server, attempts=2, seconds=60)
    with fetcher, pytest.raises(RateLimitedError) as caught:
        fetcher.fetch(f"{server.url}/status/429/7")
    assert pauses == [7.0]
    assert caught.value.retry_after == 7.0


def test_a_wait_beyond_the_deadline_is_the_callers_to_decide(server):
    fetcher, pauses = patient(server, seconds=15)
    with fetcher, pytest.raises(RateLimitedError) as caught:
        fetcher.fetch(f"{server.url}/status/429/120")
    assert pauses == []
    assert caught.value.retry_after == 120.0
    assert server.hits["/status/429/120"] == 1


def test_how_long_may_be_a_date_or_nonsense(server):
    fetcher, _ = patient(server, seconds=15)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True).replace(" ", "_")
    with fetcher:
        for said, low, high in ((soon, 80.0, 91.0), ("Thu,_01_Jan_1970_00:00:00_GMT", 0.0, 0.0)):
            with pytest.raises(RateLimitedError) as caught:
                fetcher.fetch(f"{server.url}/status/429/{said}")
            assert low <= caught.value.retry_after <= high
        with pytest.raises(RateLimitedError) as caught:
            fetcher.fetch(f"{server.url}/status/429/soonish")
        assert caught.value.retry_after is None


# data: and file:


def data_uri(body, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


def test_data_uris_carry_their_picture(public, png):
    for source in (data_uri(png), data_uri(png).replace("+", "%2B"), data_uri(png, "image/png;charset=x")):
        assert public.fetch(source) == png


BAD_DATA = [
    ("data:image/png,abc", "not a data: URI in base64", "not base64"),
    ("data:image/png;base64", "not a data: URI in base64", "no comma"),
    ("data:;base64,****", "not valid base64", "letters that base64 has not"),
    ("data:;base64,AAA", "not valid base64", "a length that base64 has not"),
    ("data:;base64,é", "not valid base64", "beyond ASCII"),
    ("data:;base64,", "gave nothing", "empty"),
    (data_uri(b"<html></html>"), "gave HTML", "a page"),
    ("data:;base64," + "A" * (30 << 20), "larger than", "30 MiB of letters"),
]


@pytest.mark.parametrize(("source", "says", "reason"), BAD_DATA, ids=[row[2] for row in BAD_DATA])
def test_bad_data_uris(public, source, says, reason):
    with pytest.raises(FetchError, match=says) as caught:
        public.fetch(source)
    assert len(str(caught.value)) < 300


@pytest.fixture
def folder(tmp_path, png):
    inside = tmp_path / "in side"
    inside.mkdir()
    (inside / "a b.png").write_bytes(png)
    (tmp_path / "secret.png").write_bytes(png)
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "circle.png").symlink_to(inside / "circle.png")
    (inside / "page.png").write_bytes(b"<html>")
    (inside / "large.png").write_bytes(bytes(2000))
    (inside / "sub").mkdir()
    os.mkfifo(inside / "pipe.png")
    return inside


def test_files_inside_the_root_are_read(folder, png):
    with PictureFetcher(root=folder) as fetcher:
        assert fetcher.fetch((folder / "a b.png").as_uri()) == png
        assert fetcher.fetch((folder / "a b.png").as_uri().replace("file://", "file://localhost")) == png


BAD_FILES = [
    ("{folder}/absent.png", "there is no file", "missing"),
    ("{folder}/../secret.png", "lies outside", "next door"),
    ("{folder}/%2e%2e/secret.png", "lies outside", "next door, encoded"),
    ("{folder}/link.png", "lies outside", "through a link"),
    ("{folder}/circle.png", "cannot be read", "a link to itself"),
    ("file:///etc/passwd", "lies outside", "from the root of the disk"),
    ("file://host.test/share/a.png", "on another machine", "on another machine"),
    ("{folder}/sub", "not a regular file", "a folder"),
    ("{folder}/pipe.png", "not a regular file", "a pipe, which would never end"),
    ("{folder}/a%00.png", "cannot be read", "a NUL"),
    ("{folder}/" + "a" * 5000, "cannot be read", "longer than any path"),
    ("{folder}/page.png", "gave HTML", "a page saved as a picture"),
    ("{folder}/large.png", "larger than 1,000 bytes", "larger than allowed"),
]


@pytest.mark.parametrize(("source", "says", "reason"), BAD_FILES, ids=[row[2] for row in BAD_FILES])
def test_bad_files(folder, source, says, reason):
    fetcher = PictureFetcher(root=folder, limits=FetchLimits(max_bytes=1000))
    with fetcher, pytest.raises(FetchError, match=says):
        fetcher.fetch(source.replace("{folder}", folder.as_uri()))


def test_without_a_root_no_file_is_read(public, folder):
    with pytest.raises(FetchError, match="files are not fetched here"):
        public.fetch((folder / "a b.png").as_uri())


# Whatever a listing may say


ANYTHING = [
    ("", "an empty address"),
    ("images/a.jpg", "a path nobody has resolved"),
    ("ftp://x.test/a.jpg", "another scheme"),
    ("http://", "no host"),
    ("http:///a.jpg", "no host, but a path"),
    ("http:////5ct65h]", "half a bracket"),
    ("http://xn--3/", "a name that only looks encoded"),
    ("http://x.test:99999/", "no such port"),
    ("http://" + "a" * 70 + ".test/", "a label longer than any"),
    ("http://x.test/\n\nHost: y", "line breaks"),
    ("http://x.test/\ud800", "half a surrogate pair"),
    ("https://me:secret@x.test/a.jpg", "a password"),
]


@pytest.mark.parametrize(("source", "reason"), ANYTHING, ids=[row[1] for row in ANYTHING])
def test_odd_addresses_are_refused_in_words(source, reason):
    transport = GuardedTransport(resolve=lambda *_: ["127.0.0.1"], ssl_context=TLS)
    with PictureFetcher(transport=transport) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.fetch(source)
    assert "secret" not in str(caught.value)
    assert str(caught.value).isprintable()


STARTS = ["http://", "https://", "http://[", "data:", "file:", "file://", ""]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.text(max_size=20))
def test_no_address_raises_anything_but_ours(start, rest):
    transport = GuardedTransport(resolve=lambda *_: ["127.0.0.1"], ssl_context=TLS)
    with PictureFetcher(transport=transport) as fetcher, pytest.raises(CounterfoilError):
        fetcher.fetch(start + rest)


def test_a_certificate_nobody_signed_is_refused_at_once(tmp_path):
    context, connections = _self_signed(tmp_path), []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            connections.append(raw)
            try:
                context.wrap_socket(raw, server_side=True).close()
            except OSError:
                raw.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        with (
            PictureFetcher(allow_private=True) as fetcher,
            pytest.raises(FetchError, match="certificate cannot"),
        ):
            fetcher.fetch(f"https://127.0.0.1:{listener.getsockname()[1]}/a.jpg")
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
    assert len(connections) == 1


def _self_signed(folder):
    x509 = pytest.importorskip("cryptography.x509", reason="makes the test's certificate")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
