"""What processes see of the kill switch, and how soon."""

from datetime import UTC, datetime

import pytest

from catalog.kill_switch import Turn
from cluster.kill_switch import EVERY, KillSwitchWatch
from cluster.settings import Settings
from cluster.state import State
from scoring.errors import CatalogError, UnreachableError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def turned(**more):
    return Turn(**({"on": True, "tenant": None, "resource": None, "why": "", "at": NOW, "by": "ada"} | more))


class Store:
    """The record, and how often it was read."""

    def __init__(self, *standing):
        self.standing = standing
        self.read = 0
        self.now = 100.0

    def __call__(self):
        self.read += 1
        if isinstance(self.standing, Exception):
            raise self.standing
        return self.standing

    def watch(self):
        return KillSwitchWatch(self, clock=lambda: self.now)


STOPPED = [
    (turned(), "marks", True, "everything"),
    (turned(tenant="acme"), "marks", True, "the tenant"),
    (turned(tenant="rival"), "marks", False, "another tenant"),
    (turned(resource="marks"), "marks", True, "the feature"),
    (turned(resource="text"), "marks", False, "another feature"),
    (turned(resource="image_similarity"), "marks", True, "every model's look at pictures"),
    (turned(resource="image_similarity"), "vision_logo", False, "but no paid service"),
    (turned(resource="paid"), "vision_logo", True, "every paid service"),
    (turned(resource="paid"), "marks", False, "but no model of ours"),
]


@pytest.mark.parametrize(
    ("turn", "feature", "stops", "reason"), STOPPED, ids=[f"{row[3]}, {row[1]}" for row in STOPPED]
)
def test_what_is_stopped(turn, feature, stops, reason):
    assert (Store(turn).watch().stops_measuring("acme", feature) is not None) is stops


def test_whoever_is_stopped_is_told_by_whom_and_why():
    told = Store(turned(tenant="acme", why="a runaway bill")).watch().stopped("acme", "marks")
    assert told.reason == (
        "the kill switch stops every call of tenant 'acme' since 2026-11-24 09:30:00 UTC, by ada: "
        "a runaway bill"
    )


def test_a_turn_is_seen_within_half_a_second_and_the_store_is_left_in_peace():
    store = Store()
    watch = store.watch()
    for _ in range(1000):
        assert watch.stopped("acme", "marks") is None
    assert store.read == 1
    store.standing = (turned(),)
    store.now += EVERY
    assert EVERY <= 0.5
    assert watch.stopped("acme", "marks") is not None


def test_while_the_switch_cannot_be_read_nothing_is_called():
    store = Store()
    watch = store.watch()
    assert watch.stopped("acme", "marks") is None
    store.standing = UnreachableError("The record store did not answer.")
    store.now += EVERY
    assert "cannot be read" in watch.stopped("acme", "marks").reason
    store.standing = ()
    store.now += EVERY
    assert watch.stopped("acme", "marks") is None


def test_scorers_read_the_records_and_cannot_change_them(tmp_path):
    settings = Settings(home=tmp_path / "a home 100% ?", encoder=None)
    with State(settings).catalog as catalog:
        catalog.tenants.ensure("acme")
        watch = KillSwitchWatch.of(settings)
        assert watch.stopped("acme", "marks") is None
        reader = State(settings, reads_only=True).catalog
        assert reader.tenants.names() == ("acme",)
        for change in (
            lambda: reader.tenants.ensure("rival"),
            lambda: reader.kill_switch.turn(on=False, by="eve"),
            lambda: reader.usage.set_cap("acme", "image_similarity", 10**9, by="eve"),
        ):
            with pytest.raises(CatalogError, match="readonly"):
                change()
        catalog.tenants.ensure("later")
        assert reader.tenants.names() == ("acme", "later")
        reader.close()
