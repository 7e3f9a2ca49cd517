"""A text read once: its tokens, the keys they may be found under, and joins of neighbours.

Reading knows no names. An index (scoring/names/index.py) asks a reading for the keys that both have.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from scoring.names.common_words import is_common
from scoring.names.keys import SQUEEZED, bare_key, key_of, near, squeeze
from scoring.names.look_alikes import is_latin, look_alike

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han: scripts that put no spaces between words."""
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u061c\u064b-\u0652\u0900-\u0dff\u115f\u1160\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
"""Invisible and combining characters, and scripts written with vowel signs: all belong to a word."""
_PICTURED = "\u249c-\u24e9\U0001f110-\U0001f189\U0001f1e6-\U0001f1ff"
"""Letters in circles, squares and flags."""
_LETTER = f"(?:[^\\W_{_UNSPACED}]|[{_MARKS}{_PICTURED}])"
_TOKEN = re.compile(f"[{_UNSPACED}]+|{_LETTER}+")
_SIGNS = "@$!|€¢£¥+"
# The look-behind keeps a long run of signs from being tried again from each of its places.
_SIGNED = re.compile(f"(?<![@$|])[@$|]*{_LETTER}+(?:[{re.escape(_SIGNS)}]+{_LETTER}+)*[@$!|]*")
_SIGN_LETTERS = str.maketrans(_SIGNS, "asiieclyt")
_NUMBERED = re.compile(r"(\D{3,})\d+")
_SOFT_HYPHEN = "\u00ad"
UNSPACED = re.compile(f"[{_UNSPACED}]")
NOT_AFTER_LETTER = rf"(?<![^\W{_UNSPACED}])"
NOT_BEFORE_LETTER = rf"(?![^\W{_UNSPACED}])"
"""Word boundaries for patterns, as \\b would be if it knew scripts without spaces."""

MOST_JOINED = 5
"""How many tokens a name is looked for in; names torn into pieces of a letter or two may have more."""
LONGEST_JOINED = 32
WIDEST_GAP = 3
"""Characters between neighbouring tokens of one name: "N. - I", not two sentences."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text, in every form a comparison needs."""

    raw: str
    plain: str
    """Casefolded; nothing else is changed but soft hyphens, which are lawful typesetting."""
    bare: str
    """Without accents."""
    shape: str
    """Read as Latin letters, by look."""
    keys: tuple[str, ...]
    """`shape` with digits read as letters, i for l; then other readings (rn for m, vv for w)."""
    squeezed: str
    """The first key without doubled letters."""
    disguised: bool
    """Letters of two alphabets, or invisible characters: no innocent spelling has them."""
    foreign: bool
    """Without a Latin letter, though it may look Latin."""
    common: bool
    finds: frozenset[str]
    """The keys of an index under which this token alone may be found."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring tokens, from `start` to before `end`, read as one word."""

    start: int
    end: int
    finds: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A text, its tokens and where they stand."""

    text: str
    tokens: tuple[Token, ...]
    places: tuple[tuple[int, int], ...] = field(repr=False)

    def gap(self, index: int) -> str:
        """What stands between a token and the one after it."""
        return self.text[self.places[index][1] : self.places[index + 1][0]]

    def near(self, start: int, end: int) -> bool:
        """Whether these tokens stand close enough together to be one name."""
        return all(len(self.gap(index)) <= WIDEST_GAP for index in range(start, end - 1))

    def raw(self, start: int, end: int) -> str:
        """The text from one token to before another, as written."""
        return self.text[self.places[start][0] : self.places[end - 1][1]]

    def around(self, start: int, end: int) -> tuple[str, str]:
        """The casefolded text before and after these tokens."""
        first, last = self.places[start][0], self.places[end - 1][1]
        return self.text[:first].casefold(), self.text[last:].casefold()

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Every token, and joins of neighbours."""
        return (
            *(Span(at, at + 1, token.finds) for at, token in enumerate(self.tokens)),
            *_joined(self),
        )

    @cached_property
    def finds(self) -> frozenset[str]:
        """The keys of all spans: an index that has none of them need not look closer."""
        return frozenset().union(*(span.finds for span in self.spans))

    @cached_property
    def unsigned(self) -> "Reading | None":
        """The same text with signs read as the letters they stand for ("$upreme"); None where there are none.

        Every character keeps its place.
        """
        if not any(sign in self.text for sign in _SIGNS):
            return None
        replaced = _SIGNED.sub(lambda match: match.group().translate(_SIGN_LETTERS), self.text)
        return read(replaced) if replaced != self.text else None

    @cached_property
    def letters(self) -> tuple[int, int]:
        """Letters in Latin tokens and in tokens of other alphabets."""
        foreign = sum(len(token.raw) for token in self.tokens if token.foreign)
        return sum(len(token.raw) for token in self.tokens) - foreign, foreign


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """Read a text; the last few stay in memory, because every brand of a tenant asks for the same."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    found = [(match.span(), _token(match.group())) for match in _TOKEN.finditer(composed)]
    kept = [(place, token) for place, token in found if token.shape]
    return Reading(composed, tuple(token for _, token in kept), tuple(place for place, _ in kept))


@lru_cache(maxsize=16384)
def _token(raw: str) -> Token:
    plain = raw.replace(_SOFT_HYPHEN, "").casefold().replace("i\u0307", "i")  # the Turkish capital of i
    shape = plain if plain.isascii() else "".join(map(look_alike, raw))
    bare = bare_key(plain)
    letters = [letter for letter in raw if letter.isalpha()]
    latin = sum(map(is_latin, raw))
    hidden = not raw.isascii() and any(unicodedata.category(letter) == "Cf" for letter in plain)
    keys = key_of(shape)
    common = is_common(plain)
    numbered = _NUMBERED.fullmatch(shape)
    finds = {SQUEEZED + squeeze(key) for key in keys}
    if numbered is not None:
        finds.add(SQUEEZED + squeeze(key_of(numbered.group(1))[0]))
    if shape.isalpha():
        finds |= near(keys[0], exact=common)
    return Token(
        raw=raw,
        plain=plain,
        bare=bare,
        shape=shape,
        keys=keys,
        squeezed=squeeze(keys[0]),
        disguised=hidden or (0 < latin < len(letters)),
        foreign=latin == 0 and not raw.isascii(),
        common=common,
        finds=frozenset(finds),
    )


def _joined(reading: Reading) -> Iterator[Span]:
    tokens = reading.tokens
    for start in range(len(tokens) - 1):
        spaced = False
        key, length, ordinary = tokens[start].squeezed, len(tokens[start].shape), _ordinary(tokens[start])
        for end in range(start + 2, len(tokens) + 1):
            last = tokens[end - 1]
            key += last.squeezed[1:] if key[-1] == last.squeezed[0] else last.squeezed
            length += len(last.shape)
            gap = reading.gap(end - 2)
            ordinary, spaced = ordinary and _ordinary(last), spaced or any(map(str.isspace, gap))
            if length > LONGEST_JOINED or len(gap) > WIDEST_GAP:
                break
            if end - start > MOST_JOINED and length > 2 * (end - start):
                break
            if length > 3 and not (ordinary and spaced):
                yield Span(start, end, frozenset((SQUEEZED + key,)))


def _ordinary(token: Token) -> bool:
    """Whether a token is a word of its own rather than a piece of one."""
    return token.shape.isdigit() or (token.common and len(token.shape) > 1)
