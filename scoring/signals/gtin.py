"""The listing's own words give one of the brand's GTINs."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence
from scoring.features import Features
from scoring.gtin import owned, said
from scoring.listing import Listing
from scoring.signals.barcode import brand_gtins
from scoring.signals.interface import Example, Signal

_FULLWIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


class Gtin(Signal):
    """Typed, it costs the seller nothing, and resellers of genuine goods type it too.

    So it is auxiliary, and scores below what counts as fired: a name and a GTIN are not two reasons.
    """

    name: ClassVar[str] = "gtin"

    score: float = Field(default=0.40, ge=0, le=1, description="a GTIN of the brand's, in words")

    def idle(self, brand: Brand) -> str | None:
        """Without GTINs there is nothing to look for."""
        return None if brand_gtins(brand.gtins) else f"{brand.name} lists no GTIN"

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Look in the title, then in the description."""
        ours = brand_gtins(brand.gtins)
        for place, text in (("title", listing.title), ("description", listing.description or "")):
            if hit := owned(said(text), ours):
                return Evidence(self.score, f"the {place} gives {brand.name}'s GTIN {hit[1]}")
        return Abstention(f"no GTIN of {brand.name} in title or description")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """How sellers write it, and numbers that are something else."""
        brand = Brand(name="Northpine", gtins=("5701234567899", "96385074"))

        def case(reason: str, says: str, title: str, *, text: str | None = None) -> Example:
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", title=title, description=text),
                brand=brand,
                says=says,
                score=(0.4, 0.4) if says == "evidence" else None,
            )

        return (
            case("a word of its own", "evidence", "Steel bottle 5701234567899"),
            case("in the description, with its label", "evidence", "Bottle", text="EAN:5701234567899."),
            case("grouped as under the bars", "evidence", "Bottle 5 701234 567899"),
            case("in fullwidth digits", "evidence", "Bottle 5701234567899".translate(_FULLWIDTH)),
            case("eight digits with a label", "evidence", "Sachet EAN 96385074"),
            case("eight digits without one may be anything", "abstention", "Sachet 96385074"),
            case("a part of a longer number", "abstention", "Bottle 57012345678990"),
            case("a part of a word", "abstention", "Bottle SKU5701234567899"),
            case("another's", "abstention", "Bottle 4006381333931"),
        )
