"""Pages of any shop as a connector: what they sell, as far as they say it in schema.org's words."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx

from connectors.interface import Capabilities, Detail, SourceRow
from connectors.shop.page import products_in
from connectors.shop.translate import translate_product
from connectors.web import Call, Json, LookUp, completed, one_by_one
from connectors.web.paged import BASIC, PagedConnector, Read, Translated, given
from connectors.web.site import PACE, Site, SiteBusyError
from scoring.errors import SourceError, UnreachableError
from scoring.listing import Listing

PAGE = 100
"""Products that one page may hold; what stands below is a list of a shop's, whose products have own pages."""


NO_PRODUCT = "the page says nothing of a product in JSON-LD"


@dataclass(frozen=True, slots=True)
class _Found:
    """A product of a page and how many stand before it, or the reason why there is none."""

    address: str
    place: int = 0
    product: Json = field(default_factory=dict)
    reason: str = ""


class ShopConnector(PagedConnector):
    """Pages by their addresses, blanks between them: `shop:https://… https://…`."""

    can = Capabilities(
        platform="shop",
        searches=frozenset({"id"}),
        fields=BASIC
        | {"description", "brand", "category", "condition", "price", "stock", "seller", "images"},
        page_size=PAGE,
        requests_per_second=PACE,
        cannot_see=(
            "pages that their robots.txt keeps from us, or that ask for a login",
            "pages without JSON-LD, or that make it in the reader's browser",
            "products beyond the first 100 of a page",
        ),
        details=frozenset(),
        documented="https://schema.org/Product",
    )
    default = "id"
    id_field = "url"

    @property
    def ids(self) -> list[str]:
        """The pages' addresses; commas are part of some."""
        return self.query.value.split()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`: an address for each page."""
        pages = [_address(one) for one in self.ids]
        site = Site(self.platform, self.access, address="")

        async def products(addresses: Sequence[str]) -> list[_Found]:
            return await self._page(site, addresses[0])

        async with site.opened():
            yield given(pages, size=1, ask=products)

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`: the page, read anew."""
        site = Site(self.platform, self.access, address="")

        async def page(listing: Listing) -> Detail:
            where, _, number = listing.listing_id.partition("#")
            address, place = listing.url or f"https://{where}", int(number or 1) - 1
            products = await read_page(site, address)
            if place >= len(products):  # a page that is there is not gone, whatever it says by now
                return Detail(listing=listing, errors=(NO_PRODUCT,))
            found, errors = self.translate(_Found(address, place, products[place]))
            return Detail(listing=completed(listing, found), errors=errors)

        async with site.opened():
            yield one_by_one(page)

    async def _page(self, site: Site, address: str) -> list[_Found]:
        """Its products; where there is none, the reason."""
        try:
            products = await read_page(site, address)
        except (
            SourceError,
            UnreachableError,
            SiteBusyError,
        ) as error:  # one page of many: the others can still be read
            return [_Found(address, reason=str(error))]
        if not products:
            return [_Found(address, reason=NO_PRODUCT)]
        return [_Found(address, place, product) for place, product in enumerate(products)]

    def translate(self, item: _Found) -> Translated:
        """See `translate_product`."""
        if item.reason:
            raise ValueError(item.reason)
        return translate_product(item.product, page=item.address, place=item.place, observed_at=self.clock())

    def rows(self, items: Sequence[_Found], after: int) -> tuple[SourceRow, ...]:
        """See `PagedConnector.rows`."""
        row = partial(self.row, translate=self.translate)
        return tuple(row(it, number, raw_id=it.address) for number, it in enumerate(items, start=after + 1))


async def read_page(site: Site, address: str) -> list[Json]:
    """What a page of a shop sells, by its JSON-LD; errors as `Site.text`'s."""
    html = await site.text(Call(method="GET", path=address, headers={"Accept": "text/html"}))
    return products_in(html)[:PAGE]


def _address(written: str) -> str:
    try:
        url = httpx.URL(written if "://" in written else f"https://{written}")
    except httpx.InvalidURL as error:
        raise SourceError(f"{written!r} is no page's address.", hint="Write https://….") from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise SourceError(f"{written!r} is no page's address.", hint="Write https://….")
    return str(url.copy_with(fragment=None))
