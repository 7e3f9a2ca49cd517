"""The brand's words in what a network would write under the pictures."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import CAPTIONS, Caption, Features, matches
from scoring.listing import Listing
from scoring.signals.interface import Example, Signal
from scoring.signals.names import Names


class NamesInCaption(Signal):
    """A caption names what its network has often seen under such pictures, also where no name is to be seen.

    So it counts for less than any word that somebody wrote or printed: half of what a title does, and nothing
    where it would take a misspelling to be read as the name, for networks do not disguise.
    """

    name: ClassVar[str] = "names_in_caption"
    needs: ClassVar[tuple[str, ...]] = (CAPTIONS,)

    written: float = Field(default=0.35, ge=0, le=1, description="as its owner writes it")
    reference: float = Field(default=0.15, ge=0, le=1, description="as what the goods fit or resemble")
    ordinary: float = Field(default=0.10, ge=0, le=1, description="but an ordinary word")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling caption."""
        captions = matches(features, CAPTIONS, Caption)
        grading = Names(
            in_title=self.written,
            disguised=0.0,
            misspelt=0.0,
            reference=self.reference,
            ordinary=self.ordinary,
        )
        said = grading.most_telling(
            [(f"caption of picture {it.image + 1}", it.caption) for it in captions], brand
        )
        if said is None or not said.score:
            return Abstention(f"no caption names {brand.name}")
        return said

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Named, as what it fits, an ordinary word, nearly named, and no caption at all."""
        northpine, supreme = Brand(name="Northpine", marks=(Mark(text="NORTHPINE"),)), Brand(name="Supreme")
        return (
            captioned("named", northpine, "a northpine steel bottle on a table", says="evidence", score=0.35),
            captioned(
                "as what it fits", northpine, "a lid for northpine bottles", says="evidence", score=0.15
            ),
            captioned("an ordinary word", supreme, "a pizza of supreme quality", says="evidence", score=0.10),
            captioned("another word", northpine, "northpineville in winter", says="abstention"),
            captioned("nearly the name", northpine, "a northpime bottle", says="abstention"),
            captioned("nothing written", northpine, says="abstention"),
        )


def captioned(reason: str, brand: Brand, *captions: str, says: str, score: float | None = None) -> Example:
    """A case with a picture for each caption; for the examples of signals that read them."""
    written = tuple(
        Caption(caption=it, writer="coca-vit-b-32-1a2b", image=n) for n, it in enumerate(captions)
    )
    return Example(
        reason=reason,
        listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
        brand=brand,
        features={CAPTIONS: written},
        says=says,
        score=None if score is None else (score, score),
    )
