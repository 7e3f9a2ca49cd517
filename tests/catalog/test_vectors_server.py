"""The server's index: its contract in process, and on a real server where there is one."""

import os
from uuid import uuid4

import httpx
import pytest
from qdrant_client import QdrantClient
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from catalog.vectors.server import ServerIndex
from scoring.errors import CatalogError, RateLimitedError, UnreachableError
from tests.contracts.vector_index import NAME, VectorIndexContract

URL = os.environ.get("COUNTERFOIL_QDRANT_URL")

# The client's in-process mode says, once each, what only a server would make use of.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]


class TestServerIndexInProcess(VectorIndexContract):
    one_thread_only = (
        "the client's in-process mode keeps its arrays without a lock; its REST mode may be shared"
    )

    @pytest.fixture
    def index(self):
        client = QdrantClient(":memory:")
        with ServerIndex(client) as index:
            yield index
        client.close()


if URL is None:  # one line in the report rather than the whole contract's

    def test_server_index():
        pytest.skip("COUNTERFOIL_QDRANT_URL names no Qdrant server")

else:

    class TestServerIndex(VectorIndexContract):
        @pytest.fixture
        def index(self):
            client = QdrantClient(url=URL)
            before = {held.name for held in client.get_collections().collections}
            if NAME in before:
                pytest.fail(
                    f"the server at {URL} already has a collection {NAME}: point the tests at an empty one"
                )
            with ServerIndex(client) as index:
                yield index
            for held in client.get_collections().collections:
                if held.name not in before:
                    client.delete_collection(held.name)
            client.close()


def test_a_server_that_is_away_is_unreachable():
    client = QdrantClient(url="http://127.0.0.1:9", check_compatibility=False, timeout=1)
    with (
        ServerIndex(client) as index,
        pytest.raises(UnreachableError, match="Check that the Qdrant server runs"),
    ):
        index.count(NAME, tenant="acme")
    client.close()


def answered(status):
    return UnexpectedResponse(status, "reason", b"body", httpx.Headers())


@pytest.mark.parametrize(
    ("foreign", "ours", "reason"),
    [
        (answered(500), UnreachableError, "a fault of the server's may pass"),
        (answered(503), UnreachableError, "starting or overloaded"),
        (answered(401), CatalogError, "the key is wrong until a person changes it"),
        (answered(404), CatalogError, "no such collection"),
        (answered(400), CatalogError, "a request that will never do"),
        (ResponseHandlingException(httpx.ConnectError("refused")), UnreachableError, "nobody answers"),
        (ResponseHandlingException(httpx.ReadTimeout("slow")), UnreachableError, "too slow an answer"),
        (ResourceExhaustedResponse("wait", 7), RateLimitedError, "asked to wait"),
        (ConnectionResetError("reset"), UnreachableError, "cut off"),
        (ValueError("Collection x not found"), CatalogError, "the in-process mode's words"),
        (RuntimeError("anything else"), CatalogError, "nothing foreign gets through"),
    ],
)
def test_foreign_errors_become_ours(foreign, ours, reason):
    class Broken(QdrantClient):
        def count(self, *args, **kwargs):
            raise foreign

    client = Broken(":memory:")
    with ServerIndex(client) as index, pytest.raises(ours) as caught:
        index.count(NAME, tenant="acme")
    assert type(caught.value) is ours, reason
    if isinstance(caught.value, RateLimitedError):
        assert caught.value.retry_after == 7
    client.close()


def test_two_processes_may_make_the_same_collection():
    class Slow(QdrantClient):
        def create_collection(self, *args, **kwargs):
            super().create_collection(*args, **kwargs)
            raise answered(409)

    client = Slow(":memory:")
    with ServerIndex(client) as index:
        name = f"sightings--{uuid4().hex}"
        index.ensure(name, 4)
        assert index.count(name, tenant="acme") == 0
    client.close()
