"""Shopify's words into ours. Pure: a product of `/products.json`, with its store's `/meta.json`."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from connectors.web import Json
from connectors.web.words import inner, money, objects, text
from scoring.listing import Listing, Seller, Stock


def translate_product(
    product: Json, *, host: str, meta: Json, observed_at: datetime
) -> tuple[Listing, tuple[str, ...]]:
    """A listing of the cheapest variant, and what of it could not be read.

    Raises `ValueError` where the product has no id.
    """
    number = text(inner(product, "id"))
    if number is None:
        raise ValueError("a product without an id")
    errors: list[str] = []
    variants = objects(product.get("variants"))
    handle = text(product.get("handle"))
    currency = text(meta.get("currency"))
    amount = _cheapest(variants)
    if amount is not None and currency is None:
        errors.append(f"price: {amount!r} in a currency that the store does not name")
        amount = None
    listing = Listing(
        platform="shopify",
        listing_id=f"{host}/{number}",
        url=f"https://{host}/products/{handle}" if handle else None,
        title=text(product.get("title")) or "",
        description=text(product.get("body_html")),
        brand=text(product.get("vendor")),
        category=text(product.get("product_type")),
        price=money(amount, currency, errors),
        stock=_stock(variants, observed_at),
        seller=Seller(id=host, name=text(meta.get("name")), country=text(meta.get("country"))),
        images=tuple(
            dict.fromkeys(url for one in objects(product.get("images")) if (url := text(one.get("src"))))
        ),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _cheapest(variants: list[Json]) -> str | None:
    """As the store writes it; what is no number is left to be told of."""
    prices = [price for one in variants if (price := text(one.get("price")))]
    try:
        return min(prices, key=Decimal, default=None)
    except InvalidOperation:
        return prices[0]


def _stock(variants: list[Json], observed_at: datetime) -> Stock:
    known = [one["available"] for one in variants if isinstance(one.get("available"), bool)]
    if any(known):
        return Stock(kind="in_stock", observed_at=observed_at)
    return Stock(kind="exact", min=0, max=0, observed_at=observed_at) if known else Stock()
