"""A class of illegal or prohibited goods, by the words that its brand told us to watch for."""

import re
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, WatchTerm
from scoring.evidence import Abstention, Evidence
from scoring.features import Features
from scoring.listing import Listing
from scoring.names import Hit, Reading, index_of, read
from scoring.signals.interface import Example, Signal

_DENIED_BEFORE = re.compile(
    r"(?<!\w)(?:no|not|non|without|free (?:of|from)|never|kein|keine|ohne|frei von|sans|pas de|sin|libre de|"
    r"senza|sem)"
    r"\s*$"
)
_DENIED_AFTER = re.compile(r"[\s-]*(?:free|frei)(?!\w)")


class WatchTerms(Signal):
    """The verdict's subject is then the class. What a listing denies ("mercury-free") it does not say."""

    name: ClassVar[str] = "watch_terms"

    in_title: float = Field(default=0.75, ge=0, le=1, description="a primary keyword in the title")
    in_description: float = Field(default=0.65, ge=0, le=1, description="one in the description only")
    alternative: float = Field(
        default=0.55,
        ge=0,
        le=1,
        description="an alternative keyword alone; two of them count as a primary one",
    )

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the class of which most is said."""
        if not brand.watch_terms:
            return Abstention(f"{brand.name} watches for no class of goods")
        texts = {"title": read(listing.title), "description": read(listing.description or "")}
        found = [e for term in brand.watch_terms if (e := self._weigh_class(term, texts)) is not None]
        if not found:
            return Abstention(f"no keyword of a class that {brand.name} watches for")
        return max(found, key=lambda evidence: evidence.score)

    def _weigh_class(self, term: WatchTerm, texts: dict[str, Reading]) -> Evidence | None:
        primary = _said(term.primary, texts)
        others = _said(term.alternatives, texts)
        if not primary and not others:
            return None
        telling = primary or (others if len(others) > 1 else {})
        if telling:
            openly = "title" in telling.values()
            score = self.in_title if openly else self.in_description
        else:
            score = self.alternative
        said = ", ".join(f"{word!r} in the {place}" for word, place in {**primary, **others}.items())
        return Evidence(score, f"{term.class_}: {said}", subject=term.class_)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Primary and alternative keywords, each alone and together; denials; disguises."""
        term = WatchTerm.model_validate(
            {"class": "banned-metals", "primary": ["mercury"], "alternatives": ["quicksilver", "calomel"]}
        )
        brand = Brand(name="Fennavel", watch_terms=(term,))

        def case(reason: str, says: str, title: str, *score: float, text: str | None = None) -> Example:
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", title=title, description=text),
                brand=brand,
                says=says,
                score=(score[0], score[0]) if score else None,
            )

        return (
            case("a primary keyword in the title", "evidence", "Mercury face cream", 0.75),
            case("a primary keyword in disguise", "evidence", "M3rcury face cream", 0.75),
            case("only in the description", "evidence", "Face cream", 0.65, text="with mercury"),
            case("one alternative keyword alone", "evidence", "Quicksilver cream", 0.55),
            case("two alternative keywords", "evidence", "Quicksilver and calomel cream", 0.75),
            case("what is denied is not said", "abstention", "Cream, mercury-free, without mercury"),
            case("denied and said", "evidence", "Mercury-free? No: real mercury inside", 0.75),
            case("an ordinary cream", "abstention", "Face cream 50 ml"),
        )


def _said(words: tuple[str, ...], texts: dict[str, Reading]) -> dict[str, str]:
    """Which of the words a listing says, and where first."""
    said: dict[str, str] = {}
    for place, reading in texts.items():
        for hit in index_of(words).search(reading):
            if not _denied(reading, hit):
                said.setdefault(hit.word, place)
    return said


def _denied(reading: Reading, hit: Hit) -> bool:
    if hit.start < 0:
        return False
    before, after = reading.around(hit.start, hit.end)
    return bool(_DENIED_BEFORE.search(before[-24:]) or _DENIED_AFTER.match(after))
