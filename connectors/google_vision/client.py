"""Asking Google Cloud Vision, in its own words: batches, patience, and one answer for each picture."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import grpc
from google.auth.exceptions import GoogleAuthError
from google.cloud.vision_v1 import (
    AnnotateImageRequest,
    AnnotateImageResponse,
    BatchAnnotateImagesRequest,
    ImageAnnotatorClient,
)
from google.cloud.vision_v1.services.image_annotator.transports import ImageAnnotatorGrpcTransport
from google.oauth2 import service_account

from connectors.google_vision.foreign import FOREIGN, SERVICE, Refusal, may_ask_again, of_status, retry_delay
from connectors.google_vision.foreign import translated as translated_error
from scoring.errors import ImageError, UnavailableError

MOST_PICTURES = 16
"""In one request: https://cloud.google.com/vision/quotas, read 2026-11-24."""
_MOST_BYTES = 8 * 1024 * 1024
"""Of pictures in one request; the same page allows 10 MB, and the rest of a request is small."""
_SCOPES = ("https://www.googleapis.com/auth/cloud-vision",)
_OPTIONS = (("grpc.max_receive_message_length", -1),)  # 16 pictures full of text pass the usual 4 MB
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Question:
    """One picture and what is asked of it: each feature is a unit that is billed."""

    content: bytes = field(repr=False)
    features: tuple[int, ...]
    """`Feature.Type`s."""


Answer = AnnotateImageResponse | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how often one batch is asked for."""

    seconds: float = 20.0
    """For all attempts together, waits included."""
    attempts: int = 4
    first_wait: float = 0.25
    """Seconds at most before the second attempt; twice as long before each further one, and any time less."""


class VisionClient:
    """Safe to share between threads. Whatever happens, each question gets an answer or a refusal.

    A request that fails because of one of its pictures is asked again picture by picture, so that what a
    picture's answer is does not depend on those it travelled with.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._api = ImageAnnotatorClient(transport=ImageAnnotatorGrpcTransport(channel=channel))
        self._channel = channel
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self._chance = chance

    def close(self) -> None:
        """Let go of the connection."""
        self._channel.close()

    def annotate(self, questions: Sequence[Question]) -> list[Answer]:
        """An answer for each question, in their order."""
        return [answer for batch in _batches(questions) for answer in self._batch(batch)]

    def _batch(self, batch: Sequence[Question]) -> list[Answer]:
        ends_at = self._clock() + self._patience.seconds
        request = BatchAnnotateImagesRequest(requests=[_request(question) for question in batch])
        attempt = 1
        while True:
            try:
                responses = self._api.batch_annotate_images(
                    request, retry=None, timeout=max(0.001, ends_at - self._clock())
                ).responses
            except FOREIGN as error:
                refusal = translated_error(error)
                wait = self._wait(error, attempt)
                if (
                    may_ask_again(error)
                    and attempt < self._patience.attempts
                    and self._clock() + wait < ends_at
                ):
                    self._sleep(wait)
                    attempt += 1
                    continue
                if isinstance(refusal.error, ImageError) and len(batch) > 1:
                    return [answer for one in batch for answer in self._batch([one])]
                return [refusal] * len(batch)
            return _matched(batch, responses)

    def _wait(self, error: Exception, attempt: int) -> float:
        asked = retry_delay(error)
        longest = self._patience.first_wait * float(2 ** (attempt - 1))
        # Many workers that were sent away at once must not come back at once.
        return (asked or 0.0) + longest * self._chance()


def open_client(*, endpoint: str, credentials: str | None, patience: Patience | None = None) -> VisionClient:
    """A client for an endpoint; nothing is sent yet.

    `https` is meant, with the JSON key of a service account; `http://` is for an emulator on this very
    machine, and needs no credentials. Raises `UnavailableError` where it cannot be used as it is set.
    """
    if endpoint.startswith("http://"):
        address = urlsplit(endpoint)
        if address.hostname not in _LOOPBACK:
            raise UnavailableError(
                f"{SERVICE}: {endpoint} would be spoken to without encryption.",
                hint="Name a host alone, such as vision.googleapis.com.",
            )
        return VisionClient(grpc.insecure_channel(address.netloc, options=_OPTIONS), patience=patience)
    if credentials is None:
        raise UnavailableError(
            f"{SERVICE} needs credentials.",
            hint="Set COUNTERFOIL_GOOGLE_VISION__CREDENTIALS_FILE to the key of a service account.",
        )
    try:
        account = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            json.loads(credentials), scopes=_SCOPES
        )
    except (ValueError, TypeError, AttributeError, GoogleAuthError) as error:
        # The text holds a secret, so neither it nor the parser's account of it is repeated.
        raise UnavailableError(
            f"{SERVICE}: the credentials are no service account's key ({type(error).__name__}).",
            hint="Create a JSON key for a service account that may use the Vision API.",
        ) from None
    channel = ImageAnnotatorGrpcTransport.create_channel(
        endpoint, credentials=account, scopes=_SCOPES, options=_OPTIONS
    )
    return VisionClient(channel, patience=patience)


def _batches(questions: Sequence[Question]) -> Iterator[list[Question]]:
    batch: list[Question] = []
    size = 0
    for question in questions:
        if batch and (len(batch) == MOST_PICTURES or size + len(question.content) > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(question)
        size += len(question.content)
    if batch:
        yield batch


def _request(question: Question) -> AnnotateImageRequest:
    return AnnotateImageRequest(
        image={"content": question.content}, features=[{"type_": kind} for kind in question.features]
    )


def _matched(batch: Sequence[Question], responses: Sequence[AnnotateImageResponse]) -> list[Answer]:
    if len(responses) != len(batch):
        said = f"{SERVICE} gave {len(responses)} answers to {len(batch)} pictures."
        return [Refusal(UnavailableError(said), billed=True)] * len(batch)
    return [of_status(it.error) if it.error.code else it for it in responses]
