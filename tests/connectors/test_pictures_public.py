"""Only public addresses, however a listing or a redirect spells another; and certificates count."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.guard import GuardedTransport
from connectors.pictures import FetchLimits, PictureFetcher
from scoring.errors import CounterfoilError, FetchError, UnreachableError

TLS = httpx.create_ssl_context(trust_env=False)  # reading the root certificates takes 20 ms
QUICK = FetchLimits(seconds=1.0, first_pause=0.01)


@pytest.fixture
def fetcher():
    with PictureFetcher(allow_private=True, limits=QUICK) as fetcher:
        yield fetcher


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
