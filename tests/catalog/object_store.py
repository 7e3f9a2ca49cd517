"""S3 on the loopback address: moto's server, with a door in front of it that may have bad days."""

import threading
from contextlib import contextmanager

import s3fs
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from cluster.settings import S3

BUCKET = "counterfoil"
KEYS = {"access_key": "AKIAEXAMPLE", "secret_key": "not-a-real-secret", "region": "eu-central-1"}


class ObjectStore:
    """Answers as S3 does; `faults` are answered first, one request each: (status, code)."""

    def __init__(self):
        self._moto = DomainDispatcherApplication(create_backend_app)
        self.faults = []
        self.requests = []
        self.url = ""

    @property
    def settings(self) -> S3:
        return S3(endpoint=self.url, **KEYS)

    @property
    def options(self) -> dict:
        return self.settings.options()

    def __call__(self, environ, start_response):
        self.requests.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]))
        if not self.faults:
            return self._moto(environ, start_response)
        status, code = self.faults.pop(0)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        start_response(
            f"{status} {code}", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        )
        return [body]


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args):
        """Nobody reads it."""


@contextmanager
def object_store():
    store = ObjectStore()
    server = make_server("127.0.0.1", 0, store, threaded=True, request_handler=_Quiet)
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        s3fs.S3FileSystem(**store.options).mkdir(BUCKET)
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
