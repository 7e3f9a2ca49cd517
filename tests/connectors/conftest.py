"""A real web server on the loopback address that misbehaves on request."""

import contextlib
import gzip
import io
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image


def _png() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 64), 60).save(out, "PNG")
    return out.getvalue()


PNG = _png()


@cache
def bomb() -> bytes:
    """64 MiB of zeros in 64 KiB."""
    return gzip.compress(b"\x00" * (64 << 20), 6)


class _Handler(BaseHTTPRequestHandler):
    """Route `/name/rest` is answered by `route_name(rest)`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.hits[self.path] += 1
        self.server.clients.add(self.client_address)
        route, _, rest = self.path[1:].partition("/")
        with contextlib.suppress(ConnectionError):
            getattr(self, f"route_{route}", self.nothing)(rest)

    def nothing(self, _):
        self.answer(b"", 404)

    def answer(self, body=b"", status=200, **headers):
        self.send_response(status)
        for name, value in ({"Content_Length": len(body)} | headers).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.wfile.flush()
        self.close_connection = True

    def route_png(self, _):
        self.answer(PNG, Content_Type="image/png")

    def route_status(self, rest):
        code, _, retry_after = rest.partition("/")
        more = {"Retry-After": retry_after.replace("_", " ")} if retry_after else {}
        self.answer(b"<html>sorry</html>", int(code), **more)

    def route_flaky(self, rest):
        if self.server.hits[self.path] < int(rest):
            self.answer(b"busy", 503)
        else:
            self.answer(PNG)

    def route_html(self, _):
        self.answer(b"<!DOCTYPE html><html>log in</html>", Content_Type="image/jpeg")

    def route_to(self, rest):
        self.answer(b"", 302, Location=rest)

    def route_nowhere(self, _):
        self.answer(b"", 302)

    def route_loop(self, rest):
        self.answer(b"", 302, Location=f"/loop/{int(rest) + 1}")

    def route_hops(self, rest):
        left = int(rest)
        self.answer(b"", 302, Location=f"/hops/{left - 1}" if left > 1 else "/png")

    def route_empty(self, _):
        self.answer(b"")

    def route_endless(self, _):
        self.send_response(200)
        self.end_headers()  # no Content-Length: the body ends when the connection does
        while not self.server.stopping.is_set():
            self.wfile.write(PNG)

    def route_promises(self, rest):
        self.answer(PNG, Content_Length=int(rest))
        self.hang_up()

    def route_slow_body(self, _):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.trickle(PNG)

    def route_slow_head(self, _):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.trickle(b"X-A: b\r\n" * 1000)

    def trickle(self, content):
        for byte in content:
            if self.server.stopping.wait(0.05):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def route_silent(self, _):
        self.server.stopping.wait(20)

    def route_packed(self, rest):
        pack = {"gzip": gzip.compress, "deflate": zlib.compress}.get(rest, bytes)
        self.answer(pack(PNG), Content_Encoding=rest)

    def route_bomb(self, _):
        self.answer(bomb(), Content_Encoding="gzip")

    def route_bad_gzip(self, _):
        self.answer(gzip.compress(PNG)[:-9], Content_Encoding="gzip")

    def route_not_gzip(self, _):
        self.answer(PNG, Content_Encoding="gzip")

    def route_garbage(self, _):
        self.wfile.write(b"\x15\x03\x01 what is this")
        self.hang_up()

    def route_big_head(self, _):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100_000)
        self.hang_up()

    def log_message(self, *args):
        pass


class LocalServer(ThreadingHTTPServer):
    """One route for each misbehaviour; `hits` counts the requests for each path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hits: Counter[str] = Counter()
        self.clients: set[tuple[str, int]] = set()
        self.stopping = threading.Event()
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        """Clients that give up are what is being tested."""

    def close(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


@pytest.fixture
def server() -> Iterator[LocalServer]:
    server = LocalServer()
    yield server
    server.close()


@pytest.fixture
def png() -> bytes:
    return PNG
