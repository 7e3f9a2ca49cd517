"""The Creators API's words into ours. Pure: an item with the offer that its page features, to a listing.

https://affiliate-program.amazon.com/creatorsapi/docs/en-us/api-reference/resources/offersV2.
"""

from collections.abc import Iterable
from datetime import datetime

from connectors.amazon.markets import Market
from connectors.web import Json
from connectors.web.words import inner, money, objects, text
from scoring.listing import Listing, Seller, Stock

_THERE = frozenset({"IN_STOCK", "IN_STOCK_SCARCE", "LEADTIME", "PREORDER", "AVAILABLE_DATE"})
_GONE = frozenset({"OUT_OF_STOCK", "UNAVAILABLE"})


def translate_item(item: Json, *, market: Market, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the item has no ASIN."""
    asin = text(inner(item, "asin"))
    if asin is None:
        raise ValueError("an item without an asin")
    errors: list[str] = []
    told = inner(item, "itemInfo")
    offer = _featured(objects(inner(item, "offersV2", "listings")))
    paid = inner(offer, "price", "money")
    listing = Listing(
        platform="amazon",
        listing_id=asin,
        url=f"https://{market.site}/dp/{asin}",  # without the affiliate's own tag, which `detailPageURL` has
        title=text(inner(told, "title", "displayValue")) or "",
        description=_features(inner(told, "features", "displayValues")),
        brand=text(inner(told, "byLineInfo", "brand", "displayValue")),
        category=_category(item),
        condition=_condition(offer),
        price=money(inner(paid, "amount"), inner(paid, "currency"), errors),
        stock=_stock(offer, observed_at),
        seller=_seller(offer),
        images=tuple(dict.fromkeys(_images(item))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _featured(offers: list[Json]) -> Json:
    """The offer that the page features; the first where it says of none that it does."""
    return next((one for one in offers if one.get("isBuyBoxWinner") is True), offers[0] if offers else {})


def _features(values: object) -> str | None:
    lines = (text(one) for one in values) if isinstance(values, list) else ()
    return "\n".join(line for line in lines if line) or None


def _category(item: Json) -> str | None:
    nodes = objects(inner(item, "browseNodeInfo", "browseNodes"))
    return next((name for one in nodes if (name := text(one.get("displayName")))), None)


def _condition(offer: Json) -> str | None:
    """The finer one where there is one."""
    finer = text(inner(offer, "condition", "subCondition"))
    return finer if finer and finer != "Unknown" else text(inner(offer, "condition", "value"))


def _seller(offer: Json) -> Seller | None:
    name = text(inner(offer, "merchantInfo", "name"))
    seller_id = text(inner(offer, "merchantInfo", "id")) or name
    return Seller(id=seller_id, name=name) if seller_id else None


def _stock(offer: Json, observed_at: datetime) -> Stock:
    said = text(inner(offer, "availability", "type"))
    if said in _THERE:
        return Stock(kind="in_stock", observed_at=observed_at)
    return Stock(kind="exact", min=0, max=0, observed_at=observed_at) if said in _GONE else Stock()


def _images(item: Json) -> Iterable[str]:
    images = inner(item, "images")
    for one in (inner(images, "primary"), *objects(inner(images, "variants"))):
        if url := text(inner(one, "large", "url")):
            yield url
