"""Feeds that are packed, and feeds that lie in a bucket: the same rows as on disk, by the same contract."""

import gzip
import json
from functools import partial

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from connectors import Access, open_source
from connectors.file import FileConnector
from connectors.file.feed import feed_of
from scoring.errors import SourceError, UnreachableError
from tests.connectors.file.test_connector import listing, write_csv, write_jsonl
from tests.contracts.connector import ConnectorContract

ROWS = 7


def pack(path):
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


class TestPackedJsonl(ConnectorContract):
    numbers = tuple(range(1, ROWS + 1))
    write = staticmethod(write_jsonl)
    name = "listings.jsonl"

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.write(tmp_path / self.name, ROWS)
        self.path = pack(tmp_path / self.name)

    def open(self):
        return FileConnector(self.path, page_size=3)

    def failures(self):
        cut = self.path.with_name("cut.jsonl.gz")
        cut.write_bytes(self.path.read_bytes()[:-20])
        plain = self.path.with_name("plain.jsonl.gz")
        plain.write_bytes(b'{"platform": "ebay"}\n')
        twice = self.path.with_name("listings.parquet.gz")
        twice.write_bytes(b"PAR1")
        return (
            lambda: list(FileConnector(cut).pages()),
            lambda: list(FileConnector(plain).pages()),
            lambda: FileConnector(twice),
        )


class TestPackedCsv(TestPackedJsonl):
    numbers = tuple(range(2, ROWS + 2))
    write = staticmethod(write_csv)
    name = "listings.csv"


def in_bucket(number):
    """A listing as a bucket's file has it: pictures by their URLs, but for one."""
    image = "images/3.jpg" if number == 3 else f"https://shop.test/{number}.jpg"
    return listing(number) | {"images": [image]}


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    store = boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id="key",
        aws_secret_access_key="hush",  # noqa: S106 - moto takes any
        region_name="us-east-1",
    )
    store.create_bucket(Bucket="feeds")
    lines = "".join(json.dumps(in_bucket(n)) + "\n" for n in range(ROWS)).encode()
    store.put_object(Bucket="feeds", Key="a/listings.jsonl", Body=lines)
    store.put_object(Bucket="feeds", Key="a/listings.jsonl.gz", Body=gzip.compress(lines))
    table = tmp_path_factory.mktemp("feed") / "listings.parquet"
    pq.write_table(pa.Table.from_pylist([in_bucket(n) for n in range(ROWS)]), table)
    store.put_object(Bucket="feeds", Key="a/listings.parquet", Body=table.read_bytes())
    yield address
    store.close()
    server.stop()


def access(address, **secrets) -> Access:
    named = {"key": "key", "secret": "hush"} | secrets
    return Access(
        credentials={"s3": {name: SecretStr(value) for name, value in named.items()}},
        addresses={"s3": address},
    )


class TestBucket(ConnectorContract):
    numbers = tuple(range(1, ROWS + 1))
    scheme = "s3"
    key = "a/listings.jsonl"
    access = staticmethod(access)

    @pytest.fixture(autouse=True)
    def _bucket(self, bucket):
        self.address = bucket

    def open(self):
        feed = feed_of(f"{self.scheme}://feeds/{self.key}", self.access(self.address))
        return FileConnector(feed, page_size=3)

    def failures(self):
        read = partial(lambda written: list(open_source(written, self.access(self.address)).pages()))
        return (
            lambda: read(f"file:{self.scheme}://feeds/a/nothing.jsonl"),
            lambda: read(f"file:{self.scheme}://nobody/a/listings.jsonl"),
            lambda: read(f"file:{self.scheme}://feeds/a/listings"),
            lambda: read("file:ftp://feeds/a/listings.jsonl"),
        )


class TestPackedInBucket(TestBucket):
    key = "a/listings.jsonl.gz"


class TestParquetInBucket(TestBucket):
    key = "a/listings.parquet"


def test_pictures_by_paths_are_left_out_where_the_file_lies_in_a_bucket(bucket):
    connector = open_source("file:s3://feeds/a/listings.jsonl", access(bucket))
    assert connector.picture_root is None
    (rows, _), *_ = connector.pages()
    assert rows[0].listing.images == ("https://shop.test/0.jpg",)
    assert rows[3].listing.images == ()
    assert "names its pictures by URLs" in rows[3].errors[0]


def test_a_bucket_that_does_not_answer_may_be_read_later():
    nowhere = access("http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="cannot be read"):
        list(open_source("file:s3://feeds/a/listings.jsonl", nowhere).pages())


def test_secrets_are_not_shown(bucket):
    feed = feed_of("s3://feeds/a/nothing.jsonl", access(bucket))
    assert "hush" not in repr(feed)
    with pytest.raises(SourceError) as raised:
        list(FileConnector(feed).pages())
    assert "hush" not in str(raised.value)


def test_a_scheme_whose_driver_is_missing_says_how_to_install_it():
    with pytest.raises(SourceError, match=r"gcsfs, which is not installed.*counterfoil\[gs\]"):
        feed_of("gs://feeds/listings.jsonl", Access(), installed=lambda _: None)
