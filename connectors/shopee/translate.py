"""Shopee's words into ours. Pure: an offer of the affiliate API."""

from datetime import datetime

from connectors.web import Json
from connectors.web.words import inner, money, text
from scoring.listing import Listing, Seller


def translate_offer(offer: Json, *, currency: str, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """A listing at its lowest price, and what of it could not be read.

    Args:
        offer: a node of `productOfferV2`.
        currency: of the country, since an offer does not name it.
        observed_at: when the page was read.

    Raises `ValueError` where the offer has no item's id.
    """
    item_id = text(inner(offer, "itemId"))
    if item_id is None:
        raise ValueError("an offer without an itemId")
    errors: list[str] = []
    shop = text(offer.get("shopId"))
    image = text(offer.get("imageUrl"))
    listing = Listing(
        platform="shopee",
        listing_id=item_id,
        url=text(offer.get("productLink")),
        title=text(offer.get("productName")) or "",
        price=money(offer.get("priceMin"), currency, errors),
        seller=Seller(id=shop, name=text(offer.get("shopName"))) if shop else None,
        images=(image,) if image else (),
        observed_at=observed_at,
    )
    return listing, tuple(errors)
