"""The journal alone: whatever is added twice is there once, and a page comes whole or not at all."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from connectors.interface import Checkpoint, SourceRow
from pipelines.journal import Journal
from pipelines.journal_rows import picture_key
from scoring.errors import SettingsError
from scoring.listing import Listing

IMAGES = st.lists(st.sampled_from(["https://a.example/1", "https://a.example/2", "data:,x", "file:///é"]))
LOOKS = st.fixed_dictionaries(
    {
        "sha256": st.sampled_from(["a" * 64, "b" * 64]),
        "dhash": st.sampled_from([None, "00ff00ff00ff00ff"]),
        "phash": st.sampled_from([None, "ff00ff00ff00ff00"]),
        "features": st.just(b"{}"),
        "error": st.sampled_from([None, "it is gone"]),
        "failure": st.just("FetchError"),
        "known": st.sampled_from([None, False, True]),
        "hashes_only": st.sampled_from([None, False, True]),
    }
)
FEATURES = st.sampled_from(["appearance", "geometry"])


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    yield journal
    journal.close()


def row(number, *images):
    shown = Listing(
        platform="shop", listing_id=str(number), images=images, observed_at="2026-11-20T10:00:00Z"
    )
    return SourceRow(number=number, listing=shown)


def dump(journal):
    tables = ("listings", "pictures", "known", "wanted", "measured", "sources")
    return {table: journal._db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608


@given(
    pages=st.lists(IMAGES, min_size=1, max_size=4),
    looks=st.lists(LOOKS, min_size=4, max_size=4),
    wanted=st.sets(FEATURES),
    measured=st.lists(st.tuples(FEATURES, st.sampled_from([b"{}", b'{"geometry": []}']))),
)
@examples(max_examples=15, deadline=None)
def test_each_step_twice_is_once(pages, looks, wanted, measured):
    with tempfile.TemporaryDirectory() as folder:
        once, twice = (Journal(Path(folder) / name) for name in ("once", "twice"))
        for journal, times in ((once, 1), (twice, 2)):
            for number, images in enumerate(pages, start=1):
                journal.add_page("file:x", [row(number, *images)], Checkpoint(number))
            keys = [key for key, _ in journal.unseen()]
            for _ in range(times):
                journal.add_looks([look | {"key": key} for key, look in zip(keys, looks, strict=False)])
                journal.add_groups([(key, key) for key in keys])
                journal.want([(key, name) for key in keys for name in wanted])
                journal.add_measurements([(key, *value) for key in keys for value in measured], {})
                journal.add_verdicts([("{}", number) for number in range(1, len(pages) + 1)])
                journal.add_error(1, "it is gone")
        assert dump(once) == dump(twice)
        once.close()
        twice.close()


@given(IMAGES, IMAGES)
@examples(max_examples=15, deadline=None)
def test_every_distinct_source_is_one_picture_and_every_listing_keeps_its_order(one, other):
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal")
        journal.add_page("file:x", [row(1, *one), row(2, *other)], Checkpoint(2))
        assert sorted(source for _, source in journal.unseen()) == sorted({*one, *other})
        kept = [listing.pictures for listing in journal.listings()]
        assert kept == [tuple(map(picture_key, one)), tuple(map(picture_key, other))]
        journal.close()


def test_a_page_that_cannot_be_kept_leaves_neither_rows_nor_a_checkpoint(journal):
    class Unkeepable(Checkpoint):
        def to_json(self):
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        journal.add_page("file:x", [row(1)], Unkeepable(1))
    assert journal.total("listings") == 0
    assert journal.checkpoint("file:x") is None
    journal.add_page("file:x", [row(1)], Checkpoint(1, "here"))
    assert journal.checkpoint("file:x") == Checkpoint(1, "here")


def test_counts_stand_or_fall_with_what_they_count(journal):
    journal.add_measurements([("a", "geometry", b"{}")], {"model:geometry": 1})
    with pytest.raises(Exception, match="NOT NULL"):
        journal.add_measurements([("b", "geometry", None)], {"model:geometry": 1})
    assert journal.figures()[1] == {"model:geometry": 1}


def test_what_is_wanted_and_not_measured_waits(journal):
    journal.add_page("file:x", [row(1, "https://a.example/1")], Checkpoint(1))
    (key,) = [key for key, _ in journal.unseen()]
    journal.want([(key, "geometry"), (key, "appearance")])
    journal.add_measurements([(key, "geometry", b"{}")], {})
    assert [wanted for *_, wanted in journal.unmeasured()] == [("appearance",)]
    assert journal.waiting() == 1
    journal.add_measurements([(key, "appearance", b"{}")], {})
    assert journal.waiting() == 0


def test_seconds_add_up_over_runs(journal):
    journal.spend("read", 1.5)
    journal.spend("read", 2.0)
    assert journal.figures()[0] == {"read": 3.5}


def test_a_journal_goes_on_as_the_same_scan_only(journal):
    journal.bind({"scan_id": "1", "tenant": "acme"})
    journal.bind({"scan_id": "1", "tenant": "acme"})
    with pytest.raises(SettingsError, match="begun with another tenant"):
        journal.bind({"scan_id": "1", "tenant": "other"})


def test_two_drivers_do_not_work_on_one_scan(tmp_path):
    first = Journal(tmp_path / "work" / "journal.sqlite")
    with pytest.raises(SettingsError, match="another process is working on the scan"):
        Journal(tmp_path / "work" / "journal.sqlite")
    first.close()
    Journal(tmp_path / "work" / "journal.sqlite").close()


def test_a_listing_with_thousands_of_pictures_costs_what_64_cost(tmp_path):
    journal = Journal(tmp_path / "work" / "journal.sqlite")
    images = tuple(f"https://img.example/{number}.jpg" for number in range(3000))
    row = SourceRow(number=1, listing=Listing(platform="ebay", listing_id="1", images=images))
    journal.add_page("file:x", [row], Checkpoint(1, ""))
    (kept,) = journal.listings()
    assert (len(kept.pictures), journal.total("pictures")) == (64, 64)
    assert kept.errors == ("pictures 65 to 3000: not looked at, only the first 64 are.",)
    journal.close()
