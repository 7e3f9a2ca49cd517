"""Bytes that are all there, or not at all."""

import os
import pickle
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from catalog.blobs import BlobStore, DerivedStore, Files
from scoring.errors import CatalogError, UnreachableError
from tests.catalog.object_store import BUCKET

DATA = b"genuine"
DIGEST = sha256(DATA).hexdigest()
ABSENT = "0" * 64


@pytest.fixture(params=["folder", "url", "memory", "s3"])
def root(request, tmp_path):
    if request.param == "s3":
        return Files(f"s3://{BUCKET}/{uuid4().hex}", options=request.getfixturevalue("s3").options)
    if request.param == "memory":
        return f"memory://{uuid4().hex}"
    return tmp_path / "blobs" if request.param == "folder" else f"file://{tmp_path}/blobs"


@pytest.fixture
def store(root):
    return BlobStore(root, tenant="acme")


def test_what_is_put_can_be_had(store):
    assert not store.exists(DIGEST)
    assert store.put(DATA) == DIGEST
    assert store.exists(DIGEST)
    assert store.get(DIGEST) == DATA


def test_putting_twice_is_putting_once(store):
    assert store.put(DATA) == store.put(DATA)
    assert store.get(DIGEST) == DATA


def test_nothing_is_also_something(store):
    assert store.get(store.put(b"")) == b""


def test_the_layout_is_a_promise(tmp_path):
    BlobStore(tmp_path, tenant="acme").put(DATA)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()] == [
        f"acme/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"
    ]


def test_tenants_are_apart(root, store):
    store.put(DATA)
    rival = BlobStore(root, tenant="rival")
    assert not rival.exists(DIGEST)
    with pytest.raises(CatalogError, match=r"no blob .* of tenant 'rival'.* import its brand kit"):
        rival.get(DIGEST)


@pytest.mark.parametrize(
    "digest", ["", "abc", "../../../etc/passwd", "A" * 64, "g" * 64, "0" * 65, "0" * 64 + "\n"]
)
def test_a_key_that_is_no_sha256_is_refused(store, digest):
    for ask in (store.get, store.exists):
        with pytest.raises(CatalogError, match="not a sha256"):
            ask(digest)


@pytest.mark.parametrize("tenant", ["", "..", "a/b", "Acme", "-a", "a" * 64, "a\n"])
@pytest.mark.parametrize("kind", [BlobStore, DerivedStore])
def test_a_tenant_that_is_no_folder_is_refused(root, kind, tenant):
    with pytest.raises(CatalogError, match="cannot name a tenant"):
        kind(root, tenant=tenant)


def test_damaged_bytes_are_never_handed_out(tmp_path):
    store = BlobStore(tmp_path, tenant="acme")
    store.put(DATA)
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    path.write_bytes(b"genuinf")
    with pytest.raises(CatalogError, match=r"is damaged .*import the brand kit again"):
        store.get(DIGEST)


def test_a_killed_write_leaves_nothing_that_counts(tmp_path):
    """The process dies when all bytes are written, and the name is not yet given."""
    script = (
        "import os, sys; from pathlib import Path; from catalog.blobs import BlobStore\n"
        "os.fsync = lambda _: os._exit(9)\n"
        "BlobStore(Path(sys.argv[1]), tenant='acme').put(b'genuine')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    died = subprocess.run(command, check=False, capture_output=True)
    assert died.returncode == 9, died.stderr.decode()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.suffix for path in left] == [".part"]
    store = BlobStore(tmp_path, tenant="acme")
    assert not store.exists(DIGEST)
    store.put(DATA)
    assert store.get(DIGEST) == DATA


def test_a_failed_write_cleans_up(tmp_path):
    store = Files(tmp_path)
    store.write("a/b", DATA)
    (tmp_path / "a" / "taken").mkdir()
    with pytest.raises(CatalogError, match="cannot be written"):
        store.write("a/taken", DATA)  # a folder stands there, so the rename fails
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["b", "taken"]


def test_a_tenants_blobs_can_be_listed_and_erased(root, store):
    digests = sorted(store.put(bytes([number])) for number in range(5))
    DerivedStore(root, tenant="acme").put(digests[0], "rootsift-1", b"features")
    rival = BlobStore(root, tenant="acme-2")
    rival.put(DATA)
    assert list(store.digests()) == digests
    for _ in range(2):
        store.erase()
    assert list(store.digests()) == []
    assert DerivedStore(root, tenant="acme").get(digests[0], "rootsift-1") is None
    assert list(rival.digests()) == [DIGEST], "another's name may begin alike"


def test_one_blob_goes_and_its_neighbours_stay(root, store):
    derived = DerivedStore(root, tenant="acme")
    one, other = store.put(b"one"), store.put(b"other")
    derived.put(one, "seen-1", b"x")
    derived.put(one, "views-1", b"x")
    for _ in range(2):
        store.delete(one)
    [(digest, file)] = store.kept()
    assert (digest, file.size) == (other, 5)
    assert abs(datetime.now(UTC) - file.modified) < timedelta(minutes=1)
    assert derived.forget(one, extractors=lambda it: it == "seen-1") == 1
    assert [(extractor, digest) for extractor, digest, _ in derived.kept()] == [("views-1", one)]
    for _ in range(2):
        store.clear(file)
    assert not store.exists(other)
    assert list(store.kept()) == []


