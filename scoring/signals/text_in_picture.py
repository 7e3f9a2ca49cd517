"""The brand's words on the product, its packaging, or anything else that a picture shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import TEXT, Features, TextLine, matches
from scoring.listing import Listing
from scoring.names import normalise, read
from scoring.names.common_words import is_common
from scoring.names.misread import search_misread
from scoring.names.reading import UNSPACED
from scoring.names.senses import Mention, Sense, sense_of
from scoring.passages import Passage, passages
from scoring.signals.interface import Example, Signal

_SHORTEST = 3
"""Letters: of shorter Latin names a picture of anything shows some."""
_SHORT = 4
"""Letters up to which a name must be read surely, and in one line."""


_NORTHPINE = Brand(name="Northpine", marks=(Mark(text="NORTHPINE", alternatives=("North Pine", "北松")),))
"""The brand of the examples."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A mention and the passage that it was read in."""

    mention: Mention
    passage: Passage


class TextInPicture(Signal):
    """A name printed on the goods is a brand mark, wherever it stands.

    Reading is not exact: what looks like a disguise is as often a letter misread, so both count a
    little less than the plain name, unlike in a title that somebody typed. A letter amiss counts as
    printed so where the line is read surely and says nothing else: "GuCCCI" across a shirt.
    """

    name: ClassVar[str] = "text_in_picture"
    needs: ClassVar[tuple[str, ...]] = (TEXT,)

    printed: float = Field(default=0.70, ge=0, le=1, description="as its owner writes it")
    misread: float = Field(default=0.65, ge=0, le=1, description="but for letters that look alike")
    misspelt: float = Field(default=0.45, ge=0, le=1, description="a letter or two amiss")
    misprinted: float = Field(
        default=0.65, ge=0, le=1, description="the same, read surely and alone in its line"
    )
    reference: float = Field(default=0.30, ge=0, le=1, description="as what the goods fit or resemble")
    ordinary: float = Field(default=0.25, ge=0, le=1, description="but an ordinary word")
    sure: float = Field(default=0.60, ge=0, le=1, description="the confidence from which a line is believed")
    sure_if_misprinted: float = Field(
        default=0.97,
        ge=0,
        le=1,
        description="the confidence from which a letter amiss is believed to be printed so",
    )
    # 0.97: of 2,397 photographs and 88 names, one shows another word so near a name and so surely read
    # ("KandK", for Kando), none of them among 910 of other things; at 0.93 two do.
    sure_if_short: float = Field(
        default=0.80, ge=0, le=1, description="the same where the name has four letters or fewer"
    )

    def idle(self, brand: Brand) -> str | None:
        """A brand whose every word is too short is not looked for."""
        return None if _words(brand) else f"no word of {brand.name} is long enough to be told from chance"

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling line, or lines that follow each other, on any picture."""
        lines = matches(features, TEXT, TextLine)
        if not lines:
            return Abstention("no picture shows text that can be read")
        seen = self._see(passages(lines), _words(brand))
        if not seen:
            return Abstention(f"no word of {brand.name} is read in a picture")
        mentions = [one.mention for one in seen]
        graded = (
            self._grade(one, sense_of(one.mention, mentions, brand.languages, deliberate=False))
            for one in seen
        )
        return max(graded, key=lambda evidence: evidence.score)

    def _see(self, read_together: Iterable[Passage], words: tuple[str, ...]) -> list[_Seen]:
        return [
            _Seen(Mention(hit, reading, f"picture {passage.lines[0].image + 1}"), passage)
            for passage in read_together
            if passage.confidence >= self.sure
            for reading in (read(passage.text),)
            for hit in search_misread(words, reading)
            if len(normalise(hit.word)) > _SHORT
            or UNSPACED.search(hit.word)
            or (passage.confidence >= self.sure_if_short and len(passage.lines) == 1)
        ]

    def _grade(self, one: _Seen, sense: Sense) -> Evidence:
        hit = one.mention.hit
        said = f"{one.mention.place} shows {hit.word!r}"
        match sense:
            case Sense.OPEN:
                return Evidence(self.printed, said)
            case Sense.REFERRING:
                return Evidence(self.reference, f"{said} as what the goods fit or resemble")
            case Sense.ORDINARY:
                return Evidence(self.ordinary, f"{said}, which is also an ordinary word")
            case Sense.DISGUISED:
                return Evidence(self.misread, f"{said}, read as {hit.written!r}: {hit.how}")
            case Sense.MISSPELT:
                score = self.misprinted if self._printed_so(one) else self.misspelt
                return Evidence(score, f"{said}, read as {hit.written!r}: {hit.how}")

    def _printed_so(self, one: _Seen) -> bool:
        """Whether the goods bear the misspelling, rather than the reader having made it."""
        hit, passage = one.mention.hit, one.passage
        return (
            len(passage.lines) == 1
            and (hit.start, hit.end) == (0, len(one.mention.reading.tokens))
            and passage.confidence >= self.sure_if_misprinted
            and not is_common(hit.written.casefold())
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Plain, misread and torn names; how surely they must be read; lawful mentions; ordinary words."""
        soll, kyvo = Brand(name="Soll"), Brand(name="Kyvo")
        supreme = Brand(name="Supreme", marks=(Mark(text="Kestrel Box"),))

        return (
            example("as the brand writes it", "evidence", line("NORTHPINE"), score=0.70),
            example("among other words", "evidence", line("by northpine since 1987"), score=0.70),
            example("in two lines", "evidence", line("NORTH"), line("PINE", row=1), score=0.70),
            example("two lines far apart", "abstention", line("NORTH"), line("PINE", row=4)),
            example(
                "torn apart", "evidence", line("NORT"), line("HP", row=1), line("INE", row=2), score=0.65
            ),
            example("a letter read as a digit", "evidence", line("N0RTHPINE"), score=0.65),
            example("l for i", "evidence", line("Northplne"), score=0.65),
            example("a letter amiss", "evidence", line("NORTHPIME"), score=0.45),
            example("read just surely enough to be printed so", "evidence", line("NORTHPIME", sure=0.97),
                    score=0.65),
            example("not quite", "evidence", line("NORTHPIME", sure=0.969), score=0.45),
            example("letters doubled", "evidence", line("NORTHHPINNE", sure=0.99), score=0.65),
            example("among other words a slip", "evidence", line("by Northpime since 1987", sure=0.99),
                    score=0.45),
            example("in two lines too", "evidence", line("NORTH", sure=0.99), line("PIME", row=1, sure=0.99),
                    score=0.45),
            example("no spaces in the language", "evidence", line("正品北松保温杯"), score=0.70),
            example("read just surely enough", "evidence", line("NORTHPINE", sure=0.60), score=0.70),
            example("read too unsurely", "abstention", line("NORTHPINE", sure=0.59)),
            example("a short name read surely", "evidence", line("Soll", sure=0.80), score=0.70, brand=soll),
            example("a short name read unsurely", "abstention", line("Soll", sure=0.79), brand=soll),
            example("an ordinary word but for a stroke", "evidence", line("Soil"), score=0.45, brand=soll),
            example("however surely it is read", "evidence", line("Soil", sure=1.0), score=0.45, brand=soll),
            example("a short name misread", "evidence", line("So1l"), score=0.65, brand=soll),
            example("a short name set wide", "evidence", line("K Y V O"), score=0.65, brand=kyvo),
            example("a short name in two lines", "abstention", line("KY"), line("VO", row=1), brand=kyvo),
            example("what the goods fit", "evidence", line("fits all Northpine bottles"), score=0.30),
            example("an ordinary word", "evidence", line("SUPREME"), score=0.25, brand=supreme),
            example(
                "an ordinary word with another mark", "evidence", line("SUPREME"), line("KESTREL BOX", row=4),
                score=0.70, brand=supreme,
            ),
            example("other words", "abstention", line("STEEL BOTTLE")),
            example("no text at all", "abstention"),
            example("two letters say nothing", "abstention", line("ON"), brand=Brand(name="ON")),
        )  # fmt: skip


def example(
    reason: str, says: str, *lines: TextLine, score: float | None = None, brand: Brand = _NORTHPINE
) -> Example:
    """A case with these lines of text in one picture."""
    return Example(
        reason=reason,
        listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
        brand=brand,
        features={TEXT: lines},
        says=says,
        score=None if score is None else (score, score),
    )


def line(text: str, *, row: int = 0, sure: float = 0.95) -> TextLine:
    """A line of text in a picture, one under the other by rows; for examples and tests."""
    top = 0.1 + 0.1 * row
    quad = ((0.1, top), (0.6, top), (0.6, top + 0.08), (0.1, top + 0.08))
    return TextLine(text=text, confidence=sure, quad=quad)


def _words(brand: Brand) -> tuple[str, ...]:
    """The words of a brand that are long enough to be looked for in pictures."""
    return tuple(
        word
        for word in brand.words
        if sum(map(str.isalnum, normalise(word))) >= _SHORTEST or UNSPACED.search(word)
    )
