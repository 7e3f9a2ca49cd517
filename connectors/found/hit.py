"""What an image search, or a list of addresses, says of one page; and what the page itself then says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from connectors.found.places import place_of
from connectors.shop.translate import translate_product
from connectors.web import Json
from connectors.web.words import inner, text
from scoring.listing import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One page, one picture on it, or both."""

    page: str = ""
    picture: str = ""
    title: str = ""

    @classmethod
    def read(cls, found: Json, *, page: str, pictures: Sequence[Sequence[str]]) -> Self:
        """An entry of a search's answer, which has its page under a name and its picture behind others.

        `pictures` are the places of a picture, the best first: the page's own, and else a thumbnail.

        >>> Hit.read({"link": "a", "small": {"src": "b"}}, page="link", pictures=[["big"], ["small", "src"]])
        Hit(page='a', picture='b', title='')
        """
        shown = (text(inner(found, *names)) for names in pictures)
        return cls(
            page=text(found.get(page)) or "",
            picture=next((one for one in shown if one), ""),
            title=text(found.get("title")) or "",
        )

    @property
    def id(self) -> str:
        """What tells it from others."""
        return self.page or self.picture


def unique(hits: Sequence[Hit]) -> list[Hit]:
    """Each page once, in the order in which they were found, with what any of them says.

    >>> unique([Hit(page="a"), Hit(page="b"), Hit(page="a", title="A")])
    [Hit(page='a', picture='', title='A'), Hit(page='b', picture='', title='')]
    """
    known: dict[str, Hit] = {}
    for hit in hits:
        first = known.setdefault(hit.id, hit)
        known[hit.id] = replace(first, picture=first.picture or hit.picture, title=first.title or hit.title)
    return [hit for hit in known.values() if hit.id]


def translate_hit(
    hit: Hit, products: Sequence[Json], *, reason: str = "", observed_at: datetime
) -> tuple[Listing, tuple[str, ...]]:
    """A listing, and what of it could not be read.

    A page of a marketplace that has a connector of its own is that marketplace's listing, so that both are
    one; its seller stays unknown, since a page's host is none. Any other page is its own shop's.

    Args:
        hit: what was found.
        products: what the page sells, by its JSON-LD; of several the one that shows the picture counts.
        reason: why there are none, where there are none.
        observed_at: when the page was read.
    """
    listing, errors = _listing(hit, products, observed_at)
    pictures = tuple(dict.fromkeys((*listing.images, hit.picture))) if hit.picture else listing.images
    told: dict[str, object] = {"images": pictures, "title": listing.title or hit.title}
    if place := place_of(hit.page):
        told |= {"platform": place[0], "listing_id": place[1], "seller": None}
    return listing.model_copy(update=told), (*errors, *((reason,) if reason else ()))


def _listing(hit: Hit, products: Sequence[Json], at: datetime) -> tuple[Listing, tuple[str, ...]]:
    read: list[tuple[Listing, tuple[str, ...]]] = []
    faults: list[str] = []
    for product in products:
        try:
            read.append(translate_product(product, page=hit.page, observed_at=at))
        except ValueError as error:
            faults.append(str(error))
    shown = next((one for one in read if hit.picture and hit.picture in one[0].images), None)
    if found := shown or next(iter(read), None):
        return found
    parts = urlsplit(hit.page)
    own_id = f"{parts.netloc.lower()}{parts.path or '/'}" if hit.page else hit.picture
    bare = Listing(platform="shop", listing_id=own_id, url=hit.page or None, title=hit.title, observed_at=at)
    return bare, tuple(faults)
