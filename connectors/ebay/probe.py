"""What an eBay account may do: nothing but a call tells."""

import asyncio
import base64

from connectors.ebay.client import EbayClient
from connectors.ebay.connector import EbayConnector
from connectors.web import Access
from scoring.errors import SourceError

_SPECK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)
"""The smallest picture there is, a white pixel: whether it finds anything is not asked."""


def probe(access: Access, market: str | None) -> tuple[str, ...]:
    """What two calls tell: whether the account may search, and whether by image."""
    connector = EbayConnector("steel bottle", access, market=market or "US")
    rows, _ = next(iter(connector.pages()))
    told = f"{len(rows)} listings in the first page of a search"
    try:
        asyncio.run(_by_image(access, connector.market))
    except SourceError as error:
        return told, f"no search by image: {error}"
    return told, "search by image is allowed"


async def _by_image(access: Access, market: str) -> None:
    client = EbayClient(access, marketplace=f"EBAY_{market}")
    async with client.opened():
        await client.search_by_image(_SPECK, {"limit": "1"})
