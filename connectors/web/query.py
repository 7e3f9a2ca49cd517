"""What a scan asks a marketplace for: `platform@market:kind:value`."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from connectors.interface import Search
from scoring.errors import SourceError


@dataclass(frozen=True, slots=True)
class Query:
    """One search.

    >>> Query.read('"steel bottle"', searches={"text", "id"})
    Query(kind='text', value='steel bottle')
    >>> Query.read("id:v1|385|0", searches={"text", "id"})
    Query(kind='id', value='v1|385|0')
    """

    kind: Search
    value: str

    @classmethod
    def read(cls, written: str, *, searches: Collection[str]) -> "Query":
        """A query as it stands behind `platform:`; words alone are a search by text.

        Raises `SourceError` for a kind of search that the platform does not have.
        """
        kind, colon, value = written.partition(":")
        if not colon or kind not in get_args(Search):
            kind, value = "text", written
        value = value.strip().strip('"').strip()
        if not value:
            raise SourceError(
                f"{written!r} asks for nothing.", hint="Write what to look for behind the colon."
            )
        if kind not in searches:
            raise SourceError(
                f"it cannot be searched by {kind}.", hint=f"It can by {', '.join(sorted(searches))}."
            )
        return cls(kind, value)  # type: ignore[arg-type]  # checked to be one of them
