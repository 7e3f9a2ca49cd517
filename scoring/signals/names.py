"""The brand's words in a listing's text: exact, whatever the case, and behind NFKC disguises."""

import re
import unicodedata
from functools import lru_cache
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import Features
from scoring.listing import Listing
from scoring.signals.interface import Example, Signal


class Names(Signal):
    """A name that had to be unmasked is worse than one written openly; the title counts most."""

    name: ClassVar[str] = "names"

    in_title: float = Field(default=0.70, ge=0, le=1, description="written openly in the title or brand")
    in_description: float = Field(default=0.55, ge=0, le=1, description="only in the description")
    disguised: float = Field(default=0.90, ge=0, le=1, description="legible only after normalising")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling place in which one of the brand's words stands."""
        found: list[Evidence] = []
        for place, text, openly in (
            ("title", listing.title, self.in_title),
            ("brand field", listing.brand or "", self.in_title),
            ("description", listing.description or "", self.in_description),
        ):
            word = find(brand.words, normalise(text))
            if word is None:
                continue
            if find(brand.words, text.casefold()) is not None:
                found.append(Evidence(openly, f"the {place} says {word!r}"))
            else:
                found.append(Evidence(self.disguised, f"the {place} says {word!r} in disguised letters"))
        if not found:
            return Abstention(f"no word of {brand.name} in title, brand or description")
        return max(found, key=lambda evidence: evidence.score)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Case, width and zero-width disguises, word boundaries, and a language without spaces."""
        brand = Brand(name="Northpine", marks=(Mark(text="NORTHPINE", alternatives=("North Pine", "北松")),))

        def case(
            reason: str, title: str, says: str, *score: float, description: str | None = None
        ) -> Example:
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", title=title, description=description),
                brand=brand,
                says=says,
                score=(score[0], score[1]) if score else None,
            )

        return (
            case("as the brand writes it", "Northpine steel bottle", "evidence", 0.7, 0.7),
            case("another case", "bottle NORTHPINE 750ml", "evidence", 0.7, 0.7),
            case("an alternative with irregular space", "North  Pine bottle", "evidence", 0.7, 0.7),
            case("only the description", "Steel bottle", "evidence", 0.55, 0.55, description="by northpine."),
            case("a fullwidth letter, unmasked by NFKC", "\uff2eorthpine bottle", "evidence", 0.9, 0.9),
            case("a zero-width space inside", "North\u200bpine bottle", "evidence", 0.9, 0.9),
            case("part of a longer word is another word", "Northpineville souvenir mug", "abstention"),
            case("touching punctuation is still the word", "(northpine) bottle", "evidence", 0.7, 0.7),
            case("no spaces in the language", "正品北松保温杯", "evidence", 0.7, 0.7),
            case("nothing of the brand", "Steel bottle", "abstention"),
        )


def normalise(text: str) -> str:
    r"""NFKC, no invisible characters (category Cf), casefolded, single spaces.

    >>> normalise("\uff2eorth\u200bpine ®")
    'northpine ®'
    """
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return " ".join(visible.casefold().split())


def find(words: tuple[str, ...], text: str) -> str | None:
    """The first of the words that stands in a casefolded text as a word of its own."""
    match = _pattern(words).search(text)
    if match is None:
        return None
    return words[int(match.lastgroup.removeprefix("w"))] if match.lastgroup else None


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<w{number}>{_bounded(word)})" for number, word in enumerate(words)))


def _bounded(word: str) -> str:
    spelled = r"\s+".join(re.escape(part) for part in normalise(word).split())
    # Scripts without spaces (Han, kana, Thai …) have no word boundary to ask for.
    before = r"(?<!\w)" if _spaced(spelled[:1]) else ""
    after = r"(?!\w)" if _spaced(spelled[-1:]) else ""
    return f"{before}{spelled}{after}"


def _spaced(letter: str) -> bool:
    return not unicodedata.name(letter, "").startswith(
        ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER")
    )
