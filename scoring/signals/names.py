"""The brand's words in a listing's text, however they are written."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import Features
from scoring.listing import Listing
from scoring.names import index_of, normalise, read
from scoring.names.senses import BRAND_FIELD, DESCRIPTION, TITLE, Mention, Sense, sense_of
from scoring.signals.interface import Example, Signal


class Names(Signal):
    """A name that had to be unmasked is worse than one written openly; the title counts most.

    A name written openly may still mean little: "for X" tells what goods fit, and a brand whose name
    is an ordinary word is not meant by every use of it.
    """

    name: ClassVar[str] = "names"

    in_title: float = Field(default=0.70, ge=0, le=1, description="written openly in the title or brand")
    in_description: float = Field(default=0.55, ge=0, le=1, description="only in the description")
    disguised: float = Field(default=0.90, ge=0, le=1, description="legible only after normalising")
    misspelt: float = Field(default=0.70, ge=0, le=1, description="a letter or two amiss, in the title")
    reference: float = Field(
        default=0.30, ge=0, le=1, description="openly, as what the goods fit or resemble"
    )
    ordinary: float = Field(default=0.25, ge=0, le=1, description="openly, but an ordinary word")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling place in which one of the brand's words stands."""
        places = (
            (TITLE, listing.title),
            (BRAND_FIELD, listing.brand or ""),
            (DESCRIPTION, listing.description or ""),
        )
        said = self.most_telling(places, brand)
        return said or Abstention(f"no word of {brand.name} in title, brand or description")

    def most_telling(self, places: Iterable[tuple[str, str]], brand: Brand) -> Evidence | None:
        """The best evidence among (place, text) pairs; a place that is no description counts like a title."""
        index = index_of(brand.words)
        found = [
            Mention(hit, reading, place)
            for place, text in places
            if text
            for reading in (read(text),)
            for hit in index.search(reading)
        ]
        graded = (self._grade(one, sense_of(one, found, brand.languages)) for one in found)
        return max(graded, key=lambda evidence: evidence.score, default=None)

    def _grade(self, one: Mention, sense: Sense) -> Evidence:
        hit, place = one.hit, one.place
        open_score = self.in_description if place == DESCRIPTION else self.in_title
        said = f"the {place} says {hit.word!r}"
        match sense:
            case Sense.DISGUISED:
                return Evidence(self.disguised, f"{said} in disguise: {hit.written!r}, {hit.how}")
            case Sense.MISSPELT:
                detail = f"the {place} says {hit.written!r}: {hit.word!r} {hit.how}"
                return Evidence(min(self.misspelt, open_score), detail)
            case Sense.REFERRING:
                detail = f"{said} as what the goods fit or resemble"
                return Evidence(min(self.reference, open_score), detail)
            case Sense.ORDINARY:
                detail = f"{said}, which is also an ordinary word"
                return Evidence(min(self.ordinary, open_score), detail)
            case Sense.OPEN:
                return Evidence(open_score, said)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Disguises, misspellings, word boundaries, lawful mentions, ordinary words, and unspaced scripts."""
        northpine = Brand(
            name="Northpine", marks=(Mark(text="NORTHPINE", alternatives=("North Pine", "北松")),)
        )
        supreme = Brand(name="Supreme", marks=(Mark(text="Kestrel Box"),))

        def case(
            reason: str,
            title: str,
            says: str,
            *score: float,
            description: str | None = None,
            brand: Brand = northpine,
        ) -> Example:
            listing = Listing(platform="ebay", listing_id="1", title=title, description=description)
            expected = (score[0], score[0]) if score else None
            return Example(reason=reason, listing=listing, brand=brand, says=says, score=expected)

        return (
            case("as the brand writes it", "Northpine steel bottle", "evidence", 0.7),
            case("another case", "bottle NORTHPINE 750ml", "evidence", 0.7),
            case("an alternative with irregular space", "North  Pine bottle", "evidence", 0.7),
            case("only the description", "Steel bottle", "evidence", 0.55, description="by northpine."),
            case("a fullwidth letter, unmasked by NFKC", "\uff2eorthpine bottle", "evidence", 0.9),
            case("a zero-width space inside", "North\u200bpine bottle", "evidence", 0.9),
            case("a Cyrillic letter among Latin ones", "N\u043erthpine bottle", "evidence", 0.9),
            case("digits for letters", "N0rthp1ne bottle", "evidence", 0.9),
            case("spread out by spaces", "N O R T H P I N E bottle", "evidence", 0.9),
            case("spread out by other signs", "n.o.r.t.h-p_ine bottle", "evidence", 0.9),
            case("accents that the brand does not write", "Nörthpíne bottle", "evidence", 0.9),
            case("two letters changed places", "Nortphine bottle", "evidence", 0.7),
            case("as many letters amiss as nine forgive", "Norhtpin bottle", "evidence", 0.7),
            case("one letter amiss too many", "Norhtpi bottle", "abstention"),
            case("misspelt in the description", "Bottle", "evidence", 0.55, description="a Nortpine one"),
            case("part of a longer word is another word", "Northpineville souvenir mug", "abstention"),
            case("touching punctuation is still the word", "(northpine) bottle", "evidence", 0.7),
            case("no spaces in the language", "正品北松保温杯", "evidence", 0.7),
            case("a Latin name in such a language", "正品Northpine保温杯", "evidence", 0.7),
            case("a lawful reference", "Lid for Northpine bottles", "evidence", 0.3),
            case("a lawful reference in German", "Deckel passend für Northpine", "evidence", 0.3),
            case("a reference and a claim", "Northpine lid for Northpine bottles", "evidence", 0.7),
            case("a disguise is no lawful reference", "Lid for N0rthpine", "evidence", 0.9),
            case("nothing of the brand", "Steel bottle", "abstention"),
            case("an ordinary word", "supreme quality olive oil", "evidence", 0.25, brand=supreme),
            case("an ordinary word in capitals", "new Supreme hoodie size m", "evidence", 0.7, brand=supreme),
            case("where all are", "New Supreme Hoodie Size M", "evidence", 0.25, brand=supreme),
            Example(
                reason="an ordinary word, but given as the brand",
                listing=Listing(platform="ebay", listing_id="1", title="hoodie", brand="supreme"),
                brand=supreme,
                says="evidence",
                score=(0.7, 0.7),
            ),
            case("with another mark", "supreme kestrel box tee", "evidence", 0.7, brand=supreme),
            case("an ordinary word disguised", "5upreme hoodie", "evidence", 0.9, brand=supreme),
            case("an ordinary word like it", "supremes hoodie", "abstention", brand=supreme),
        )


__all__ = ["Names", "normalise"]
