"""Where a list is read to that may move meanwhile: what left it moves the rest up, past a page's end.

Marketplaces list by number of page or by offset. Where something before it has gone, the next page begins
too late: the total shows it, and the page before is then read again. Where something has come, the next page
begins with what the one before ended with, and what has come is not seen: that can only be told.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from scoring.errors import SourceError

_MARK = '{"at": '
AGAIN = 5
"""Pages of a query that are read again at most: some platforms' totals are estimates, which waver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Before a page."""

    at: str = ""
    """Its cursor."""
    before: str | None = None
    """The cursor of the page that was read before it; None where that cannot be read again."""
    total: int | None = None
    """How many there were, by that page; None where the platform does not say."""
    last: str = ""
    """The id that stood last on it."""
    again: int = 0
    """Pages that were read again so far."""
    passed: int = 0
    """Listings that may have been passed over."""
    added: int = 0
    """Listings that came while they were read, before the place that was reached."""

    @classmethod
    def from_cursor(cls, cursor: str) -> Self:
        """From `to_cursor`, or from a page's own cursor where nothing else is known."""
        return cls(**json.loads(cursor)) if cursor.startswith(_MARK) else cls(at=cursor)

    def to_cursor(self) -> str:
        """For a checkpoint: the page's own cursor where nothing else is known."""
        if self == Place(at=self.at):
            return self.at
        told = asdict(self)
        return json.dumps({name: told[name] for name in told if name == "at" or told[name] not in (None, 0)})

    def fallen(self, total: int | None) -> int:
        """By how much the list has become shorter; as much may have moved from the next page to this one."""
        return max(0, self.total - total) if self.total is not None and total is not None else 0

    def behind(self, ids: Sequence[str | None], following: str, *, total: int | None) -> Self:
        """The place behind a page that was read at this one."""
        if total is None:
            return replace(self, at=following)
        grown = 0
        if self.total is not None and total > self.total and self.last and self.last in ids:
            grown = min(total - self.total, ids.index(self.last) + 1)
        last = next((one for one in reversed(ids) if one), "")
        return replace(self, at=following, before=self.at, total=total, last=last, added=self.added + grown)

    def recovered(self, seen: int | None, *, total: int | None) -> Self:
        """With the page before read again, of which `seen` were shown; None where it was not."""
        left = max(0, self.fallen(total) - (seen or 0))
        return replace(self, again=self.again + (seen is not None), passed=self.passed + left, total=total)

    def gaps(self) -> tuple[str, ...]:
        """What may be missing, in words."""
        told = (
            (self.passed, "listings may have been passed over, since others went while they were read"),
            (self.added, "listings came while the others were read, and may be missing"),
        )
        return tuple(f"up to {number:,} {what}" for number, what in told if number)


async def read_again(place: Place, read: Callable[[str], Awaitable[Sequence[Any]]]) -> Sequence[Any] | None:
    """What stands by now on the page before a place; None where it is not to be read again, or cannot be."""
    if place.before is None or place.again >= AGAIN:
        return None
    try:
        return await read(place.before)
    except SourceError:
        return None  # as where a page's token is good for once
