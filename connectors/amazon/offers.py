"""The offers on a page that is known already. Pure: a listing and `getItemOffers` to what became of it."""

from collections.abc import Sequence
from datetime import datetime

from connectors.amazon.translate import translate_offer
from connectors.interface import Detail
from connectors.web import Json
from scoring.listing import Listing


def offers_on(known: Listing, offers: Sequence[Json], *, observed_at: datetime) -> Detail:
    """What stands on the page of a listing, be it the page itself or one seller's offer on it.

    Args:
        known: under its ASIN, or under `ASIN/SELLER` as `translate_offer` calls offers.
        offers: all of one condition, the cheapest first.
        observed_at: when they were asked for.
    """
    asin, _, seller = known.listing_id.partition("/")
    page = known.model_copy(
        update={"listing_id": asin, "url": (known.url or "").partition("?")[0], "observed_at": observed_at}
    )
    found: list[Listing] = []
    featured: int | None = None
    errors: list[str] = []
    for offer in offers:
        try:
            listing, faults = translate_offer(offer, page=page, taken=[it.listing_id for it in found])
        except ValueError as error:
            errors.append(str(error))
            continue
        if featured is None and offer.get("IsBuyBoxWinner") is True:
            featured = len(found)
        found.append(listing)
        errors += faults
    if seller:
        return _offer(known, found, tuple(errors))
    if not found:
        return Detail(listing=page, errors=tuple(errors))
    shown = found.pop(featured or 0)
    told = {name: getattr(shown, name) for name in ("condition", "price", "seller")}
    return Detail(listing=page.model_copy(update=told), others=tuple(found), errors=tuple(errors))


def _offer(known: Listing, found: Sequence[Listing], errors: tuple[str, ...]) -> Detail:
    """One seller's offer, which is gone where it stands among the page's no more."""
    now = next((it for it in found if it.listing_id == known.listing_id), None)
    if now is None:
        return Detail(listing=known, gone=True, errors=errors)
    return Detail(listing=now, others=tuple(it for it in found if it is not now), errors=errors)
