"""Blobs in an object store: what it answers on bad days, who may read it, and what nobody is told."""

from uuid import uuid4

import pytest

from catalog.blobs import BlobStore, DerivedStore, Files
from cluster.settings import S3, Settings
from scoring.errors import CatalogError, UnreachableError
from tests.catalog.object_store import BUCKET, KEYS
from tests.catalog.test_blobs import DATA, DIGEST


@pytest.fixture
def files(s3):
    return Files(f"s3://{BUCKET}/{uuid4().hex}", options=s3.options)


def test_a_blob_is_one_request_so_nobody_reads_half_of_it(s3, files):
    s3.requests.clear()
    BlobStore(files, tenant="acme").put(b"x" * 20_000_000)
    puts = [request for request in s3.requests if request[0] != "HEAD"]
    assert [method for method, _, _ in puts] == ["PUT"]
    assert "uploadId" not in puts[0][2], "no upload in parts"


@pytest.mark.parametrize(
    ("fault", "times", "reason"),
    [((503, "SlowDown"), 2, "asked to slow down"), ((500, "InternalError"), 1, "a fault of its own")],
)
def test_what_passes_is_tried_again(s3, files, fault, times, reason):
    s3.faults = [fault] * times
    files.write("a", DATA)
    assert not s3.faults, reason
    assert files.read("a") == DATA


@pytest.mark.parametrize(
    ("fault", "ours", "expected", "reason"),
    [
        ((503, "SlowDown"), UnreachableError, "did not answer", "it never stops: the caller waits"),
        ((403, "AccessDenied"), CatalogError, "cannot be read.*this user may read", "a person must act"),
        ((403, "InvalidAccessKeyId"), CatalogError, "cannot be read", "a person must act"),
    ],
)
def test_what_stays_is_ours(s3, files, fault, ours, expected, reason):
    files.write("a", DATA)
    s3.faults = [fault] * 100
    with pytest.raises(ours, match=expected) as caught:
        files.read("a")
    with pytest.raises(ours):
        files.exists("a")
    s3.faults.clear()
    assert type(caught.value) is ours, reason
    assert s3.options["secret"] not in str(caught.value)


@pytest.mark.parametrize("ask", [lambda files: files.read("a"), lambda files: files.write("a", DATA)])
def test_a_bucket_that_is_not_there_is_no_missing_blob(s3, ask):
    with pytest.raises(CatalogError, match="bucket does not exist"):
        ask(Files("s3://nowhere/blobs", options=s3.options))


def test_an_address_where_nobody_listens(s3):
    away = s3.options | {
        "endpoint_url": "http://127.0.0.1:9",
        "config_kwargs": {"retries": {"max_attempts": 0}},
    }
    with pytest.raises(UnreachableError, match="did not answer"):
        Files(f"s3://{BUCKET}/blobs", options=away).read("a")


def test_the_settings_lead_there_and_keep_the_secret(s3, tmp_path):
    from cluster.state import State

    settings = Settings(
        home=tmp_path,
        blob_url=f"s3://{BUCKET}/{uuid4().hex}",
        s3=S3(endpoint=s3.url, **KEYS | {"secret_key": "hush-hush"}),
        database_url="postgresql+psycopg://user:hush-hush@host/name",
    )
    assert State(settings).blobs("acme").put(DATA) == DIGEST
    State(settings).derived("acme").put(DIGEST, "rootsift-1", b"features")
    assert State(settings).derived("acme").get(DIGEST, "rootsift-1") == b"features"
    assert "hush-hush" not in repr(settings)
    assert Settings(home=tmp_path, s3=settings.s3).blob_options() == {}, "a folder needs no keys"


def test_another_process_s_writes_are_seen_at_once(s3, files):
    """A listing that the driver remembered would hide them."""
    ours, theirs = BlobStore(files, tenant="acme"), BlobStore(files, tenant="acme")
    assert list(ours.digests()) == []
    theirs.put(DATA)
    assert ours.exists(DIGEST)
    assert list(ours.digests()) == [DIGEST]
    DerivedStore(files, tenant="acme").put(DIGEST, "rootsift-1", b"x")
    assert list(ours.digests()) == [DIGEST]
