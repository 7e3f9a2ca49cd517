"""Brave's image search as a connector: a brand and what it makes, in words, to pages that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from connectors.brave.client import MOST, PACE, BraveClient
from connectors.found import FoundPages, Hit
from connectors.found.pages import FOUND, NOT_READ
from connectors.google_shopping.connector import MARKETS as GOOGLE_COUNTRIES
from connectors.web import Json
from connectors.web.words import objects


class BraveConnector(FoundPages):
    """One search in one country, or anywhere."""

    can = replace(
        FOUND,
        searches=frozenset({"text"}),
        depth_limit=MOST,
        requests_per_second=PACE,
        cannot_see=("results beyond the first 200 of a search", *NOT_READ),
        documented="https://api-dashboard.search.brave.com/api-reference/images/image_search",
        unverified=("the pace, which plans differ in",),
    )
    name = "brave"
    markets: ClassVar[Mapping[str, object]] = dict.fromkeys(("ALL", *GOOGLE_COUNTRIES))
    """Anywhere, or one of the countries that Google Shopping knows too; Brave has a few more."""

    async def hits(self) -> Sequence[Hit]:
        """See `FoundPages.hits`."""
        client = BraveClient(self.access)
        async with client.opened():
            return hits_of(await client.images(self.query.value, country=self.market))


def hits_of(page: Json) -> list[Hit]:
    """What an answer has found: the picture itself where Brave tells where it is, else its thumbnail."""
    pictures = (("properties", "url"), ("thumbnail", "src"))
    return [Hit.read(one, page="url", pictures=pictures) for one in objects(page.get("results"))]
