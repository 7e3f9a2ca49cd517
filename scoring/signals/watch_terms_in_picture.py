"""A class of illegal or prohibited goods, by its words on the goods themselves."""

from collections.abc import Collection
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, WatchTerm
from scoring.features import TEXT, Features, TextLine, matches
from scoring.listing import Listing
from scoring.names import Spelling, index_of, read
from scoring.passages import passages
from scoring.signals.interface import Example
from scoring.signals.text_in_picture import example, line
from scoring.signals.watch_terms import WatchTermSignal, denied

_SURE = 0.80
"""The confidence from which a line is believed: a keyword is any word, and misread words are words too."""


class WatchTermsInPicture(WatchTermSignal):
    """Its own signal, so that a title's keywords are not kept waiting for pictures to be read."""

    name: ClassVar[str] = "watch_terms_in_picture"
    needs: ClassVar[tuple[str, ...]] = (TEXT,)
    absent: ClassVar[str] = "no keyword of a class that {brand} watches for is read in a picture"

    printed: float = Field(default=0.65, ge=0, le=1, description="a primary keyword in a picture")
    alternative: float = Field(
        default=0.45,
        ge=0,
        le=1,
        description="an alternative keyword alone; two of them count as a primary one",
    )

    def said(self, words: tuple[str, ...], listing: Listing, features: Features) -> dict[str, str]:
        """On any picture, in one line or in lines that follow each other; nothing that is misspelt.

        What lines that follow each other deny ("WITHOUT / MERCURY") the picture does not say.
        """
        said: dict[str, str] = {}
        unsaid: set[tuple[str, str]] = set()
        for passage in passages(matches(features, TEXT, TextLine)):
            if passage.confidence < _SURE:
                continue
            reading, place = read(passage.text), f"text of picture {passage.lines[0].image + 1}"
            for hit in index_of(words).search(reading):
                if denied(reading, hit):
                    unsaid.add((hit.word, place))
                elif hit.spelling is not Spelling.MISSPELT:
                    said.setdefault(hit.word, place)
        return {word: place for word, place in said.items() if (word, place) not in unsaid}

    def telling(self, places: Collection[str]) -> float:
        """One picture is worth as much as another."""
        return self.printed

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Primary and alternative keywords, denials within a line and across two, lines read unsurely."""
        term = WatchTerm.model_validate(
            {"class": "banned-metals", "primary": ["mercury"], "alternatives": ["quicksilver", "calomel"]}
        )
        watching = Brand(name="Fennavel", watch_terms=(term,))

        def case(reason: str, says: str, *lines: TextLine, score: float | None = None) -> Example:
            return example(reason, says, *lines, score=score, brand=watching)

        return (
            case("a primary keyword", "evidence", line("with MERCURY oxide"), score=0.65),
            case("one alternative keyword alone", "evidence", line("calomel"), score=0.45),
            case(
                "two alternative keywords",
                "evidence",
                line("calomel"),
                line("quicksilver", row=4),
                score=0.65,
            ),
            case("denied in its line", "abstention", line("mercury-free")),
            case("denied by the line before", "abstention", line("WITHOUT"), line("MERCURY", row=1)),
            case(
                "the line before is too far off to deny", "evidence", line("WITHOUT"), line("MERCURY", row=4)
            ),
            case("a letter amiss may be another word", "abstention", line("mercurx")),
            case("read surely enough", "evidence", line("mercury", sure=0.80), score=0.65),
            case("read too unsurely", "abstention", line("mercury", sure=0.79)),
            example("nothing is watched for", "abstention", line("mercury")),
        )
