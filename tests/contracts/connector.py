"""What every connector promises: inherit `ConnectorContract`, say how to open it, and be tested."""

import pickle
from collections.abc import Callable
from itertools import pairwise

from connectors.interface import Checkpoint, Connector, Detail, SourceRow
from scoring.errors import CounterfoilError, SourceError
from scoring.listing import Listing, Stock

_SAYS_NOTHING = (None, "", (), Stock())
_LOOKED_UP = 25
"""Listings that are looked up: more than any platform answers in one call."""


class ConnectorContract:
    """Give `open`, `numbers` and `failures`; the source must fill three pages or more."""

    numbers: tuple[int, ...]
    """The numbers of the source's rows, in order: known from the source, not from the connector."""
    nowhere: str = ""
    """An id as the platform's are, which it does not have; needed where listings can be looked up."""

    def open(self) -> Connector:
        """A new connector, each time on the same source."""
        raise NotImplementedError

    def failures(self) -> tuple[Callable[[], object], ...]:
        """Calls that must fail, such as reading a source that is not there."""
        raise NotImplementedError

    def _rows(self, checkpoint: Checkpoint | None = None) -> list[SourceRow]:
        return [row for rows, _ in self.open().pages(checkpoint) for row in rows]

    def test_every_row_is_handed_over_once_and_in_order(self) -> None:
        assert [row.number for row in self._rows()] == list(self.numbers)

    def test_no_page_is_larger_than_it_says(self) -> None:
        connector = self.open()
        sizes = [len(rows) for rows, _ in connector.pages()]
        assert len(sizes) >= 3, "too few pages to show anything about resuming"
        assert max(sizes) <= connector.capabilities.page_size

    def test_checkpoints_survive_json(self) -> None:
        for _, checkpoint in self.open().pages():
            try:
                again = Checkpoint.from_json(checkpoint.to_json())
            except (TypeError, ValueError, CounterfoilError) as error:
                raise AssertionError(f"{checkpoint} does not survive JSON") from error
            assert again == checkpoint

    def test_checkpoints_rise_and_count_the_rows(self) -> None:
        given = 0
        checkpoints = []
        for rows, checkpoint in self.open().pages():
            given += len(rows)
            assert checkpoint.rows == given
            checkpoints.append(checkpoint)
        assert all(before < after for before, after in pairwise(checkpoints))

    def test_resuming_after_any_page_gives_exactly_the_rest(self) -> None:
        every = self._rows()
        for _, checkpoint in self.open().pages():
            assert self._rows(checkpoint) == every[checkpoint.rows :]

    def test_the_last_checkpoint_leaves_nothing(self) -> None:
        *_, (_, last) = self.open().pages()
        assert self._rows(last) == []

    def test_running_twice_gives_the_same(self) -> None:
        assert list(self.open().pages()) == list(self.open().pages())

    def test_one_connector_can_be_read_twice(self) -> None:
        connector = self.open()
        assert list(connector.pages()) == list(connector.pages())

    def test_a_row_and_its_listing_agree_on_who_it_is(self) -> None:
        for row in self._rows():
            if row.listing is not None:
                assert (row.platform, row.raw_id) == row.listing.key

    def test_rows_pickle(self) -> None:
        rows = self._rows()
        assert pickle.loads(pickle.dumps(rows)) == rows  # its own bytes

    def test_failures_are_errors_of_ours_that_say_what_to_do_and_pickle(self) -> None:
        assert self.failures(), "no way to fail was given"
        for fail in self.failures():
            error = _raised(fail)
            assert isinstance(error, CounterfoilError), f"{type(error).__name__} is not ours"
            assert error.hint, f"{error} does not say what to do"
            try:
                again = pickle.loads(pickle.dumps(error))  # its own bytes
            except Exception as fault:
                raise AssertionError(f"{error!r} does not survive pickle") from fault
            assert (type(again), str(again)) == (type(error), str(error))

    def test_it_fills_the_fields_it_claims_and_no_others(self) -> None:
        filled = {name for row in self._rows() if row.listing is not None for name in _filled(row.listing)}
        assert filled == self.open().capabilities.fields

    def test_details_come_one_for_each_listing_and_in_order(self) -> None:
        known = self._known()
        assert [one.listing.key for one in self._details(known)] == [one.key for one in known]

    def test_details_add_what_they_claim_and_lose_nothing(self) -> None:
        known = self._known()
        details = self._details(known)
        assert not any(one.gone for one in details)
        added: set[str] = set()
        for before, after in zip(known, (one.listing for one in details), strict=True):
            assert _filled(before) <= _filled(after), f"{before.key} has lost what was known of it"
            added |= {name for name in _filled(after) if getattr(after, name) != getattr(before, name)}
        assert added - {"observed_at"} == (self.open().capabilities.details or set())

    def test_what_is_gone_is_told_of_and_ends_no_others(self) -> None:
        if self.open().capabilities.details is not None:
            first, *rest = self._known()
            gone = self.gone(first)
            details = self._details([gone, *rest])
            assert details[0] == Detail(listing=gone, gone=True)
            assert len(details) == 1 + len(rest)
            assert not any(one.gone or one.errors for one in details[1:])

    def test_a_connector_without_a_look_up_says_so(self) -> None:
        if self.open().capabilities.details is None:
            error = _raised(lambda: list(self.open().details(self._known())))
            assert isinstance(error, SourceError)

    def gone(self, listing: Listing) -> Listing:
        """A listing that the platform does not have."""
        return listing.model_copy(update={"listing_id": self.nowhere})

    def _known(self) -> list[Listing]:
        """Some listings, of which a look-up may be made."""
        (rows, _), *_ = self.open().pages()
        return [row.listing for row in rows if row.listing is not None][:_LOOKED_UP]

    def _details(self, known: list[Listing]) -> list[Detail]:
        connector = self.open()
        if connector.capabilities.details is None:
            return [Detail(listing=one) for one in known]
        return list(connector.details(known))


def _filled(listing: Listing) -> set[str]:
    return {name for name in Listing.model_fields if getattr(listing, name) not in _SAYS_NOTHING}


def _raised(fail: Callable[[], object]) -> BaseException:
    try:
        fail()
    except Exception as error:  # noqa: BLE001  # which kind it is, is the question
        return error
    raise AssertionError("a call that must fail went through")
