"""What a scan and its commands need to know of a kind of source before it is opened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.interface import Capabilities, Connector, SourceRow
from connectors.web import Access, Json

Open = Callable[[str, Access, str | None], Connector]
"""A query as it stands behind `scheme:`, access, and the market behind `@`, if one is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One marketplace, or one kind of file."""

    open: Open
    example: str
    """A query, for help and for a look at its capabilities."""
    credentials: tuple[str, ...] = ()
    """The names it asks `Access.secret` for."""
    offline: Capabilities | None = None
    """What it can do, where it reads a file that must be named before it can be opened."""
    daily: int | None = None
    """Calls a UTC day that the platform allows; a tenant's cap of its own goes before it."""
    translate: Callable[[Json, datetime], Iterator[SourceRow]] | None = None
    """A recorded page in the platform's words to rows, offline; None where there is no such page."""

    probe: Callable[[Access, str | None], tuple[str, ...]] | None = None
    """What a cheap call or two tell of an account, where the example's first page would tell less."""
    anyones: bool = False
    """Whether what it reads is for others to name: its example leads nowhere, so nothing can be checked."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do when it is asked for the example."""
        return self.offline or self.open(self.example, Access(), None).capabilities
