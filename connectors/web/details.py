"""A listing looked up by itself, joined with what was known of it."""

from collections.abc import Awaitable, Callable, Sequence

from connectors.interface import Detail
from connectors.web.session import GoneError
from scoring.errors import SourceError
from scoring.listing import Listing, Seller, Stock

LookUp = Callable[[Sequence[Listing]], Awaitable[Sequence[Detail]]]
"""Some listings to a detail each, in their order."""

LookUpOne = Callable[[Listing], Awaitable[Detail]]
"""One listing to its detail; it may raise `GoneError`, or `SourceError` for what is wrong with this one."""

_SAYS_NOTHING = (None, "", (), Stock())


def one_by_one(look_up: LookUpOne) -> LookUp:
    """Of a platform that is asked for one at a time. One that is gone or refused does not end the others."""

    async def every(listings: Sequence[Listing]) -> list[Detail]:
        return [await _answered(look_up, listing) for listing in listings]

    return every


async def _answered(look_up: LookUpOne, listing: Listing) -> Detail:
    try:
        return await look_up(listing)
    except GoneError:
        return Detail(listing=listing, gone=True)
    except SourceError as error:
        return Detail(listing=listing, errors=(str(error),))


def completed(known: Listing, found: Listing) -> Listing:
    """What a look-up found and, where that says nothing, what was known; the id stays the known one.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 24, tzinfo=UTC)
    >>> known = Listing(platform="ebay", listing_id="1", title="Mug", brand="Fennavel", observed_at=at)
    >>> found = Listing(platform="ebay", listing_id="1", title="Mug, blue", observed_at=at)
    >>> both = completed(known, found)
    >>> both.title, both.brand
    ('Mug, blue', 'Fennavel')
    """
    said = {
        name: value
        for name in Listing.model_fields
        if name not in ("platform", "listing_id") and (value := getattr(found, name)) not in _SAYS_NOTHING
    }
    if known.seller is not None and found.seller is not None and known.seller.id == found.seller.id:
        said["seller"] = _seller(known.seller, found.seller)
    return known.model_copy(update=said)


def _seller(known: Seller, found: Seller) -> Seller:
    """One and the same seller, of whom the two may say different things."""
    said = {name: value for name in Seller.model_fields if (value := getattr(found, name)) is not None}
    return known.model_copy(update=said)
