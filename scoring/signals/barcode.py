"""A picture shows a code with one of the brand's GTINs: the goods claim to be the brand's."""

from functools import lru_cache
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence
from scoring.features import CODES, CodeRead, Features, matches
from scoring.gs1 import gtins_in
from scoring.gtin import gtin14, owned
from scoring.listing import Listing
from scoring.signals.interface import Example, Signal

_CORNERS = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.2), (0.1, 0.2))


class Barcode(Signal):
    """Genuine goods bear it too, so it is auxiliary: it says what product is meant, not that it is a fake."""

    name: ClassVar[str] = "barcode"
    needs: ClassVar[tuple[str, ...]] = (CODES,)

    score: float = Field(default=0.70, ge=0, le=1, description="a code with one of the brand's GTINs")

    def idle(self, brand: Brand) -> str | None:
        """Without GTINs there is nothing to compare a code with."""
        return None if brand_gtins(brand.gtins) else f"{brand.name} lists no GTIN"

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Find the first code with a GTIN of the brand's, alone or as a case of several."""
        codes = sorted(
            matches(features, CODES, CodeRead), key=lambda code: (code.image, code.symbology, code.text)
        )
        ours = brand_gtins(brand.gtins)
        for code in codes:
            if hit := owned(gtins_in(code.text), ours):
                read, written = hit
                what = written if gtin14(written) == read else f"{read}, a case of {written}"
                return Evidence(
                    self.score,
                    f"the {code.symbology} on picture {code.image + 1} carries {brand.name}'s GTIN {what}",
                )
        if codes:
            return Abstention(f"the pictures show {len(codes)} codes, none with a GTIN of {brand.name}")
        return Abstention("no barcode could be read in a picture")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Every form in which a GTIN is carried, and what only looks like one."""
        brand = Brand(name="Northpine", gtins=("5701234567899", "036000291452", "96385074"))

        def case(reason: str, says: str, *texts: str, owner: Brand = brand) -> Example:
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
                brand=owner,
                features={
                    CODES: tuple(CodeRead(symbology="EAN-13", text=text, quad=_CORNERS) for text in texts)
                },
                says=says,
                score=(0.7, 0.7) if says == "evidence" else None,
            )

        return (
            case("the EAN-13 itself", "evidence", "5701234567899"),
            case("a UPC-A, read with a zero before it", "evidence", "0036000291452"),
            case("an EAN-8", "evidence", "96385074"),
            case("a case of twelve: another indicator, another check digit", "evidence", "15701234567896"),
            case("a GS1 element string", "evidence", "(01)05701234567899(10)A1B2"),
            case("a Digital Link", "evidence", "https://id.gs1.org/01/05701234567899/21/7"),
            case("among others", "evidence", "https://example.com", "4006381333931", "5701234567899"),
            case("the last digit is another's", "abstention", "5701234567882"),
            case("somebody else's goods", "abstention", "4006381333931"),
            case("the number as a part of another text", "abstention", "X5701234567899"),
            case("no code at all", "abstention"),
            case("nothing to compare with", "abstention", "5701234567899", owner=Brand(name="Fennavel")),
        )


@lru_cache(maxsize=1024)
def brand_gtins(written: tuple[str, ...]) -> dict[str, str]:
    """A brand's GTINs in their 14-digit form, with how it writes them; what is no GTIN is left out."""
    return {gtin: one for one in written if (gtin := gtin14(one)) is not None}
