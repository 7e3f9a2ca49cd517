"""The Marketplace API's words into ours. Pure: an item of a search to a listing."""

from datetime import datetime

from connectors.web import Json
from connectors.web.words import inner, money, objects, text
from scoring.listing import Listing, Seller

_OWN = Seller(id="Walmart.com", name="Walmart.com")


def translate_item(item: Json, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the item has no id."""
    item_id = text(inner(item, "itemId"))
    if item_id is None:
        raise ValueError("an item without an itemId")
    errors: list[str] = []
    categories = inner(item, "properties", "categories")
    names = [text(one) for one in categories] if isinstance(categories, list) else []
    listing = Listing(
        platform="walmart",
        listing_id=item_id,
        url=f"https://www.walmart.com/ip/{item_id}",
        title=text(item.get("title")) or "",
        description=text(item.get("description")),
        brand=text(item.get("brand")),
        category=" > ".join(name for name in names if name) or text(item.get("productType")),
        price=money(inner(item, "price", "amount"), inner(item, "price", "currency"), errors),
        seller=_OWN if item.get("isMarketPlaceItem") is False else None,
        images=tuple(
            dict.fromkeys(url for one in objects(item.get("images")) if (url := text(one.get("url"))))
        ),
        observed_at=observed_at,
    )
    return listing, tuple(errors)
