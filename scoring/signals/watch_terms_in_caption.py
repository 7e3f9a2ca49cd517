"""A class of illegal or prohibited goods, by what a network would write under the pictures."""

from collections.abc import Collection
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, WatchTerm
from scoring.features import CAPTIONS, Caption, Features, matches
from scoring.listing import Listing
from scoring.names import Spelling, index_of, read
from scoring.signals.interface import Example
from scoring.signals.names_in_caption import captioned
from scoring.signals.watch_terms import WatchTermSignal, denied


class WatchTermsInCaption(WatchTermSignal):
    """What goods look like may be told where no word of them is written: a syringe, a pair of knuckles."""

    name: ClassVar[str] = "watch_terms_in_caption"
    needs: ClassVar[tuple[str, ...]] = (CAPTIONS,)
    absent: ClassVar[str] = "no caption names a class that {brand} watches for"

    written: float = Field(default=0.40, ge=0, le=1, description="a primary keyword in a caption")
    alternative: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="an alternative keyword alone; two of them count as a primary one",
    )

    def said(self, words: tuple[str, ...], listing: Listing, features: Features) -> dict[str, str]:
        """In any caption, as it is spelled."""
        said: dict[str, str] = {}
        for it in matches(features, CAPTIONS, Caption):
            reading, place = read(it.caption), f"caption of picture {it.image + 1}"
            for hit in index_of(words).search(reading):
                if hit.spelling is not Spelling.MISSPELT and not denied(reading, hit):
                    said.setdefault(hit.word, place)
        return said

    def telling(self, places: Collection[str]) -> float:
        """One caption is worth as much as another."""
        return self.written

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Primary and alternative keywords, a denial, a misspelling, and no caption at all."""
        term = WatchTerm.model_validate(
            {"class": "injectables", "primary": ["syringe"], "alternatives": ["vial", "needle"]}
        )
        brand = Brand(name="Fennavel", watch_terms=(term,))
        return (
            captioned("a primary keyword", brand, "a syringe and a box", says="evidence", score=0.40),
            captioned("an alternative alone", brand, "a vial on a table", says="evidence", score=0.25),
            captioned(
                "two of them, on two pictures", brand, "a vial", "a needle", says="evidence", score=0.40
            ),
            captioned("what is not there", brand, "a bottle without needle", says="abstention"),
            captioned("nearly a keyword", brand, "a syrinnge", says="abstention"),
            captioned("something else", brand, "a steel bottle", says="abstention"),
            captioned("nothing written", brand, says="abstention"),
        )
