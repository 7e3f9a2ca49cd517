"""The one interface of all sources of listings: rows out, page by page, resumable after each."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Self

from scoring.errors import SourceError
from scoring.listing import Listing

Search = Literal["text", "image", "seller", "id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a connector can do, and what nobody should expect of it."""

    platform: str
    """Whose listings they are: mostly the scheme in `platform:query`, e.g. `ebay`."""
    searches: frozenset[Search] = frozenset()
    """What it can be asked for; empty where it only reads everything there is."""
    fields: frozenset[str]
    """The fields of a listing that it may fill; any other stays at its default."""
    page_size: int
    """The most rows in one page."""
    depth_limit: int | None = None
    """The most rows the platform gives for one query; None where there is no limit."""
    requests_per_second: float | None = None
    daily_quota: int | None = None
    """Requests per UTC day; None where they cost nothing."""
    sunset: date | None = None
    """The day the platform turns this interface off, where it has said so."""
    details: frozenset[str] | None = None
    """The fields that a look-up (`Connector.details`) adds or completes; None where there is no look-up."""
    cannot_see: tuple[str, ...] = ()
    """What exists on the platform and never appears here, in words."""
    documented: str = ""
    """Where the platform says all this."""
    unverified: tuple[str, ...] = ()
    """What of it was never seen to be so, in words: a first run against the platform itself will tell."""


@dataclass(frozen=True, slots=True, order=True)
class Checkpoint:
    """Where a connector stands after a page; later checkpoints of one run compare greater."""

    rows: int = 0
    """How many rows have been handed over so far."""
    cursor: str = ""
    """The connector's own note to itself; nobody else reads it."""

    def to_json(self) -> str:
        """One line of JSON, for the record store.

        >>> Checkpoint.from_json(Checkpoint(256, "page-2").to_json())
        Checkpoint(rows=256, cursor='page-2')
        """
        return json.dumps({"rows": self.rows, "cursor": self.cursor})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read it back; `SourceError` where the text is not a checkpoint."""
        try:
            match json.loads(text):
                case {"rows": int(rows), "cursor": str(cursor)} if rows >= 0:
                    return cls(rows, cursor)
        except ValueError as error:
            reason = f": {error}"
        else:
            reason = ""
        raise SourceError(
            f"this is not a checkpoint{reason}.",
            hint="Start the scan over, or pass the text that Checkpoint.to_json() gave.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row of a source: a listing, or the reason why there is none.

    A listing may come with errors too: those say what was left out of it.
    """

    number: int
    """Counts from 1: the line of a text file, the row of a table, the item of a search."""
    listing: Listing | None
    errors: tuple[str, ...] = ()
    raw_id: str | None = None
    """The platform's id, where it could be read even if the listing could not."""
    platform: str | None = None

    def __post_init__(self) -> None:
        if self.listing is None and not self.errors:
            raise ValueError(f"row {self.number} has neither a listing nor the reason why")


Page = tuple[tuple[SourceRow, ...], Checkpoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What a platform says of one listing that is known already, looked up by itself."""

    listing: Listing
    """What the look-up says and, where that says nothing, what was known. Unchanged where it is gone."""
    gone: bool = False
    """Whether the platform has it no more, which is a fact to record."""
    others: tuple[Listing, ...] = ()
    """Other sellers' offers on the same page, each a listing of its own, where a platform sells by page."""
    errors: tuple[str, ...] = ()
    """What of it could not be read, in words."""


class Connector(ABC):
    """A marketplace, or a file of listings."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What this connector can do."""

    @property
    def picture_root(self) -> Path | None:
        """The folder that its `file://` pictures lie in; None where all its pictures are elsewhere."""
        return None

    def gaps(self, checkpoint: Checkpoint) -> tuple[str, ...]:  # noqa: ARG002 - for those that have some
        """What up to a checkpoint could not be read though it is there, in words; nothing by default."""
        return ()

    def details(self, listings: Iterable[Listing]) -> Iterator[Detail]:
        """What the platform says of listings by themselves, such as their stock: one each, in their order.

        For listings of this connector's own that are worth a call, today or weeks later; several may share
        one. Calls count against the caps as those of `pages` do. `capabilities.details` says what it adds:
        where that is empty, only whether they are still there, and at which price.

        Raises:
            SourceError: there is no such look-up, or the platform refuses it.
            RetryError: the platform may answer later; ask again for those that had no answer.
        """
        del listings
        raise SourceError(
            f"{self.capabilities.platform} has no look-up of single listings.",
            hint="Ask only where `capabilities.details` is not None.",
        )

    @abstractmethod
    def pages(self, checkpoint: Checkpoint | None = None) -> Iterator[Page]:
        """Every row, page by page, each page with the checkpoint that stands after it.

        Commit a page's rows, then its checkpoint: handing that checkpoint to `pages` of a new
        connector on the same source gives exactly the rows that remain. A source without rows
        gives one empty page, so that there is always a last checkpoint.

        Raises:
            SourceError: the source cannot be read, or is not the one the checkpoint was made on.
            RetryError: the source may answer later; resume from the last checkpoint.
        """
