"""Etsy's words into ours. Pure: a listing with its pictures and its shop."""

from datetime import datetime
from decimal import Decimal, DivisionByZero, InvalidOperation
from html import unescape

from connectors.web import Json
from connectors.web.words import count, inner, money, objects, text
from scoring.listing import Listing, Money, Seller, Stock


def translate_listing(found: Json, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where it has no id."""
    listing_id = text(inner(found, "listing_id"))
    if listing_id is None:
        raise ValueError("a listing without a listing_id")
    errors: list[str] = []
    quantity = count(found.get("quantity"))
    listing = Listing(
        platform="etsy",
        listing_id=listing_id,
        url=text(found.get("url")),
        title=unescape(text(found.get("title")) or ""),
        description=unescape(text(found.get("description")) or "") or None,
        price=_price(found.get("price"), errors),
        stock=Stock()
        if quantity is None
        else Stock(kind="exact", min=quantity, max=quantity, observed_at=observed_at),
        seller=_seller(found),
        images=tuple(
            dict.fromkeys(
                url for one in objects(found.get("images")) if (url := text(one.get("url_fullxfull")))
            )
        ),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _price(price: object, errors: list[str]) -> Money | None:
    """Etsy writes 12.50 as 1250 of which 100 make one."""
    amount, divisor = inner(price, "amount"), inner(price, "divisor")
    try:
        value: object = None if amount is None else Decimal(str(amount)) / Decimal(str(divisor))
    except (InvalidOperation, DivisionByZero):
        value = f"{amount} / {divisor}"
    return money(value, inner(price, "currency_code"), errors)


def _seller(found: Json) -> Seller | None:
    shop = found.get("shop")
    shop_id = text(inner(shop, "shop_id")) or text(found.get("shop_id"))
    if shop_id is None:
        return None
    return Seller(
        id=shop_id,
        name=text(inner(shop, "shop_name")),
        country=text(inner(shop, "shop_location_country_iso")),
        feedback_count=count(inner(shop, "review_count")),
    )
