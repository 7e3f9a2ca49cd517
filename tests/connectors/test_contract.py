"""The contract suite catches each way a connector can break its promises."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.interface import Capabilities, Checkpoint, Connector, Detail, SourceRow
from scoring.errors import SourceError
from scoring.listing import Listing, Stock
from tests.contracts.connector import ConnectorContract

WHEN = datetime(2026, 11, 20, tzinfo=UTC)
SIZE = 2


class UnpicklableError(SourceError):
    def __init__(self, message: str, *, hint: str, code: int) -> None:
        super().__init__(message, hint=hint)
        self.code = code

    def __reduce__(self):
        return (UnpicklableError, self.args)


class Hostile(Connector):
    """Seven rows in pages of two, and one flaw."""

    def __init__(self, flaw: str = "", runs: list[int] | None = None) -> None:
        self.flaw = flaw
        self.runs = runs if runs is not None else [0]
        self.read = 0

    @property
    def capabilities(self):
        fields = {"platform", "listing_id", "title", "observed_at"}
        if self.flaw == "claims too much":
            fields.add("price")
        if self.flaw == "claims too little":
            fields.remove("title")
        details = frozenset({"stock", "brand"} if self.flaw == "details claim too much" else {"stock"})
        return Capabilities(
            platform="hostile",
            fields=frozenset(fields),
            page_size=SIZE,
            details=None if self.flaw == "no look-up, and says nothing" else details,
        )

    def details(self, listings):
        found = [self._detail(one) for one in listings]
        if self.flaw == "details out of order":
            found.reverse()
        if self.flaw == "what is gone ends the others" and any(one.gone for one in found):
            del found[1:]
        return iter(found)

    def _detail(self, listing):
        if listing.listing_id == "0":
            return Detail(listing=listing, gone=True)
        stock = Stock(kind="exact", min=1, max=1)
        if self.flaw == "details lose what was known":
            listing = listing.model_copy(update={"title": ""})
        return Detail(listing=listing.model_copy(update={"stock": stock}))

    def _row(self, number: int) -> SourceRow:
        title = f"title {number}"
        if self.flaw == "answers differently each run":
            title += f" of run {self.runs[0]}"
        if number == 3:
            return SourceRow(number=3, listing=None, errors=("broken",))
        listing = Listing(platform="hostile", listing_id=str(number), title=title, observed_at=WHEN)
        raw_id = "other" if self.flaw == "mixes up ids" and number == 5 else str(number)
        return SourceRow(number=number, listing=listing, raw_id=raw_id, platform="hostile")

    def pages(self, checkpoint=None):
        self.runs[0] += 1
        if self.flaw == "can be read once":
            self.read += 1
            if self.read > 1:
                return
        rows = [self._row(number) for number in range(1, 8)]
        if self.flaw == "rows do not pickle":
            rows[0] = replace(rows[0], errors=(lambda: "no",))
        if self.flaw == "loses a bad row":
            rows = [row for row in rows if row.listing is not None]
        start = checkpoint.rows if checkpoint else 0
        if self.flaw == "repeats a page" and start:
            start -= SIZE
        if self.flaw == "skips a row on resuming" and start:
            start += 1
        if self.flaw == "starts over after the end" and start == len(rows):
            start = 0
        size = SIZE + 1 if self.flaw == "pages too large" else SIZE
        if start >= len(rows):
            yield (), Checkpoint(start, str(start))
        for at in range(start, len(rows), size):
            page = tuple(rows[at : at + size])
            yield page, self._checkpoint(at + len(page))

    def _checkpoint(self, given: int) -> Checkpoint:
        match self.flaw:
            case "checkpoint is not JSON":
                return Checkpoint(given, b"2")  # type: ignore[arg-type]
            case "checkpoint changes in JSON":
                return Checkpoint(given, (1, 2))  # type: ignore[arg-type]
            case "checkpoint counts wrongly":
                return Checkpoint(given + 1, str(given))
            case "checkpoint stands still":
                return Checkpoint(SIZE, "")
        return Checkpoint(given, str(given))

    def fail(self):
        match self.flaw:
            case "raises a foreign error":
                json.loads("{")
            case "error without a hint":
                raise SourceError("gone")
            case "error does not pickle":
                raise UnpicklableError("gone", hint="look elsewhere", code=3)
            case "does not fail":
                return
        raise SourceError("gone", hint="look elsewhere")


class HostileContract(ConnectorContract):
    numbers = tuple(range(1, 8))
    nowhere = "0"

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.runs = [0]

    def open(self):
        return Hostile(self.flaw, self.runs)

    def failures(self):
        return () if self.flaw == "no failures given" else (self.open().fail,)


TESTS = [name for name in dir(ConnectorContract) if name.startswith("test_")]

FLAWS = [
    ("loses a bad row", "test_every_row_is_handed_over_once_and_in_order"),
    ("pages too large", "test_no_page_is_larger_than_it_says"),
    ("checkpoint is not JSON", "test_checkpoints_survive_json"),
    ("checkpoint changes in JSON", "test_checkpoints_survive_json"),
    ("checkpoint counts wrongly", "test_checkpoints_rise_and_count_the_rows"),
    ("checkpoint stands still", "test_checkpoints_rise_and_count_the_rows"),
    ("repeats a page", "test_resuming_after_any_page_gives_exactly_the_rest"),
    ("skips a row on resuming", "test_resuming_after_any_page_gives_exactly_the_rest"),
    ("starts over after the end", "test_the_last_checkpoint_leaves_nothing"),
    ("answers differently each run", "test_running_twice_gives_the_same"),
    ("can be read once", "test_one_connector_can_be_read_twice"),
    ("mixes up ids", "test_a_row_and_its_listing_agree_on_who_it_is"),
    ("raises a foreign error", "test_failures_are_errors_of_ours_that_say_what_to_do_and_pickle"),
    ("error without a hint", "test_failures_are_errors_of_ours_that_say_what_to_do_and_pickle"),
    ("error does not pickle", "test_failures_are_errors_of_ours_that_say_what_to_do_and_pickle"),
    ("does not fail", "test_failures_are_errors_of_ours_that_say_what_to_do_and_pickle"),
    ("no failures given", "test_failures_are_errors_of_ours_that_say_what_to_do_and_pickle"),
    ("claims too much", "test_it_fills_the_fields_it_claims_and_no_others"),
    ("claims too little", "test_it_fills_the_fields_it_claims_and_no_others"),
    ("details out of order", "test_details_come_one_for_each_listing_and_in_order"),
    ("details lose what was known", "test_details_add_what_they_claim_and_lose_nothing"),
    ("details claim too much", "test_details_add_what_they_claim_and_lose_nothing"),
    ("what is gone ends the others", "test_what_is_gone_is_told_of_and_ends_no_others"),
    ("no look-up, and says nothing", "test_a_connector_without_a_look_up_says_so"),
]


@pytest.mark.parametrize("name", TESTS)
def test_a_connector_without_flaw_passes(name):
    getattr(HostileContract(), name)()


@pytest.mark.parametrize(("flaw", "name"), FLAWS, ids=[flaw for flaw, _ in FLAWS])
def test_the_suite_catches(flaw, name):
    with pytest.raises(AssertionError):
        getattr(HostileContract(flaw), name)()


def test_the_suite_catches_rows_that_do_not_pickle():
    with pytest.raises(Exception, match="pickle"):
        HostileContract("rows do not pickle").test_rows_pickle()


def test_every_promise_has_a_connector_that_breaks_it():
    assert {name for _, name in FLAWS} | {"test_rows_pickle"} == set(TESTS)
