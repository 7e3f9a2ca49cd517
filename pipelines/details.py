"""Look-ups of single listings: only of those that the cheap steps leave suspicious, under the tenant's cap.

Stock, and often the description, stand on an item's own page only, and each page is a call of the day's
quota. The most suspicious are asked for first, so that a cap that does not reach for all is spent where it
matters.
"""

from collections.abc import Iterator, Sequence

from connectors import Access, Connector, Detail, open_source
from pipelines.journal import Journal
from pipelines.progress import Stage
from pipelines.watched import Watch
from scoring.errors import CounterfoilError, RateLimitedError, SetupError
from scoring.listing import Listing

_PATIENCE = 3
"""Look-ups in a row that may fail before the rest of a source is left as it is: it is down, not one item."""

GONE = "it was gone when it was looked up"
"""Among a listing's errors."""


def offers_details(source: str, access: Access) -> bool:
    """Whether single listings of a source can be looked up for more than its pages tell."""
    return bool(open_source(source, access).capabilities.details)


def look_up_details(journal: Journal, access: Access, stage: Stage) -> None:
    """Look up every listing that is wanted. One that cannot be keeps the reason; its verdict repeats it."""
    for source in journal.planned():
        if wanted := journal.wanted_details(source):
            watch = Watch(access)
            try:
                look_ups = LookUps(open_source(source, watch.watched))
                _keep_all(journal, look_ups, wanted, stage)
            finally:
                journal.add_effort(source, watch.spent())
            journal.leave_details([number for number, _ in journal.wanted_details(source)], look_ups.why)


def _keep_all(
    journal: Journal, look_ups: "LookUps", wanted: Sequence[tuple[int, Listing]], stage: Stage
) -> None:
    told = look_ups.of([listing for _, listing in wanted])
    for detail, (number, _) in zip(told, wanted, strict=False):  # what ends them early, `why` says
        if isinstance(detail, str):
            journal.leave_details([number], detail)
        else:
            errors = (*detail.errors, GONE) if detail.gone else detail.errors
            journal.add_detail(number, detail.listing, errors=errors, others=detail.others)
        stage.advance(1)


class LookUps:
    """The look-ups of one source. One that fails is passed over; a platform that is down ends them all."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self.why = ""
        """Why the last ones had no answer; empty where all had one."""

    def of(self, listings: Sequence[Listing]) -> Iterator[Detail | str]:
        """What is said of each, or why nothing is, in their order, until the platform or the cap ends it."""
        at = failed = 0
        while at < len(listings):
            before = at
            try:
                for detail in self._connector.details(listings[at:]):
                    yield detail
                    at, failed = at + 1, 0
            except (CounterfoilError, ValueError) as error:
                failed = failed + 1 if at == before else 1
                if isinstance(error, RateLimitedError | SetupError) or failed == _PATIENCE:
                    self.why = str(error)
                    return
                yield str(error)
                at += 1
                continue
            if at < len(listings):
                platform = self._connector.capabilities.platform
                self.why = f"{platform} answered for fewer than were asked for"
                return
