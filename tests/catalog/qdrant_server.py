"""The part of Qdrant's REST interface that we speak, over HTTP on the loopback address.

The client's own in-process mode does the work, so what is tested is the wire: addresses, bodies, statuses.
"""

import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from qdrant_client import QdrantClient, models

_COLLECTION = re.compile(r"/collections/(?P<name>[^/]+)(?P<rest>.*)")


class QdrantServer:
    """`faults` are answered first, one request each: (status, headers)."""

    def __init__(self):
        self.kept = QdrantClient(":memory:")
        self.indexed = {}
        self.graphs = {}
        self.faults = []
        self.url = ""
        self._turn = Lock()  # the in-process mode is for one thread

    def answer(self, method, path, body):
        with self._turn:
            if path == "/":
                return {"title": "qdrant", "version": "1.15.0"}
            if path == "/collections":
                names = [{"name": held.name} for held in self.kept.get_collections().collections]
                return {"collections": names}
            match = _COLLECTION.fullmatch(path)
            return self._of_collection(match["name"], f"{method} {match['rest']}", body)

    def _of_collection(self, name, asked, body):  # noqa: C901, PLR0911 - one line a route
        if asked == "GET /exists":
            return {"exists": self.kept.collection_exists(name)}
        if asked == "PUT ":
            if self.kept.collection_exists(name):
                raise FileExistsError(name)
            self.graphs[name] = body["hnsw_config"]
            params = models.VectorParams.model_validate(body["vectors"])
            return self.kept.create_collection(name, vectors_config=params)
        info = self.kept.get_collection(name)  # ValueError where there is none
        match asked:
            case "GET ":
                schema = {
                    field: {"data_type": "keyword", "points": 0} for field in self.indexed.get(name, {})
                }
                return {**info.model_dump(mode="json"), "payload_schema": schema}
            case "PUT /index":
                self.indexed.setdefault(name, {})[body["field_name"]] = body["field_schema"]
                return {"operation_id": 0, "status": "completed"}
            case "PUT /points":
                points = [models.PointStruct.model_validate(point) for point in body["points"]]
                return self.kept.upsert(name, points)
            case "POST /points/delete":
                return self.kept.delete(name, models.FilterSelector.model_validate(body))
            case "POST /points/count":
                return self.kept.count(name, count_filter=models.Filter.model_validate(body["filter"]))
            case "POST /points/scroll":
                records, following = self.kept.scroll(
                    name,
                    models.Filter.model_validate(body["filter"]),
                    limit=body["limit"],
                    offset=body.get("offset"),
                    with_vectors=True,
                )
                return {
                    "points": [it.model_dump(mode="json") for it in records],
                    "next_page_offset": following,
                }
            case "POST /points/query/batch":
                searches = [models.QueryRequest.model_validate(it) for it in body["searches"]]
                return self.kept.query_batch_points(name, searches)
        raise LookupError(asked)


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "null")
            if server.faults:
                status, headers = server.faults.pop(0)
                return self._send(status, {"status": {"error": "a bad day"}}, headers)
            try:
                result = server.answer(self.command, self.path.partition("?")[0], body)
            except FileExistsError as error:
                return self._send(409, {"status": {"error": f"Collection {error} already exists"}})
            except ValueError as error:
                return self._send(
                    404 if "not found" in str(error) else 400, {"status": {"error": str(error)}}
                )
            return self._send(200, {"result": _plain(result), "status": "ok", "time": 0.0})

        def _send(self, status, document, headers=None):
            body = json.dumps(document).encode()
            self.send_response(status)
            sent = {"Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {})
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = _answer  # noqa: N815 - http.server's names

        def log_message(self, *args):
            """Nobody reads it."""

    return Handler


def _plain(result):
    if isinstance(result, list):
        return [_plain(one) for one in result]
    return result.model_dump(mode="json") if hasattr(result, "model_dump") else result


@contextmanager
def qdrant_server():
    server = QdrantServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
        server.kept.close()
