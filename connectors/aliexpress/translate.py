"""AliExpress's words into ours. Pure: a product of the affiliate search."""

from collections.abc import Iterable
from datetime import datetime

from connectors.web import Json
from connectors.web.words import inner, money, text
from scoring.listing import Listing, Seller


def translate_product(product: Json, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read. Raises `ValueError` where the product has no id."""
    product_id = text(inner(product, "product_id"))
    if product_id is None:
        raise ValueError("a product without a product_id")
    errors: list[str] = []
    classes = [text(product.get(f"{level}_level_category_name")) for level in ("first", "second")]
    shop = text(product.get("shop_id"))
    listing = Listing(
        platform="aliexpress",
        listing_id=product_id,
        url=f"https://www.aliexpress.com/item/{product_id}.html",
        title=text(product.get("product_title")) or "",
        category=" > ".join(name for name in classes if name) or None,
        price=money(product.get("target_sale_price"), product.get("target_sale_price_currency"), errors),
        seller=Seller(id=shop, name=text(product.get("shop_name"))) if shop else None,
        images=tuple(dict.fromkeys(_images(product))),
        video=text(product.get("product_video_url")),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _images(product: Json) -> Iterable[str]:
    small = product.get("product_small_image_urls")
    several = inner(small, "string") if isinstance(small, dict) else small
    for url in (product.get("product_main_image_url"), *(several if isinstance(several, list) else ())):
        if found := text(url):
            yield f"https:{found}" if found.startswith("//") else found
