"""How a mention of a brand's word is meant: one grading for every place in which words are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scoring.names.mentions import is_ordinary, refers, stands_out
from scoring.names.reading import Reading
from scoring.names.spelling import Hit, Spelling

TITLE = "title"
BRAND_FIELD = "brand field"
DESCRIPTION = "description"


class Sense(StrEnum):
    """What a mention says of the goods."""

    OPEN = "open"
    """It names them, in the owner's own spelling."""
    DISGUISED = "disguised"
    MISSPELT = "misspelt"
    REFERRING = "referring"
    """It says what they fit or resemble."""
    ORDINARY = "ordinary"
    """It may be no more than a word of the dictionary."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A hit, the text it stands in, and the place of that text."""

    hit: Hit
    reading: Reading
    place: str
    """`TITLE`, `BRAND_FIELD`, `DESCRIPTION`, or any other words for a place."""


def sense_of(
    mention: Mention, others: Iterable[Mention], languages: tuple[str, ...], *, deliberate: bool = True
) -> Sense:
    """How a mention is meant, among all others of the same brand (itself may be one of them).

    Args:
        mention: the one to judge.
        others: every mention of the brand in the listing.
        languages: the brand's, for what is an ordinary word in them.
        deliberate: whether an unusual spelling is its writer's, who then neither refers nor uses an
            ordinary word; a machine's misreading says nothing of the writer.
    """
    others = tuple(others)
    unusual = {Spelling.DISGUISED: Sense.DISGUISED, Spelling.MISSPELT: Sense.MISSPELT}.get(
        mention.hit.spelling
    )
    if unusual is not None and deliberate:
        return unusual
    if _only_refers(mention, others):
        return Sense.REFERRING
    if is_ordinary(mention.hit.word, languages) and not _meant(mention, others, languages):
        return Sense.ORDINARY
    return unusual or Sense.OPEN


def _only_refers(one: Mention, found: tuple[Mention, ...]) -> bool:
    """Whether this mention refers; and in a description, whether the title has set the tone by referring."""
    if refers(one.reading, one.hit):
        return True
    if one.place != DESCRIPTION:
        return False
    titled = [other for other in found if other.place == TITLE and other.hit.spelling is Spelling.PLAIN]
    return bool(titled) and all(refers(other.reading, other.hit) for other in titled)


def _meant(one: Mention, found: tuple[Mention, ...], languages: tuple[str, ...]) -> bool:
    """Whether something beside its plain spelling says that an ordinary word is the brand's name."""
    return (
        one.place == BRAND_FIELD
        or stands_out(one.reading, one.hit)
        or any(
            other.place == BRAND_FIELD
            or (other.hit.word != one.hit.word and not is_ordinary(other.hit.word, languages))
            for other in found
        )
    )
