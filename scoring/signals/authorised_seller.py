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
        seller = listing.seller
        known = [it for it in brand.authorised_sellers if it.names(seller.id)]
        refusals = [it.refusal(listing) for it in known]
        if None in refusals:
            return Exemption(
                "authorised_seller", f"{seller.id} is authorised by {brand.name} on {listing.platform}"
            )
        if known:
            return Abstention(f"{seller.id} is {'; '.join(dict.fromkeys(filter(None, refusals)))}")
        if seller.name and any(it.names(seller.name) for it in brand.authorised_sellers):
            return Abstention(
                f"{brand.name}'s list has {seller.name!r}, which is this seller's name: names can be copied, "
                f"so list its id ({seller.id}) if it is them"
            )
        return Abstention(f"{seller.id} is not on {brand.name}'s list")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Platform, seller, territory and dates all have to agree."""
        brand = Brand(
            name="Northpine",
            authorised_sellers=(
                AuthorisedSeller(
                    platform="ebay",
                    seller_id="northpine-official",
                    territories=("DE", "AT", "UK"),
                    valid_from=date(2026, 1, 1),
                    valid_to=date(2026, 12, 31),
                ),
            ),
        )

        def case(
            reason: str, says: str, day: datetime, *, seller: str = "northpine-official", **more: str
        ) -> Example:
            shown = Seller(id=seller, name=more.get("name"), country=more.get("country"))
            listing = Listing(
                platform=more.get("platform", "ebay"),
                listing_id="1",
                url=more.get("url"),
                seller=shown,
                observed_at=day,
            )
            return Example(reason=reason, listing=listing, brand=brand, says=says)

        day = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
        before = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
        after = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
        return (
            case("on the list, on its last day", "exemption", day, country="DE"),
            case("a day after the authorisation ended", "abstention", after, country="DE"),
            case("its first day is not yet", "abstention", before, country="DE"),
            case("capitals do not matter", "exemption", day, country="DE", seller="Northpine-Official"),
            case("a letter that only looks like it", "abstention", day, seller="northpine-officia\u04cf"),
            case(
                "only a shop's name, under another id",
                "abstention",
                day,
                seller="x",
                name="northpine-official",
            ),
            case(
                "the marketplace's country counts",
                "abstention",
                day,
                country="DE",
                url="https://www.ebay.fr/itm/1",
            ),
            case("and not the seller's", "exemption", day, country="CN", url="https://www.ebay.at/itm/1"),
            case(
                "an address that tells no country",
                "exemption",
                day,
                country="AT",
                url="https://www.ebay.com/itm/1",
            ),
            case("the United Kingdom by either code", "exemption", day, country="GB"),
            case("another platform, same name", "abstention", day, platform="etsy", country="DE"),
            case("another territory", "abstention", day, country="FR"),
            case("territory not told: the brand's list is believed", "exemption", day),
            Example(
                reason="nobody named",
                listing=Listing(platform="ebay", listing_id="2"),
                brand=brand,
                says="abstention",
            ),
        )
