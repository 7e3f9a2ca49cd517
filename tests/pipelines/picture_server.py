"""A shop's web server on the loopback address, which remembers what it was asked for."""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PictureServer:
    """Serves bytes by path, {path: (content type, bytes)}; anything else is gone."""

    def __init__(self, pictures, *, pause=0.0):
        self.hits = Counter()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.hits[self.path] += 1
                time.sleep(owner.pause)
                kind, body = pictures.get(self.path, ("text/html", b"<html>gone</html>"))
                self.send_response(200 if self.path in pictures else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Requests are counted, not printed."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """Clients are killed in these tests."""

        self.pause = pause
        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
