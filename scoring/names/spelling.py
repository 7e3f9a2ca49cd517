"""One name against one place in a text: is it the name, and how is it written?"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rapidfuzz.distance import OSA

from scoring.names.keys import limit_of, squeeze, swaps
from scoring.names.reading import NOT_AFTER_LETTER, NOT_BEFORE_LETTER, UNSPACED, Reading, Span, Token, read

_APOSTROPHES = ("'", "\u2019", "`")
_DRAWN = frozenset("_*~^")
"""Signs that no language puts between two words."""
SHORTEST_DISGUISED = 4
"""Letters; of shorter names only the plain spelling is told from chance."""


class Spelling(StrEnum):
    """How a name is written."""

    PLAIN = "plain"
    DISGUISED = "disguised"
    MISSPELT = "misspelt"


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found in a text."""

    word: str
    """The name as its owner writes it."""
    spelling: Spelling
    how: str
    """What was done to it, in words; empty for a plain spelling."""
    written: str
    """What the text says there."""
    start: int
    end: int
    """The tokens of the reading, from `start` to before `end`; both -1 in a language without spaces."""


@dataclass(frozen=True, slots=True)
class Name:
    """A word that is looked for, in every form a comparison needs."""

    word: str
    parts: tuple[Token, ...]
    plain: str
    shape: str
    key: str
    limit: int
    """Edits it forgives."""
    swapped: frozenset[str]
    """Its key with two neighbours swapped, where that is forgiven though no edit is: four letters."""
    anchor: int
    """Its longest part, by which names of several words are found."""
    pattern: re.Pattern[str] | None
    """Where only the written signs tell it from chance ("H&M"): its exact spelling."""

    def resembles(self, token: Token) -> bool:
        """Whether a token is within the name's edits of the whole name or of its longest part."""
        key = token.keys[0]
        return any(
            OSA.distance(key, own, score_cutoff=self.limit) <= self.limit
            for own in {self.key, self.parts[self.anchor].keys[0]}
        )


def name_of(word: str) -> Name | None:
    """The name of a word; None where it has no word to find (signs only, or no spaces in its script)."""
    reading = read(word)
    if not reading.tokens or UNSPACED.search(word):
        return None
    parts = reading.tokens
    key = "".join(part.keys[0] for part in parts)
    short = len(key) < SHORTEST_DISGUISED
    numbered = any(letter.isdigit() for part in parts for letter in part.shape)
    return Name(
        word=word,
        parts=parts,
        plain="".join(part.plain for part in parts),
        shape="".join(part.shape for part in parts),
        key="".join(part.shape for part in parts) if numbered else key,
        limit=0 if numbered else limit_of(len(key)),
        swapped=frozenset(swaps(key) if len(key) == SHORTEST_DISGUISED and not numbered else ()),
        anchor=max(range(len(parts)), key=lambda at: len(parts[at].shape)),
        pattern=_pattern(reading) if short and len(parts) > 1 else None,
    )


def compare(name: Name, reading: Reading, span: Span) -> Hit | None:
    """The name, if these tokens are a spelling of it."""
    tokens = reading.tokens[span.start : span.end]
    judged = _plainly(name, reading, tokens) or (
        _otherwise(name, reading, span, tokens) if len(name.shape) >= SHORTEST_DISGUISED else None
    )
    if judged is None:
        return None
    spelling, how = judged
    return Hit(name.word, spelling, how, reading.raw(span.start, span.end), span.start, span.end)


def _plainly(name: Name, reading: Reading, tokens: tuple[Token, ...]) -> tuple[Spelling, str] | None:
    if len(tokens) == len(name.parts):
        same = all(
            token.plain in (part.plain, part.bare) or _numbered(token, part)
            for token, part in zip(tokens, name.parts, strict=True)
        )
    else:
        same = len(tokens) < len(name.parts) and "".join(token.plain for token in tokens) == name.plain
    if not same or (name.pattern is not None and not name.pattern.search(reading.text.casefold())):
        return None
    return Spelling.PLAIN, ""


def _numbered(token: Token, part: Token) -> bool:
    """A model's number that sticks to the name: "iphone15"."""
    return len(part.plain) >= SHORTEST_DISGUISED and token.plain.rstrip("0123456789") == part.plain


