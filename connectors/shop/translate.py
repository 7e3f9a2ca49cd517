"""schema.org's words into ours. Pure: a product of a page, with the page's address, to a listing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.shop.page import is_a, last_word
from connectors.web import Json
from connectors.web.words import count, inner, money, objects, text
from scoring.listing import Listing, Money, Seller, Stock

_THERE = frozenset({"instock", "limitedavailability", "onlineonly", "instoreonly", "presale", "preorder"})
_GONE = frozenset({"outofstock", "soldout", "discontinued"})
_CONDITIONS = {
    "newcondition": "new",
    "usedcondition": "used",
    "refurbishedcondition": "refurbished",
    "damagedcondition": "damaged",
}
_AGGREGATE = frozenset({"aggregateoffer"})


def translate_product(
    product: Json, *, page: str, place: int = 0, observed_at: datetime
) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read.

    Args:
        product: a thing of type Product or ProductGroup.
        page: the address it was found at.
        place: how many products stand before it on the page; all but the first have their number in the id.
        observed_at: when the page was read.

    Raises `ValueError` where the product has no name: then nothing says what it is.
    """
    errors: list[str] = []
    title = _said(inner(product, "name"))
    if title is None:
        raise ValueError("a product without a name")
    parts = urlsplit(page)
    url = text(product.get("url"))
    offer = _offer(product)
    listing = Listing(
        platform="shop",
        listing_id=f"{parts.netloc.lower()}{parts.path or '/'}" + (f"#{place + 1}" if place else ""),
        url=urljoin(page, url) if url else page,
        title=title,
        description=_said(product.get("description")),
        brand=_said(product.get("brand")),
        category=_said(product.get("category")),
        condition=_condition(offer.get("itemCondition") or product.get("itemCondition")),
        price=_price(offer, errors),
        stock=_stock(offer, observed_at),
        seller=Seller(id=parts.netloc.lower(), name=_said(offer.get("seller"))),
        images=tuple(dict.fromkeys(urljoin(page, found) for found in _images(product))),
        observed_at=observed_at,
    )
    return listing, tuple(errors)


def _said(value: Any) -> str | None:  # noqa: ANN401  # pages write text, things, or lists of them
    """Text, or a thing's name, or the first of several."""
    if isinstance(value, list):
        return next((found for one in value if (found := _said(one))), None)
    if isinstance(value, dict):
        return _said(value.get("name") or value.get("@value"))
    return text(value)


def _things(value: object) -> list[Json]:
    return objects(value if isinstance(value, list) else [value])


def _offer(product: Json) -> Json:
    """The first offer of the product, or of its variants; what a group of offers says stands in for them."""
    offers = _things(product.get("offers"))
    for variant in _things(product.get("hasVariant")):
        offers += _things(variant.get("offers"))
    first = offers[0] if offers else {}
    if is_a(first, _AGGREGATE):
        inside = _things(first.get("offers"))
        return {**(inside[0] if inside else {}), **first, "price": first.get("lowPrice", first.get("price"))}
    return first


def _price(offer: Json, errors: list[str]) -> Money | None:
    specification = next(iter(_things(offer.get("priceSpecification"))), {})
    amount = offer.get("price", specification.get("price"))
    currency = offer.get("priceCurrency") or specification.get("priceCurrency")
    return money(amount, text(currency), errors)


def _condition(value: object) -> str | None:
    found = text(value)
    if found is None:
        return None
    word = last_word(found)
    return _CONDITIONS.get(word.casefold(), word)


def _stock(offer: Json, observed_at: datetime) -> Stock:
    level = offer.get("inventoryLevel")
    exact = count(inner(level, "value") if isinstance(level, dict) else level)
    if exact is not None:
        return Stock(kind="exact", min=exact, max=exact, observed_at=observed_at)
    word = last_word(text(offer.get("availability")) or "").casefold()
    if word in _THERE:
        return Stock(kind="in_stock", observed_at=observed_at)
    return Stock(kind="exact", min=0, max=0, observed_at=observed_at) if word in _GONE else Stock()


def _images(product: Json) -> Iterable[str]:
    images = product.get("image")
    for image in images if isinstance(images, list) else [images]:
        if isinstance(image, dict):
            image = image.get("contentUrl") or image.get("url")  # noqa: PLW2901  # the thing's address
        if found := text(image):
            yield found
