"""Whether a table's columns can hold listings at all."""

from collections import Counter
from collections.abc import Sequence

from connectors.file.feed import Feed
from connectors.file.names import canonical
from scoring.errors import SourceError

_REQUIRED = ("platform", "listing_id")


def check_columns(columns: Sequence[str], feed: Feed) -> None:
    """`SourceError` where a required column is missing or a column stands twice.

    Without this, a table that lacks its header would be a million bad rows with one cause.
    """
    counted = Counter(canonical(column) for column in columns)
    missing = [name for name in _REQUIRED if name not in counted]
    if missing:
        shown = ", ".join(repr(column[:40]) for column in columns[:8])
        raise SourceError(
            f"{feed} has no column {' and no column '.join(map(repr, missing))}, only {shown}.",
            hint="The first line must name the columns as the listing format does.",
        )
    twice = [name for name, count in counted.items() if count > 1 and name]
    if twice:
        raise SourceError(f"{feed} has more than one column {twice[0]!r}.", hint="Rename or remove one.")