def test_what_is_put_again_counts_as_new(root, store):
    """On every store: `renew` is what keeps a sweep from what is about to be named."""
    files = root if isinstance(root, Files) else Files(root)
    assert not store.renew(DIGEST)
    store.put(DATA)
    path = f"acme/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"
    before = files.modified(path)
    time.sleep(1.1)  # S3 counts seconds
    files.renew(path)
    assert files.modified(path) > before
    assert store.get(DIGEST) == DATA
    files.renew("acme/nothing")
    assert files.modified("acme/nothing") is None
    assert files.folders() == ("acme",)


def test_s3_without_its_driver_says_what_to_install(tmp_path):
    (tmp_path / "s3fs.py").write_text("raise ImportError('No module named s3fs')")
    script = "import sys; sys.path.insert(0, sys.argv[1]); from catalog.blobs import Files; Files('s3://b/x')"
    told = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, capture_output=True)
    assert b"pip install 'counterfoil[s3]'" in told.stderr


def test_writers_of_the_same_bytes_do_not_meet(root):
    store = BlobStore(root, tenant="acme")
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: store.put(DATA), range(64))) == {DIGEST}
    assert store.get(DIGEST) == DATA


def test_a_store_can_be_sent(root, store):
    store.put(DATA)
    assert pickle.loads(pickle.dumps(store)).get(DIGEST) == DATA


@pytest.mark.parametrize(
    ("root", "expected", "reason"),
    [
        ("nonsense://x", "fsspec driver", "no such protocol"),
        ("abfs://bucket/blobs", "fsspec driver", "a driver that is not installed"),
    ],
)
def test_a_store_that_cannot_be_opened_says_so(root, expected, reason):
    with pytest.raises(CatalogError, match=expected):
        BlobStore(root, tenant="acme").put(DATA)


def test_a_file_in_the_way_says_so(tmp_path):
    (tmp_path / "blobs").write_bytes(b"")
    with pytest.raises(CatalogError, match=r"cannot be looked at: .*Check that it exists"):
        BlobStore(tmp_path / "blobs", tenant="acme").put(DATA)


@pytest.mark.parametrize(
    ("foreign", "ours", "reason"),
    [
        (ConnectionResetError("cut"), UnreachableError, "the network may come back"),
        (TimeoutError("slow"), UnreachableError, "slow now, perhaps not later"),
        (PermissionError(13, "Permission denied"), CatalogError, "a person must act"),
        (OSError(28, "No space left on device"), CatalogError, "a person must act"),
        (ValueError("bad"), CatalogError, "fsspec's own complaints"),
    ],
)
def test_foreign_errors_become_ours(tmp_path, foreign, ours, reason):
    files = Files(tmp_path)

    class Broken:
        def cat_file(self, path):
            raise foreign

    files._fs = Broken()
    with pytest.raises(ours) as caught:
        files.read("x")
    assert type(caught.value) is ours, reason


class TestDerived:
    @pytest.fixture
    def derived(self, root):
        return DerivedStore(root, tenant="acme")

    def test_what_is_put_can_be_had(self, derived):
        assert derived.get(DIGEST, "rootsift-1") is None
        derived.put(DIGEST, "rootsift-1", b"features")
        assert derived.get(DIGEST, "rootsift-1") == b"features"

    def test_a_version_is_apart_from_the_next(self, derived):
        derived.put(DIGEST, "rootsift-1", b"old")
        assert derived.get(DIGEST, "rootsift-2") is None

    def test_a_later_write_replaces(self, derived):
        derived.put(DIGEST, "rootsift-1", b"one")
        derived.put(DIGEST, "rootsift-1", b"two")
        assert derived.get(DIGEST, "rootsift-1") == b"two"

    def test_it_is_beside_the_blobs_and_never_one_of_them(self, root, derived):
        derived.put(DIGEST, "rootsift-1", b"features")
        assert not BlobStore(root, tenant="acme").exists(DIGEST)

    @pytest.mark.parametrize("extractor", ["", "..", "a/b", "Root", ".hidden", "a" * 101])
    def test_a_name_that_is_no_folder_is_refused(self, derived, extractor):
        with pytest.raises(CatalogError, match="cannot name an extractor"):
            derived.put(DIGEST, extractor, b"")

    @pytest.mark.parametrize("left", [0, 31, 32, 39])
    def test_what_is_damaged_is_absent_and_logged(self, tmp_path, caplog, left):
        derived = DerivedStore(tmp_path, tenant="acme")
        derived.put(DIGEST, "rootsift-1", b"features")
        [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
        os.truncate(path, left)
        assert derived.get(DIGEST, "rootsift-1") is None
        assert "is damaged" in caplog.text
