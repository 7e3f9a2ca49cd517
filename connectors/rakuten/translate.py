"""Rakuten's words into ours. Pure: an item of the search, as format version 2 has it."""

from collections.abc import Iterable
from datetime import datetime

from connectors.web import Json
from connectors.web.words import count, inner, money, text
from scoring.listing import Listing, Seller, Stock

_SIZED = "?_ex="
"""What makes a picture's address one of a thumbnail; without it the picture comes as it was uploaded."""


def translate_item(item: Json, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the item has no code."""
    code = text(inner(item, "itemCode"))
    if code is None:
        raise ValueError("an item without an itemCode")
    errors: list[str] = []
    shop = text(item.get("shopCode")) or code.partition(":")[0]
    listing = Listing(
        platform="rakuten",
        listing_id=code,
        url=text(item.get("itemUrl")),
        title=text(item.get("itemName")) or "",
        description=text(item.get("itemCaption")),
        price=money(item.get("itemPrice"), "JPY", errors),
        stock=_stock(item.get("availability"), observed_at),
        seller=Seller(id=shop, name=text(item.get("shopName")), country="JP"),
        images=tuple(dict.fromkeys(_images(item))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _stock(available: object, observed_at: datetime) -> Stock:
    match count(available):
        case 0:
            return Stock(kind="exact", min=0, max=0, observed_at=observed_at)
        case 1:
            return Stock(kind="in_stock", observed_at=observed_at)
    return Stock()


def _images(item: Json) -> Iterable[str]:
    urls = item.get("mediumImageUrls")
    for url in urls if isinstance(urls, list) else ():
        found = text(inner(url, "imageUrl")) or text(url)
        if found:
            yield found.partition(_SIZED)[0]
