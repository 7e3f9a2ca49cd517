"""Clears a listing whose seller the brand has authorised, on that platform and day."""

from datetime import UTC, date, datetime
from typing import ClassVar

from scoring.brand import AuthorisedSeller, Brand
from scoring.evidence import Abstention, Exemption
from scoring.features import Features
from scoring.listing import Listing, Seller
from scoring.signals.interface import Example, Signal


class AuthorisedSellerSignal(Signal):
    """The brand's own list decides; the same seller elsewhere or outside the dates is not covered."""

    name: ClassVar[str] = "authorised_seller"
    weighs: ClassVar[bool] = False

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Exemption | Abstention:
        """Clear the listing, or say why the list does not cover it."""
        if listing.seller is None:
            return Abstention("the listing names no seller")
        if any(seller.covers(listing) for seller in brand.authorised_sellers):
            return Exemption(
                "authorised_seller",
                f"{listing.seller.id} is authorised by {brand.name} on {listing.platform}",
            )
        known = [s for s in brand.authorised_sellers if s.seller_id == listing.seller.id]
        if not known:
            return Abstention(f"{listing.seller.id} is not on {brand.name}'s list")
        if all(seller.platform != listing.platform for seller in known):
            where = ", ".join(sorted({seller.platform for seller in known}))
            return Abstention(f"{listing.seller.id} is authorised on {where}, not on {listing.platform}")
        return Abstention(f"{listing.seller.id} is authorised for other dates or territories")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Platform, seller, territory and dates all have to agree."""
        brand = Brand(
            name="Northpine",
            authorised_sellers=(
                AuthorisedSeller(
                    platform="ebay",
                    seller_id="northpine-official",
                    territories=("DE",),
                    valid_from=date(2026, 1, 1),
                    valid_to=date(2026, 12, 31),
                ),
            ),
        )

        def case(reason: str, says: str, *, platform: str, day: datetime, country: str | None) -> Example:
            listing = Listing(
                platform=platform,
                listing_id="1",
                seller=Seller(id="northpine-official", country=country),
                observed_at=day,
            )
            return Example(reason=reason, listing=listing, brand=brand, says=says)

        day = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
        after = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
        return (
            case("on the list, on its last day", "exemption", platform="ebay", day=day, country="DE"),
            case(
                "a day after the authorisation ended", "abstention", platform="ebay", day=after, country="DE"
            ),
            case("another platform, same name", "abstention", platform="etsy", day=day, country="DE"),
            case("another territory", "abstention", platform="ebay", day=day, country="FR"),
            case(
                "territory not told: the brand's list is believed",
                "exemption",
                platform="ebay",
                day=day,
                country=None,
            ),
            Example(
                reason="nobody named",
                listing=Listing(platform="ebay", listing_id="2"),
                brand=brand,
                says="abstention",
            ),
        )
