"""An image search's entry among the sources."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from connectors.found.hit import Hit, unique
from connectors.found.pages import FoundPages, ReadHit
from connectors.interface import SourceRow
from connectors.source import Source
from connectors.web import Access, Json

_OFFLINE = "the page itself was not read"


def found_source(
    kind: type[FoundPages],
    *,
    example: str,
    hits_of: Callable[[Json], Sequence[Hit]] | None = None,
    credentials: tuple[str, ...] = (),
) -> Source:
    """`hits_of` says what an answer of the search's found; None where there is no answer to be kept.

    It is checked by one search, whose pages are not read.
    """

    def opened(query: str, access: Access, market: str | None) -> FoundPages:
        return kind(query, access, market=market)

    def searched(access: Access, market: str | None) -> tuple[str, ...]:
        _, found = next(iter(opened(example, access, market).pages()))
        return (f"{len(json.loads(found.cursor))} pages found",)

    def translated(page: Json, observed_at: datetime) -> Iterator[SourceRow]:
        connector = kind(example, Access(), clock=lambda: observed_at)
        hits = unique(hits_of(page)) if hits_of else ()
        yield from connector.rows([ReadHit(hit, reason=_OFFLINE) for hit in hits], 0)

    return Source(
        open=opened,
        example=example,
        credentials=credentials,
        probe=searched,
        translate=translated if hits_of else None,
    )
