"""Mercado Libre's words into ours. Pure: an item of a search, or one with its details."""

from collections.abc import Iterable
from datetime import datetime

from connectors.web import Json
from connectors.web.words import count, inner, money, number, objects, text
from scoring.listing import Listing, Seller, Stock

_RANGES = {
    1: 50,
    50: 100,
    100: 150,
    150: 200,
    200: 250,
    250: 500,
    500: 5_000,
    5_000: 50_000,
    50_000: 99_999,
}
"""What `available_quantity` stands for where the item is another's: a range, by its lower end.
https://developers.mercadolivre.com.br/en_us/items-and-searches, "Considerations"."""
_SMALL, _LARGE = "-I.jpg", "-O.jpg"


def translate_item(item: Json, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the item has no id."""
    item_id = text(inner(item, "id"))
    if item_id is None:
        raise ValueError("an item without an id")
    errors: list[str] = []
    brand = next((one for one in objects(item.get("attributes")) if one.get("id") == "BRAND"), {})
    listing = Listing(
        platform="mercadolibre",
        listing_id=item_id,
        url=text(item.get("permalink")),
        title=text(item.get("title")) or "",
        brand=text(brand.get("value_name")),
        category=text(item.get("category_id")),
        condition=text(item.get("condition")),
        price=money(item.get("price"), item.get("currency_id"), errors),
        stock=_stock(count(item.get("available_quantity")), observed_at),
        seller=_seller(item, errors),
        images=tuple(dict.fromkeys(_images(item))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _stock(quantity: int | None, observed_at: datetime) -> Stock:
    if quantity is None:
        return Stock()
    if quantity == 0:
        return Stock(kind="exact", min=0, max=0, observed_at=observed_at)
    if quantity in _RANGES:
        least = quantity if quantity == 1 else quantity + 1
        return Stock(kind="range", min=least, max=_RANGES[quantity], observed_at=observed_at)
    return Stock(kind="exact", min=quantity, max=quantity, observed_at=observed_at)


def _seller(item: Json, errors: list[str]) -> Seller | None:
    seller = item.get("seller")
    seller_id = text(inner(seller, "id")) or text(item.get("seller_id"))
    if seller_id is None:
        return None
    transactions = inner(seller, "seller_reputation", "transactions")
    positive = number(inner(transactions, "ratings", "positive"), "seller_reputation.positive", errors)
    return Seller(
        id=seller_id,
        name=text(inner(seller, "nickname")),
        country=text(inner(item, "seller_address", "country", "id")),
        rating=None if positive is None else round(100 * positive, 1),
        feedback_count=count(inner(transactions, "total")),
    )


def _images(item: Json) -> Iterable[str]:
    pictures = [text(one.get("secure_url")) or text(one.get("url")) for one in objects(item.get("pictures"))]
    thumbnail = None if any(pictures) else text(item.get("secure_thumbnail")) or text(item.get("thumbnail"))
    for url in (*pictures, thumbnail):
        if url:
            secure = f"https://{url.removeprefix('http://')}" if url.startswith("http://") else url
            yield secure.removesuffix(_SMALL) + _LARGE if secure.endswith(_SMALL) else secure
