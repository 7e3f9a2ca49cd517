"""Google Cloud Vision on the loopback address: the library's own messages over real gRPC, and no cost."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc
from google.cloud.vision_v1 import (
    AnnotateImageResponse,
    BatchAnnotateImagesRequest,
    BatchAnnotateImagesResponse,
    BoundingPoly,
    EntityAnnotation,
    Feature,
    LocalizedObjectAnnotation,
    NormalizedVertex,
    Paragraph,
    Symbol,
    TextAnnotation,
    Vertex,
    WebDetection,
    Word,
)
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from vision.decode import decode


@dataclass(frozen=True)
class Fails:
    """A call that ends with a status."""

    code: int
    message: str = "told to"
    retry_after: float | None = None


@dataclass(frozen=True)
class Slow:
    """A call that answers after some seconds."""

    seconds: float


@dataclass(frozen=True)
class PictureFails:
    """A call in which one picture, counted from 0, has a status of its own."""

    at: int
    code: int = code_pb2.INVALID_ARGUMENT
    message: str = "Bad image data."


class FakeImageAnnotator:
    """Answers each picture by `answer(pixels)`; what is in `script` happens first, one entry a call.

    `calls` holds each request as [(features, content), …], and `received` the sha256 of each picture's
    decoded pixels.
    """

    def __init__(self, answer=None, *script):
        self.script = list(script)
        self.calls = []
        self.received = []
        self._answer = answer or (lambda pixels: AnnotateImageResponse())
        self._turn = threading.Lock()
        self._pool = ThreadPoolExecutor(8)
        self._server = grpc.server(self._pool, options=[("grpc.max_receive_message_length", -1)])
        handler = grpc.unary_unary_rpc_method_handler(
            self._batch_annotate,
            request_deserializer=BatchAnnotateImagesRequest.deserialize,
            response_serializer=BatchAnnotateImagesResponse.serialize,
        )
        service = {"BatchAnnotateImages": handler}
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("google.cloud.vision.v1.ImageAnnotator", service),)
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._server.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.stop(None).wait()
        self._pool.shutdown()

    @property
    def pictures(self):
        """How many pictures came, over all calls."""
        return sum(map(len, self.calls))

    @property
    def units(self):
        """How many features of pictures were asked for, over all calls: what would be billed."""
        return sum(len(features) for call in self.calls for features, _ in call)

    def _batch_annotate(self, request, context):
        with self._turn:
            self.calls.append(
                [
                    (tuple(Feature.Type(it.type_).name for it in one.features), one.image.content)
                    for one in request.requests
                ]
            )
            self.received += [self._seen(one.image.content) for one in request.requests]
            event = self.script.pop(0) if self.script else None
        if isinstance(event, Fails):
            context.abort_with_status(_status(event))
        if isinstance(event, Slow):
            time.sleep(event.seconds)
        responses = [self._answer(_pixels(one.image.content)) for one in request.requests]
        if isinstance(event, PictureFails) and event.at < len(responses):
            failed = AnnotateImageResponse(error={"code": event.code, "message": event.message})
            responses[event.at] = failed
        return BatchAnnotateImagesResponse(responses=responses)

    @staticmethod
    def _seen(content):
        return pixels_sha256(_pixels(content)) if content.startswith(b"\xff\xd8") else content.decode()


def pixels_sha256(pixels):
    """What a picture is known by here, whatever file it came in."""
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def _pixels(content):
    return decode(content).pixels if content.startswith(b"\xff\xd8") else None


def _status(event):
    status = status_pb2.Status(code=event.code, message=event.message)
    if event.retry_after is not None:
        wait = Duration(seconds=int(event.retry_after), nanos=round(event.retry_after % 1 * 1e9))
        detail = AnyMessage()
        detail.Pack(error_details_pb2.RetryInfo(retry_delay=wait))
        status.details.append(detail)
    return rpc_status.to_status(status)


def _vertices(*corners):
    return BoundingPoly(vertices=[Vertex(x=x, y=y) for x, y in corners])


def logo(description, score=0.9, corners=((10, 10), (110, 10), (110, 60), (10, 60))):
    """A logo annotation, corners in pixels."""
    return EntityAnnotation(description=description, score=score, bounding_poly=_vertices(*corners))


def word(text, after="SPACE", language="en", corners=((0, 0), (50, 0), (50, 20), (0, 20))):
    """A word, and what stands after it."""
    symbols = [Symbol(text=letter) for letter in text]
    symbols[-1].property = {"detected_break": {"type_": after}}
    return Word(
        symbols=symbols,
        bounding_box=_vertices(*corners),
        property={"detected_languages": [{"language_code": language}] if language else []},
    )


def text(*words):
    """A full text annotation of one paragraph."""
    return TextAnnotation(pages=[{"blocks": [{"paragraphs": [Paragraph(words=list(words))]}]}])


def web(*, labels=(), entities=(), full=(), partial=(), pages=(), partial_pages=()):
    """A web detection; entities are (description, score)."""
    shown = [{"url": url, "full_matching_images": [{"url": f"{url}/1.jpg"}]} for url in pages]
    part = [{"url": url, "partial_matching_images": [{"url": f"{url}/1.jpg"}]} for url in partial_pages]
    return WebDetection(
        best_guess_labels=[{"label": label} for label in labels],
        web_entities=[{"description": name, "score": score} for name, score in entities],
        full_matching_images=[{"url": url} for url in full],
        partial_matching_images=[{"url": url} for url in partial],
        pages_with_matching_images=[*shown, *part],
    )


def thing(name, score=0.8, corners=((0.1, 0.2), (0.6, 0.2), (0.6, 0.9), (0.1, 0.9))):
    """A localised object, corners as fractions."""
    vertices = [NormalizedVertex(x=x, y=y) for x, y in corners]
    return LocalizedObjectAnnotation(
        name=name, score=score, bounding_poly=BoundingPoly(normalized_vertices=vertices)
    )
