"""The client against a real gRPC server on this machine: batches, retries, deadlines, refusals."""

import json
import time

import grpc
import pytest
from google.api_core import exceptions
from google.auth import exceptions as auth
from google.cloud.vision_v1 import AnnotateImageResponse, Feature
from google.rpc import code_pb2

from connectors.google_vision import Patience, Question, Refusal, VisionClient, open_client
from connectors.google_vision.foreign import FOREIGN, may_ask_again, translated
from scoring.errors import CounterfoilError, ImageError, RateLimitedError, UnavailableError, UnreachableError
from tests.connectors.test_foreign import exceptions_of
from tests.contracts.image_annotator import Fails, FakeImageAnnotator, PictureFails, Slow, logo

LOGO, WEB = Feature.Type.LOGO_DETECTION, Feature.Type.WEB_DETECTION


def questions(number, *, size=8, features=(LOGO,)):
    return [Question(f"{n:<{size}}".encode(), features) for n in range(number)]


@pytest.fixture
def client(server):
    """A client that notes how long it would have slept."""
    slept = []
    channel = grpc.insecure_channel(f"127.0.0.1:{server.port}")
    client = VisionClient(channel, patience=Patience(seconds=30.0), sleep=slept.append, chance=lambda: 0.5)
    client.slept = slept
    yield client
    client.close()


@pytest.fixture
def server():
    answer = AnnotateImageResponse(logo_annotations=[logo("Northpine")])
    with FakeImageAnnotator(lambda pixels: answer) as server:
        yield server


def ok(answers):
    return [not isinstance(answer, Refusal) for answer in answers]


def test_an_answer_for_each_question(server, client):
    answers = client.annotate(questions(2, features=(LOGO, WEB)))
    assert [it.logo_annotations[0].description for it in answers] == ["Northpine"] * 2
    assert [[features for features, _ in call] for call in server.calls] == [
        [("LOGO_DETECTION", "WEB_DETECTION")] * 2
    ]


@pytest.mark.parametrize(
    ("number", "size", "calls", "reason"),
    [
        (0, 8, [], "nothing to ask"),
        (16, 8, [16], "as many as one request holds"),
        (17, 8, [16, 1], "one more"),
        (3, 4 << 20, [2, 1], "as many bytes as one request holds, and more"),
        (2, 9 << 20, [1, 1], "a picture too large for company travels alone"),
    ],
)
def test_batches(server, client, number, size, calls, reason):
    answers = client.annotate(questions(number, size=size))
    assert ok(answers) == [True] * number
    assert [len(call) for call in server.calls] == calls, reason
    assert [int(content) for call in server.calls for _, content in call] == list(range(number))


def test_a_bad_picture_takes_nothing_from_the_others(server, client):
    server.script = [PictureFails(1)]
    answers = client.annotate(questions(3))
    assert ok(answers) == [True, False, True]
    assert isinstance(answers[1].error, ImageError)
    assert "cannot use the picture: Bad image data" in str(answers[1].error)
    assert answers[1].billed, "an answer came, so its price may be asked"
    assert len(server.calls) == 1


def test_a_refused_batch_is_asked_picture_by_picture(server, client):
    server.script = [Fails(code_pb2.INVALID_ARGUMENT), None, Fails(code_pb2.INVALID_ARGUMENT)]
    answers = client.annotate(questions(3))
    assert ok(answers) == [True, False, True]
    assert isinstance(answers[1].error, ImageError)
    assert [len(call) for call in server.calls] == [3, 1, 1, 1]


def test_a_service_that_is_away_for_a_moment(server, client):
    server.script = [Fails(code_pb2.UNAVAILABLE), Fails(code_pb2.UNAVAILABLE)]
    assert ok(client.annotate(questions(1))) == [True]
    assert client.slept == [0.125, 0.25], "half of each longest wait, which doubles"


def test_a_service_that_stays_away(server, client):
    server.script = [Fails(code_pb2.UNAVAILABLE, "down for now")] * 9
    (refusal,) = client.annotate(questions(1))
    assert isinstance(refusal.error, UnreachableError)
    assert "it is away: down for now" in str(refusal.error)
    assert not refusal.billed
    assert len(server.calls) == 4


def test_a_quota_says_how_long_to_wait(server, client):
    server.script = [Fails(code_pb2.RESOURCE_EXHAUSTED, "quota", retry_after=1.5)]
    assert ok(client.annotate(questions(1))) == [True]
    assert client.slept == [1.625]