def _otherwise(
    name: Name, reading: Reading, span: Span, tokens: tuple[Token, ...]
) -> tuple[Spelling, str] | None:
    if _innocent(name, reading, tokens, span.start):
        return None
    shape = "".join(token.shape for token in tokens)
    keys = ["".join(token.keys[0] for token in tokens), *(tokens[0].keys[1:] if len(tokens) == 1 else ())]
    numbered = any(letter.isdigit() for letter in name.shape)
    spread = len(tokens) > len(name.parts)
    if shape == name.shape or (name.key in keys and not numbered):
        return Spelling.DISGUISED, "spread out" if spread else _disguise(name, tokens, shape)
    if numbered:
        return None
    how = _doubled(name, keys[0])
    if not how and not spread and shape.isalpha() and not _accented(name, tokens):
        how = _amiss(name, keys[0])
    return (Spelling.MISSPELT, how) if how else None


def _doubled(name: Name, key: str) -> str:
    same = squeeze(key) == squeeze(name.key) and (len(key) > len(name.key) or name.limit)
    return "with letters doubled or left out" if same else ""


def _amiss(name: Name, key: str) -> str:
    if key in name.swapped:
        return "with two letters swapped"
    edits = OSA.distance(key, name.key, score_cutoff=name.limit)
    return f"{edits} letter{'s' if edits > 1 else ''} amiss" if edits <= name.limit else ""


def _innocent(name: Name, reading: Reading, tokens: tuple[Token, ...], start: int) -> bool:
    """Whether these tokens are ordinary words, or a text in another alphabet, that only resemble the name."""
    if any(token.disguised for token in tokens):
        return False
    if all(token.foreign for token in tokens) and not all(part.foreign for part in name.parts):
        latin, foreign = reading.letters
        return foreign - sum(len(token.raw) for token in tokens) > latin
    if len(tokens) == len(name.parts):
        changed = [
            t for t, part in zip(tokens, name.parts, strict=True) if t.plain not in (part.plain, part.bare)
        ]
        return all(token.common for token in changed)
    return len(tokens) > len(name.parts) and _torn_by_chance(name, reading, tokens, start)


def _accented(name: Name, tokens: tuple[Token, ...]) -> bool:
    """Whether a word has accents where the name has none: another language's word, not a slip of the pen.

    Vietnamese "cách" is one letter from Coach.
    """
    return any(t.plain != t.bare and not t.disguised for t in tokens) and all(
        part.plain == part.bare for part in name.parts
    )


def _torn_by_chance(name: Name, reading: Reading, tokens: tuple[Token, ...], start: int) -> bool:
    """Whether pieces that spell a name do so by chance: "van s" is not Vans, "V A N S" is."""
    if all(len(token.shape) == 1 for token in tokens):
        return False
    gaps = [reading.gap(start + at) for at in range(len(tokens) - 1)]
    if any(gap in _APOSTROPHES for gap in gaps):
        return True
    if not any(letter.isspace() for gap in gaps for letter in gap):
        drawn = all(gap in _DRAWN for gap in gaps)
        return not drawn and all(token.common and len(token.shape) > 2 for token in tokens)
    if len(name.key) < 5:
        return any(token.common for token in tokens)
    return all(token.common for token in tokens if len(token.shape) > 1)


def _disguise(name: Name, tokens: tuple[Token, ...], shape: str) -> str:
    if any(token.disguised or token.foreign for token in tokens):
        return "in letters of other alphabets, or with invisible ones"
    return "in look-alike letters" if shape == name.shape else "with other signs for its letters"


def _pattern(reading: Reading) -> re.Pattern[str]:
    spelled = re.escape(reading.tokens[0].plain)
    for at, (_, token) in enumerate(pairwise(reading.tokens)):
        gap = reading.gap(at).strip().casefold()
        spelled += (rf"\s*{re.escape(gap)}\s*" if gap else r"\s+") + re.escape(token.plain)
    return re.compile(f"{NOT_AFTER_LETTER}{spelled}{NOT_BEFORE_LETTER}")
