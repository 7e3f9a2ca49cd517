"""A class of illegal or prohibited goods, by the words that its brand told us to watch for."""

import re
from abc import abstractmethod
from collections.abc import Collection
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


class WatchTermSignal(Signal):
    """The class of which most is said; a subclass says where it looks, and what a place is worth.

    The verdict's subject is then the class. What a listing denies ("mercury-free") it does not say.
    """

    absent: ClassVar[str]

    alternative: float = Field(
        default=0.55,
        ge=0,
        le=1,
        description="an alternative keyword alone; two of them count as a primary one",
    )

    def idle(self, brand: Brand) -> str | None:
        """Most brands watch for nothing."""
        return None if brand.watch_terms else f"{brand.name} watches for no class of goods"

    @abstractmethod
    def said(self, words: tuple[str, ...], listing: Listing, features: Features) -> dict[str, str]:
        """Which of the words a listing says and does not deny, each with the first place that says it."""

    @abstractmethod
    def telling(self, places: Collection[str]) -> float:
        """The score of a primary keyword that is said in these places."""

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the class of which most is said."""
        found = [
            evidence
            for term in brand.watch_terms
            if (evidence := self._weigh_class(term, listing, features)) is not None
        ]
        if not found:
            return Abstention(self.absent.format(brand=brand.name))
        return max(found, key=lambda evidence: evidence.score)

    def _weigh_class(self, term: WatchTerm, listing: Listing, features: Features) -> Evidence | None:
        primary = self.said(term.primary, listing, features)
        others = self.said(term.alternatives, listing, features)
        if not primary and not others:
            return None
        telling = primary or (others if len(others) > 1 else {})
        score = self.telling(telling.values()) if telling else self.alternative
        said = ", ".join(f"{word!r} in the {place}" for word, place in {**primary, **others}.items())
        return Evidence(score, f"{term.class_}: {said}", subject=term.class_)


class WatchTerms(WatchTermSignal):
    """In the title and the description."""

    name: ClassVar[str] = "watch_terms"
    absent: ClassVar[str] = "no keyword of a class that {brand} watches for"

    in_title: float = Field(default=0.75, ge=0, le=1, description="a primary keyword in the title")
    in_description: float = Field(default=0.65, ge=0, le=1, description="one in the description only")

    def said(self, words: tuple[str, ...], listing: Listing, features: Features) -> dict[str, str]:
        """In title and description, however it is spelled."""
        places = {"title": read(listing.title), "description": read(listing.description or "")}
        said: dict[str, str] = {}
        for place, reading in places.items():
            for hit in index_of(words).search(reading):
                if not denied(reading, hit):
                    said.setdefault(hit.word, place)
        return said

    def telling(self, places: Collection[str]) -> float:
        """The title counts more."""
        return self.in_title if "title" in places else self.in_description

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


def denied(reading: Reading, hit: Hit) -> bool:
    """Whether the words about a keyword say that the goods are without it."""
    if hit.start < 0:
        return False
    before, after = reading.around(hit.start, hit.end)
    return bool(_DENIED_BEFORE.search(before[-24:]) or _DENIED_AFTER.match(after))
