from datetime import UTC, datetime, timedelta

import pytest

from catalog.blobs import BlobStore
from catalog.records import open_catalog


class Clock:
    """Starts at a known moment and moves a second with every look."""

    def __init__(self):
        self.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """Where a catalogue can be kept, by its URL: every test of records runs on both kinds of store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/catalog.db"
    return request.getfixturevalue("postgres").url()


@pytest.fixture
def catalog(store, clock):
    with open_catalog(store, clock=clock) as catalog:
        yield catalog


@pytest.fixture
def blobs(tmp_path):
    return BlobStore(tmp_path / "state" / "blobs", tenant="acme")
