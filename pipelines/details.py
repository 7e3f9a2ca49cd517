"""Look-ups of single listings: only of those that the cheap steps leave suspicious, under the tenant's cap.

Stock, and often the description, stand on an item's own page only, and each page is a call of the day's
quota. The most suspicious are asked for first, so that a cap that does not reach for all is spent where it
matters.
"""

from collections.abc import Sequence

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
                why = _LookUp(journal, open_source(source, watch.watched), stage).all(wanted)
            finally:
                journal.add_effort(source, watch.spent())
            journal.leave_details([number for number, _ in journal.wanted_details(source)], why)


class _LookUp:
    """The look-ups of one source."""

    def __init__(self, journal: Journal, connector: Connector, stage: Stage) -> None:
        self._journal = journal
        self._connector = connector
        self._stage = stage

    def all(self, wanted: Sequence[tuple[int, Listing]]) -> str:
        """Look them all up, unless the platform or the cap ends it; then why."""
        at = failed = 0
        while at < len(wanted):
            before = at
            try:
                for detail in self._connector.details(listing for _, listing in wanted[at:]):
                    self._keep(wanted[at][0], detail)
                    at, failed = at + 1, 0
                if at < len(wanted):
                    return f"{self._connector.capabilities.platform} answered for fewer than were asked for"
            except (CounterfoilError, ValueError) as error:
                failed = failed + 1 if at == before else 1
                if isinstance(error, RateLimitedError | SetupError) or failed == _PATIENCE:
                    return str(error)
                # One that fails is passed over, and the next one asked for.
                self._journal.leave_details([wanted[at][0]], str(error))
                self._stage.advance(1)
                at += 1
        return ""

    def _keep(self, number: int, detail: Detail) -> None:
        errors = (*detail.errors, GONE) if detail.gone else detail.errors
        self._journal.add_detail(number, detail.listing, errors=errors, others=detail.others)
        self._stage.advance(1)
