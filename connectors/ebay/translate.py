"""eBay's words into ours. Pure: an item summary, or an item with its details, to a listing."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connectors.web import Json
from connectors.web.words import count, money, number, text
from scoring.listing import Listing, Money, Seller, Stock

_SIZE = re.compile(r"/s-l\d+(?=\.\w+$)")
_LARGEST = "/s-l1600"
"""eBay keeps each picture in several sizes under one name; a summary gives the thumbnail's."""
_THUMBNAIL = "/thumbs/images/"


def translate_item(item: object, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the item has no id."""
    errors: list[str] = []
    item_id = item.get("itemId") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(item_id, str) or not item_id.strip():
        raise ValueError("an item without an itemId")
    listing = Listing(
        platform="ebay",
        listing_id=item_id,
        url=text(item.get("itemWebUrl")),
        title=text(item.get("title")) or "",
        description=text(item.get("description")) or text(item.get("shortDescription")),
        brand=text(item.get("brand")),
        category=_category(item),
        condition=text(item.get("condition")),
        price=_price(item.get("price") or item.get("currentBidPrice"), errors),
        stock=_stock(item.get("estimatedAvailabilities"), observed_at),
        seller=_seller(item, errors),
        images=tuple(dict.fromkeys(_images(item))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _category(item: Json) -> str | None:
    if path := text(item.get("categoryPath")):
        return path.replace("|", " > ")
    categories = item.get("categories")
    names = [text(one.get("categoryName")) for one in categories or () if isinstance(one, dict)]
    return next((name for name in names if name), None)


def _price(price: object, errors: list[str]) -> Money | None:
    """In the seller's own currency where eBay has converted it."""
    if not isinstance(price, dict):
        return None
    amount = price.get("convertedFromValue", price.get("value"))
    currency = price.get("convertedFromCurrency", price.get("currency"))
    return money(amount, currency, errors)


def _seller(item: Json, errors: list[str]) -> Seller | None:
    seller, location = item.get("seller"), item.get("itemLocation")
    if not isinstance(seller, dict) or not text(seller.get("username")):
        return None
    country = location.get("country") if isinstance(location, dict) else None
    return Seller(
        id=seller["username"],
        country=text(country),
        rating=number(seller.get("feedbackPercentage"), "seller.feedbackPercentage", errors),
        feedback_count=count(seller.get("feedbackScore")),
    )


def _stock(availabilities: object, observed_at: datetime) -> Stock:
    """Exact where the seller shows it, "more than 10" where eBay hides it."""
    known = (
        [one for one in availabilities or () if isinstance(one, dict)]
        if isinstance(availabilities, list)
        else []
    )
    for one in known:
        exact, least = one.get("estimatedAvailableQuantity"), one.get("availabilityThreshold")
        if isinstance(exact, int) and exact >= 0:
            return Stock(kind="exact", min=exact, max=exact, observed_at=observed_at)
        if one.get("availabilityThresholdType") == "MORE_THAN" and isinstance(least, int) and least >= 0:
            return Stock(kind="at_least", min=least + 1, observed_at=observed_at)
        if one.get("estimatedAvailabilityStatus") in ("IN_STOCK", "LIMITED_STOCK"):
            return Stock(kind="in_stock", observed_at=observed_at)
    return Stock()


def _images(item: Json) -> Iterable[str]:
    pictures: list[Any] = [item.get("image"), *(item.get("additionalImages") or ())]
    for picture in pictures:
        url = text(picture.get("imageUrl")) if isinstance(picture, dict) else None
        if url:
            yield _SIZE.sub(_LARGEST, url.replace(_THUMBNAIL, "/images/"))