def test_a_quota_that_asks_for_too_much_patience(server, client):
    server.script = [Fails(code_pb2.RESOURCE_EXHAUSTED, "quota", retry_after=60.25)]
    (refusal,) = client.annotate(questions(1))
    assert isinstance(refusal.error, RateLimitedError)
    assert (refusal.error.retry_after, refusal.billed, client.slept) == (60.25, False, [])


@pytest.mark.parametrize(
    ("code", "error", "billed"),
    [
        (code_pb2.DEADLINE_EXCEEDED, UnreachableError, True),
        (code_pb2.INTERNAL, UnreachableError, True),
        (code_pb2.ABORTED, UnreachableError, True),
        (code_pb2.UNKNOWN, UnreachableError, True),
        (code_pb2.PERMISSION_DENIED, UnavailableError, False),
        (code_pb2.UNAUTHENTICATED, UnavailableError, False),
        (code_pb2.FAILED_PRECONDITION, UnavailableError, False),
        (code_pb2.UNIMPLEMENTED, UnavailableError, False),
    ],
)
def test_what_may_have_been_billed_is_not_asked_twice(server, client, code, error, billed):
    server.script = [Fails(code, "so it is")]
    answers = client.annotate(questions(2))
    assert [type(it.error) for it in answers] == [error] * 2
    assert [it.billed for it in answers] == [billed] * 2
    assert len(server.calls) == 1


def test_a_slow_answer_is_not_waited_for(server):
    server.script = [Slow(5.0)]
    client = VisionClient(grpc.insecure_channel(f"127.0.0.1:{server.port}"), patience=Patience(seconds=0.3))
    begun = time.monotonic()
    (refusal,) = client.annotate(questions(1))
    assert time.monotonic() - begun < 3.0
    assert isinstance(refusal.error, UnreachableError)
    assert "did not answer in time" in str(refusal.error)
    assert refusal.billed, "it may be at work still"
    client.close()


def test_nobody_listens():
    client = open_client(
        endpoint="http://127.0.0.1:9", credentials=None, patience=Patience(seconds=1.0, attempts=2)
    )
    (refusal,) = client.annotate(questions(1))
    assert isinstance(refusal.error, UnreachableError)
    client.close()


def made(kind):
    return kind("why", None) if issubclass(kind, exceptions.RetryError) else kind("why")


EVERY = [
    *(kind for kind in exceptions_of(exceptions) if issubclass(kind, exceptions.GoogleAPIError)),
    *(kind for kind in exceptions_of(auth) if issubclass(kind, auth.GoogleAuthError)),
]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_foreign_error_becomes_one_of_ours(kind):
    error = made(kind)
    assert isinstance(error, FOREIGN)
    refusal = translated(error)
    assert isinstance(refusal.error, CounterfoilError)
    assert "why" in str(refusal.error)
    assert not (may_ask_again(error) and refusal.billed), "what may be billed is not asked twice"


def test_every_status_of_grpc_becomes_one_of_ours():
    for code in grpc.StatusCode:
        if code is not grpc.StatusCode.OK:
            error = exceptions.from_grpc_status(code, "why")
            assert isinstance(translated(error).error, CounterfoilError), code


def test_faults_of_ours_go_through():
    with pytest.raises(TypeError, match="not a foreign error"):
        translated(ValueError("bug"))


KEY = json.dumps({"type": "service_account", "private_key": "s3cret"})


@pytest.mark.parametrize(
    ("endpoint", "credentials", "says", "reason"),
    [
        ("vision.googleapis.com", None, "needs credentials", "none are set"),
        ("vision.googleapis.com", "{", "no service account's key", "not JSON"),
        ("vision.googleapis.com", KEY, "no service account's key", "a key with parts missing"),
        ("vision.googleapis.com", "[]", "no service account's key", "JSON of another shape"),
        ("http://vision.googleapis.com", KEY, "without encryption", "a stranger in the clear"),
        ("http://10.0.0.1:80", None, "without encryption", "a neighbour in the clear"),
    ],
)
def test_what_cannot_be_used_is_told_and_no_secret_with_it(endpoint, credentials, says, reason):
    with pytest.raises(UnavailableError, match=says) as raised:
        open_client(endpoint=endpoint, credentials=credentials)
    assert "s3cret" not in str(raised.value)
