"""The brand's words in the text that a paid service read in the pictures."""

from itertools import groupby
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import VISION_TEXT, Features, PaidText, matches
from scoring.listing import Listing
from scoring.signals.interface import Example, Signal
from scoring.signals.names import Names

_WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class VisionText(Signal):
    """Graded like a title by `names`, but a disguise may be a letter read wrongly, so it is not worse."""

    name: ClassVar[str] = "vision_text"
    needs: ClassVar[tuple[str, ...]] = (VISION_TEXT,)

    openly: float = Field(default=0.70, ge=0, le=1, description="as the brand writes it")
    unclear: float = Field(default=0.60, ge=0, le=1, description="disguised, misspelt or misread")
    reference: float = Field(default=0.30, ge=0, le=1, description="as what the goods fit or resemble")
    ordinary: float = Field(default=0.25, ge=0, le=1, description="openly, but an ordinary word")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling picture; a name may run over several of its lines."""
        lines = sorted(matches(features, VISION_TEXT, PaidText), key=lambda line: line.image)
        pictures = [
            (f"text in picture {image + 1}", "\n".join(line.text for line in read))
            for image, read in groupby(lines, key=lambda line: line.image)
        ]
        grading = Names(
            in_title=self.openly,
            disguised=self.unclear,
            misspelt=self.unclear,
            reference=self.reference,
            ordinary=self.ordinary,
        )
        return grading.most_telling(pictures, brand) or Abstention(
            f"no word of {brand.name} was read in a picture"
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What `names` tells apart, as far as a picture's text can show it."""
        return (
            _example("printed as the brand writes it", ("750 ml", "NORTHPINE"), "evidence", 0.70),
            _example("over two lines", ("NORTH", "PINE"), "evidence", 0.70),
            _example("a digit for a letter, or a letter misread", ("N0RTHPINE",), "evidence", 0.60),
            _example("a letter lost", ("NORTHPNE",), "evidence", 0.60),
            _example("what it fits", ("lid for Northpine",), "evidence", 0.30),
            _example("another word", ("northpineville",), "abstention"),
            _example("nothing was read", (), "abstention"),
        )


def _example(reason: str, lines: tuple[str, ...], says: str, score: float | None = None) -> Example:
    return Example(
        reason=reason,
        listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
        brand=Brand(name="Northpine", marks=(Mark(text="NORTHPINE", alternatives=("North Pine",)),)),
        features={VISION_TEXT: tuple(PaidText(text=line, language="en", quad=_WHOLE) for line in lines)},
        says=says,
        score=None if score is None else (score, score),
    )
