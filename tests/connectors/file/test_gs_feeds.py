"""Feeds in a Google bucket: the same rows as on disk, by the same contract, over Google's own protocol."""

import gzip
import json
from functools import partial

import httpx
import pytest
from gcp_storage_emulator.server import create_server
from pydantic import SecretStr

from connectors import Access, open_source
from connectors.file import FileConnector
from connectors.file.feed import feed_of
from scoring.errors import UnreachableError
from tests.connectors.file.test_feeds import ROWS, in_bucket
from tests.contracts.connector import ConnectorContract

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning:aiohttp")


@pytest.fixture(scope="module")
def bucket():
    """A bucket that speaks the JSON API, filled as anybody's program would fill it."""
    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="feeds")
    server.start()
    host, port = server._api._httpd.server_address
    address = f"http://{host}:{port}"
    lines = "".join(json.dumps(in_bucket(n)) + "\n" for n in range(ROWS)).encode()
    for name, body in {"a/listings.jsonl": lines, "a/listings.jsonl.gz": gzip.compress(lines)}.items():
        httpx.post(
            f"{address}/upload/storage/v1/b/feeds/o",
            params={"uploadType": "media", "name": name},
            content=body,
            headers={"Content-Type": "application/octet-stream"},
        ).raise_for_status()
    yield address
    server.stop()


def access(address) -> Access:
    return Access(credentials={"gs": {"token": SecretStr("anon")}}, addresses={"gs": address})


class TestGoogleBucket(ConnectorContract):
    numbers = tuple(range(1, ROWS + 1))
    key = "a/listings.jsonl"

    @pytest.fixture(autouse=True)
    def _bucket(self, bucket):
        self.address = bucket

    def open(self):
        return FileConnector(feed_of(f"gs://feeds/{self.key}", access(self.address)), page_size=3)

    def failures(self):
        read = partial(lambda written: list(open_source(written, access(self.address)).pages()))
        return (
            lambda: read("file:gs://feeds/a/nothing.jsonl"),
            lambda: read("file:gs://nobody/a/listings.jsonl"),
            lambda: read("file:gs://feeds/a/listings"),
        )


class TestPackedInGoogleBucket(TestGoogleBucket):
    key = "a/listings.jsonl.gz"


def test_a_bucket_that_does_not_answer_may_be_read_later():
    with pytest.raises(UnreachableError, match="cannot be read"):
        list(open_source("file:gs://feeds/a/listings.jsonl", access("http://127.0.0.1:9")).pages())
