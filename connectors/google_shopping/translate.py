"""SerpApi's words into ours. Pure: https://serpapi.com/shopping-results."""

from collections.abc import Iterable
from datetime import datetime

from connectors.web import Json
from connectors.web.words import inner, money, text
from scoring.listing import Listing, Seller


def translate_result(
    result: Json, *, currency: str, observed_at: datetime
) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read.

    Args:
        result: one of `shopping_results`.
        currency: of the market: a result says its price as Google shows it, with a sign that several share.
        observed_at: when the page was read.

    Raises `ValueError` where the result has neither a product's id nor a link.
    """
    link = text(inner(result, "product_link")) or text(inner(result, "link"))
    listing_id = text(inner(result, "product_id")) or link
    if listing_id is None:
        raise ValueError("a result without a product_id or a link")
    errors: list[str] = []
    seller = text(result.get("source"))
    listing = Listing(
        platform="google_shopping",
        listing_id=listing_id,
        url=link,
        title=text(result.get("title")) or "",
        description=text(result.get("snippet")),
        condition=text(result.get("second_hand_condition")),
        price=money(result.get("extracted_price"), currency, errors),
        seller=Seller(id=seller, name=seller) if seller else None,
        images=tuple(dict.fromkeys(_images(result))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _images(result: Json) -> Iterable[str]:
    """Thumbnails are all there is; some are `data:` addresses, which are fetched as any other."""
    several = result.get("thumbnails")
    for url in (result.get("thumbnail"), *(several if isinstance(several, list) else ())):
        if found := text(url):
            yield found
