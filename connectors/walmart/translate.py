"""Walmart's words into ours. Pure: https://walmart.io/docs/affiliate/item_response_groups."""

from collections.abc import Iterable
from datetime import datetime
from html import unescape

from connectors.web import Json
from connectors.web.words import inner, money, objects, text
from scoring.listing import Listing, Seller, Stock

_OWN_SELLER = "Walmart.com"
_THERE = frozenset({"available", "limited supply", "last few items"})
_SIZED = "?odn"
"""What pictures of Walmart's are made smaller with; without it they come as they were uploaded."""


def translate_item(item: Json, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the item has no id."""
    item_id = text(inner(item, "itemId"))
    if item_id is None:
        raise ValueError("an item without an itemId")
    errors: list[str] = []
    category = text(item.get("categoryPath"))
    listing = Listing(
        platform="walmart",
        listing_id=item_id,
        url=f"https://www.walmart.com/ip/{item_id}",
        title=_plain(item.get("name")) or "",
        description=_plain(item.get("longDescription")) or _plain(item.get("shortDescription")),
        brand=_plain(item.get("brandName")),
        category=category.replace("/", " > ") if category else None,
        price=money(item.get("salePrice"), item.get("currency", "USD"), errors),
        stock=_stock(item, observed_at),
        seller=_seller(item),
        images=tuple(dict.fromkeys(_images(item))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _plain(value: object) -> str | None:
    """Walmart escapes its words for HTML, and descriptions twice.

    >>> _plain("Bottle &amp;amp; lid &#45; blue")
    'Bottle & lid - blue'
    """
    found = text(value)
    return text(unescape(unescape(found))) if found else None


def _seller(item: Json) -> Seller | None:
    """A marketplace seller by name, which is all there is; Walmart itself where it says so."""
    if name := _plain(item.get("sellerInfo")):
        return Seller(id=name, name=name)
    return Seller(id=_OWN_SELLER, name=_OWN_SELLER) if item.get("marketplace") is False else None


def _stock(item: Json, observed_at: datetime) -> Stock:
    said = (text(item.get("stock")) or "").casefold()
    if said in _THERE:
        return Stock(kind="in_stock", observed_at=observed_at)
    if said == "not available":
        return Stock(kind="exact", min=0, max=0, observed_at=observed_at)
    return Stock()


def _images(item: Json) -> Iterable[str]:
    entities = objects(item.get("imageEntities"))
    entities.sort(key=lambda one: one.get("entityType") != "PRIMARY")
    for url in (item.get("largeImage"), *(one.get("largeImage") for one in entities)):
        if found := text(url):
            yield found.partition(_SIZED)[0]
