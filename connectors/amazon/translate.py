"""Amazon's words into ours. Pure: a catalogue item to a listing, and each offer on its page to one more."""

from collections.abc import Iterable
from datetime import datetime

from connectors.amazon.markets import Market
from connectors.web import Json
from connectors.web.words import count, inner, money, number, objects, text
from scoring.listing import Listing, Seller


def translate_item(item: Json, *, market: Market, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
    """The page itself, which belongs to no seller. Raises `ValueError` where the item has no ASIN."""
    asin = text(inner(item, "asin"))
    if asin is None:
        raise ValueError("an item without an asin")
    summary = _here(item.get("summaries"), market)
    listing = Listing(
        platform="amazon",
        listing_id=asin,
        url=f"https://{market.site}/dp/{asin}",
        title=text(summary.get("itemName")) or "",
        description=_description(item),
        brand=text(summary.get("brand")),
        category=_category(item, summary, market),
        images=tuple(_largest(objects(_here(item.get("images"), market).get("images")))),
        observed_at=observed_at,
    )
    return listing, ()


def translate_offer(
    offer: Json, *, page: Listing, taken: Iterable[str] = ()
) -> tuple[Listing, tuple[str, ...]]:
    """One seller's offer on a page, as a listing of its own: the page's words and pictures, its own price.

    Args:
        offer: of `getItemOffers`.
        page: what `translate_item` made of the page.
        taken: ids of the page's other offers, since one seller may have several.

    Raises `ValueError` where the offer does not say whose it is.
    """
    errors: list[str] = []
    seller = text(inner(offer, "SellerId"))
    if seller is None:
        raise ValueError("an offer without a SellerId")
    condition = text(offer.get("SubCondition"))
    rating = offer.get("SellerFeedbackRating")
    price = offer.get("ListingPrice")
    listing = page.model_copy(
        update={
            "listing_id": _offer_id(offer, page.listing_id, seller, set(taken)),
            "url": f"{page.url}?m={seller}",
            "condition": condition,
            "price": money(inner(price, "Amount"), inner(price, "CurrencyCode"), errors),
            "seller": Seller(
                id=seller,
                country=text(inner(offer, "ShipsFrom", "Country")),
                rating=number(
                    inner(rating, "SellerPositiveFeedbackRating"), "SellerPositiveFeedbackRating", errors
                ),
                feedback_count=count(inner(rating, "FeedbackCount")),
            ),
        }
    )
    return listing, tuple(errors)


def _offer_id(offer: Json, asin: str, seller: str, taken: set[str]) -> str:
    """As short as tells it from the seller's other offers on the page, and the same on every day."""
    channel = "amazon" if offer.get("IsFulfilledByAmazon") else "merchant"
    ids = [f"{asin}/{seller}"]
    for part in (text(offer.get("SubCondition")) or "new", channel):
        ids.append(f"{ids[-1]}/{part.lower().replace(' ', '_')}")
    free = (one for one in ids if one not in taken)
    return next(free, f"{ids[-1]}/{len(taken)}")


def _here(groups: object, market: Market) -> Json:
    """What is said for this marketplace, of data grouped by marketplace."""
    return next((one for one in objects(groups) if one.get("marketplaceId") == market.id), {})


def _description(item: Json) -> str | None:
    points = (text(one.get("value")) for one in objects(inner(item, "attributes", "bullet_point")))
    return "\n".join(point for point in points if point) or None


def _category(item: Json, summary: Json, market: Market) -> str | None:
    """From the widest class to the narrowest."""
    names: list[str] = []
    node: object = next(
        iter(objects(_here(item.get("classifications"), market).get("classifications"))), None
    )
    while isinstance(node, dict):
        if name := text(node.get("displayName")):
            names.insert(0, name)
        node = node.get("parent")
    return " > ".join(names) or text(inner(summary, "browseClassification", "displayName"))


def _largest(images: list[Json]) -> Iterable[str]:
    """One of each picture: Amazon gives every one of them in several sizes, under the same variant's name."""
    best: dict[str, tuple[int, str]] = {}
    for place, image in enumerate(images):
        link = text(image.get("link"))
        if link is not None:
            variant = text(image.get("variant")) or str(place)
            pixels = (count(image.get("height")) or 0) * (count(image.get("width")) or 0)
            best[variant] = max(best.get(variant, (-1, "")), (pixels, link))
    return dict.fromkeys(link for _, link in best.values())
