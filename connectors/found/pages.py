"""Found pages as a connector: asked for once, then read a few at a time, each by its own site's rules."""

import asyncio
import json
from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from connectors.found.hit import Hit, translate_hit, unique
from connectors.interface import Capabilities, Checkpoint, Page
from connectors.shop.connector import NO_PRODUCT, read_page
from connectors.web import Json
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated
from connectors.web.site import SiteBusyError
from connectors.web.sites import Sites
from scoring.errors import SourceError, UnreachableError

AT_ONCE = 10
"""Pages read at a time, and handed over together; those of one site come one after the other."""
FIELDS = BASIC | {"description", "brand", "category", "condition", "price", "stock", "seller", "images"}
"""The fields of a listing that pages at their best fill; most leave some of it out."""
NOT_READ = (
    "pages that their robots.txt keeps from us, or that ask for a login: only what the search says of them",
    "what a page says outside its JSON-LD",
)

FOUND = Capabilities(
    platform="shop",
    fields=FIELDS,
    page_size=AT_ONCE,
    cannot_see=NOT_READ,
    documented="https://schema.org/Product",
)
"""What all of them can do, beside how they search."""


@dataclass(frozen=True, slots=True)
class ReadHit:
    """A hit and what its page sells, or the reason why nothing is known of that."""

    hit: Hit
    products: list[Json] = field(default_factory=list)
    reason: str = ""


class FoundPages(PagedConnector):
    """Subclasses say how to search. What it found is kept in checkpoints: it is paid for once."""

    id_field = "page"

    @abstractmethod
    async def hits(self) -> Sequence[Hit]:
        """Everything that the search finds, in its order."""

    async def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """See `Connector.pages`. The first page is empty: it holds what was found on to its checkpoint."""
        if not checkpoint.cursor:
            checkpoint = Checkpoint(0, _cursor(unique(await self.hits())))
            yield (), checkpoint
        async for page in super().stream(checkpoint):
            yield page

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        sites = Sites(self.access)

        async def some(cursor: str) -> Found:
            hits = [Hit(**one) for one in json.loads(cursor)]
            left = hits[AT_ONCE:]
            return Found(await read_hits(sites, hits[:AT_ONCE]), _cursor(left) if left else None)

        async with sites.opened():
            yield some

    def translate(self, item: ReadHit) -> Translated:
        """See `translate_hit`."""
        return translate_hit(item.hit, item.products, reason=item.reason, observed_at=self.clock())


async def read_hits(sites: Sites, hits: Sequence[Hit]) -> list[ReadHit]:
    """Their pages, at the same time; one that cannot be read says why.

    Where a cap is spent, those under way come to their end first, so that nothing is left running.
    """
    read = await asyncio.gather(*(_read(sites, hit) for hit in hits), return_exceptions=True)
    found: list[ReadHit] = []
    for one in read:
        if isinstance(one, BaseException):
            raise one
        found.append(one)
    return found


async def _read(sites: Sites, hit: Hit) -> ReadHit:
    if not hit.page:
        return ReadHit(hit)
    try:
        products = await read_page(await sites.of(hit.page), hit.page)
    except (SourceError, UnreachableError, SiteBusyError) as error:
        return ReadHit(hit, reason=str(error))
    return ReadHit(hit, products) if products else ReadHit(hit, reason=NO_PRODUCT)


def _cursor(hits: Sequence[Hit]) -> str:
    return json.dumps([{name: value for name, value in asdict(hit).items() if value} for hit in hits])
