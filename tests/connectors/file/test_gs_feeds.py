"""Feeds in a Google bucket: the same rows as on disk, by the same contract, over Google's own protocol."""

import gzip
import json

import httpx
import pytest
from gcp_storage_emulator.server import create_server
from pydantic import SecretStr

from connectors import Access
from tests.connectors.file import test_feeds

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning:aiohttp")


@pytest.fixture(scope="module")
def bucket():
    """A bucket that speaks the JSON API, filled as anybody's program would fill it."""
    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="feeds")
    server.start()
    host, port = server._api._httpd.server_address
    address = f"http://{host}:{port}"
    lines = "".join(json.dumps(test_feeds.in_bucket(n)) + "\n" for n in range(test_feeds.ROWS)).encode()
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


class TestGoogleBucket(test_feeds.TestBucket):
    scheme = "gs"
    access = staticmethod(access)


class TestPackedInGoogleBucket(TestGoogleBucket):
    key = "a/listings.jsonl.gz"
