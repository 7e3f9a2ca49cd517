"""Which pictures stay when a scan ends, and which blob stands for which picture."""

from hashlib import sha256

import pytest

from catalog.blobs import BlobStore
from connectors.interface import Checkpoint, SourceRow
from pipelines.evidence import keep_pictures, kept_of
from pipelines.grouping import group_pictures
from pipelines.journal import Journal
from pipelines.journal_rows import picture_key
from pipelines.results import Judged
from scoring.errors import FetchError
from scoring.listing import Listing

BYTES = {name: f"the picture {name}".encode() for name in ("case", "plain", "twin", "gone")}
HASHES = {"case": 0x0F, "plain": 0xFF00, "twin": 0xFF01, "gone": 0xF0F0F0}
"""`twin` differs from `plain` by one bit."""
LISTINGS = (
    ("1", "priority_review", ("case", "twin")),
    ("2", "none", ("plain",)),
    ("3", "none", ("twin", "gone")),
)


class Pictures:
    """What was fetched: all but one are still there."""

    def again(self, source, digest):
        if source.endswith("gone"):
            raise FetchError("it is gone.", hint="Scan again.")
        return BYTES[source.rpartition("/")[2]]


def digest(name):
    return sha256(BYTES[name]).hexdigest()


def source(name):
    return f"https://shop.test/{name}"


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    rows = [
        SourceRow(
            number=int(number),
            listing=Listing(platform="shop", listing_id=number, images=tuple(map(source, names))),
        )
        for number, _, names in LISTINGS
    ]
    journal.add_page("file:x", rows, Checkpoint(3))
    journal.add_looks(
        [
            {
                "key": picture_key(source(name)),
                "sha256": digest(name),
                "dhash": f"{HASHES[name]:016x}",
                "phash": f"{HASHES[name]:016x}" if name != "twin" else f"{HASHES['plain']:016x}",
                "features": b"{}",
                "error": None,
                "failure": None,
                "known": False,
                "hashes_only": False,
            }
            for name in BYTES
        ]
    )
    group_pictures(journal, 2)
    routes = {number: route for number, route, _ in LISTINGS}
    verdicts = [
        (Judged({"route": routes[it.listing_id]}, ()).to_json(), it.number) for it in journal.listings()
    ]
    journal.add_verdicts(verdicts)
    yield journal
    journal.close()


KEPT = (
    ("routed", {"case", "twin"}, "of listings that a person will look at, all"),
    ("one_of_each", {"case", "twin"}, "twin was named before plain, so it stands for both; gone is gone"),
    ("all", {"case", "twin", "plain"}, "each"),
)


@pytest.mark.parametrize(("keep", "kept", "why"), KEPT, ids=[row[0] for row in KEPT])
def test_what_is_kept(journal, tmp_path, keep, kept, why):
    blobs = BlobStore(tmp_path / "blobs", tenant="acme")
    for _ in range(2):  # a scan that died while it wrote does so again
        keep_pictures(journal, Pictures(), blobs, keep)
    assert {name for name in BYTES if blobs.exists(digest(name))} == kept, why
    assert journal.kept() == (len(kept), sum(len(BYTES[name]) for name in kept))
    stands = {name: kept_of(journal, journal.picture(picture_key(source(name)))) for name in BYTES}
    own = {name: digest(name) if name in kept else None for name in BYTES}
    assert stands == own | ({} if "plain" in kept else {"plain": digest("twin")}), (
        "the same may stand for two"
    )
    errors = [it.errors for it in journal.listings()]
    assert errors[:2] == [(), ()]
    assert len(errors[2]) == (keep != "routed"), "what is gone costs its listing an error, once"
