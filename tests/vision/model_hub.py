"""A model hub on this machine that speaks the real one's protocol to the real client, and may misbehave."""

import contextlib
import hashlib
import re
import threading
import zlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 10_000
"""Bytes from which a file is kept like the hub's large ones: elsewhere, after a redirect."""


@dataclass
class Misbehaviour:
    """What the hub does wrong, file by file."""

    waits: set[str] = field(default_factory=set)
    """Answered with 429."""
    cut: dict[str, int] = field(default_factory=dict)
    """The connection ends after so many bytes, the first time."""
    altered: set[str] = field(default_factory=set)
    """Sent with one byte changed."""


class _Hub(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.server.asked.append((self.command, self.path))
        if self.path.startswith("/storage/"):
            self._send(self.path.removeprefix("/storage/"))
            return
        owned, _, rest = self.path[1:].partition("/resolve/")
        name = rest.partition("/")[2]
        if owned != self.server.repository:
            self._answer(404, {"X-Error-Code": "RepoNotFound"})
        elif name not in self.server.files:
            self._answer(404, {"X-Error-Code": "EntryNotFound"})
        elif name in self.server.wrong.waits:
            self._answer(429, {"Retry-After": "30"})
        elif len(self.server.files[name]) >= LARGE:
            self._send_elsewhere(name)
        else:
            self._send(name)

    def do_GET(self):
        self.do_HEAD()

    def _send_elsewhere(self, name):
        body = self.server.files[name]
        linked = {"X-Linked-Etag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Linked-Size": str(len(body))}
        # Another host by name: a redirect within the hub itself would be followed without a word.
        where = f"http://localhost:{self.server.server_port}/storage/{name}"
        self._answer(302, {"X-Repo-Commit": COMMIT, "ETag": '"pointer"', "Location": where, **linked})

    def _send(self, name):
        body = bytearray(self.server.files[name])
        if name in self.server.wrong.altered:
            body[len(body) // 2] ^= 1
        span = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        begun = int(span[1]) if span else 0
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{zlib.crc32(body):08x}"'}
        if begun:
            headers["Content-Range"] = f"bytes {begun}-{len(body) - 1}/{len(body)}"
        self._answer(206 if begun else 200, headers, length=len(body) - begun)
        if self.command == "GET":
            self.wfile.write(body[begun : self.server.wrong.cut.pop(name, len(body))])
            self.close_connection = True

    def _answer(self, status, headers, length=0):
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(key, value)
        self.end_headers()

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def hub_serving(files, *, repository="owner/tiny", wrong=None):
    """A hub with one repository; yields its address and the (method, path) it was asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hub) as server:
        server.files, server.repository, server.wrong = files, repository, wrong or Misbehaviour()
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server.asked
        finally:
            server.shutdown()
            thread.join()
