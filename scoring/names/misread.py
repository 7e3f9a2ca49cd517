"""What a machine that reads pictures confuses: strokes alike, and digits that are drawn as letters are."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from scoring.names.common_words import is_common
from scoring.names.index import NameIndex, index_of
from scoring.names.reading import Reading, read
from scoring.names.spelling import Hit, Spelling

_ALIKE = str.maketrans("lI1O0Q5689", "iiiooosbbg")
_WORD = re.compile(r"[^\W_]+")


def blurred(text: str) -> str:
    """A text in which letters that are misread for one another are one letter. As long as the text.

    Only words with a letter in them change: a price is no name.

    >>> blurred("Arla") == blurred("Aria") == blurred("Ar1a"), blurred("yog9i 12.50")
    (True, 'yoggi 12.50')
    """
    return _WORD.sub(
        lambda word: word.group() if word.group().isdigit() else word.group().translate(_ALIKE), text
    )


def search_misread(words: tuple[str, ...], reading: Reading) -> tuple[Hit, ...]:
    """Names in a text that a machine has read: as written, and where there is none, as misread.

    A name that only a blurred reading spells plainly counts as disguised, though nobody meant it so; as
    misspelt where what is written is an ordinary word, which it may well be: "aria", for Arla.
    """
    return index_of(words).search(reading) or tuple(_sharpened(words, reading))


def _sharpened(words: tuple[str, ...], reading: Reading) -> Iterator[Hit]:
    for hit in _blurred_index(words).search(read(blurred(reading.text))):
        written = reading.raw(hit.start, hit.end) if hit.start >= 0 else hit.written
        doubtful = hit.spelling is Spelling.MISSPELT or is_common(written.casefold())
        yield replace(
            hit,
            word=_sharp(words)[hit.word],
            spelling=Spelling.MISSPELT if doubtful else Spelling.DISGUISED,
            how=hit.how or "letters alike taken for one another",
            written=written,
        )


@lru_cache(maxsize=4096)
def _sharp(words: tuple[str, ...]) -> dict[str, str]:
    return {blurred(word): word for word in reversed(words)}


@lru_cache(maxsize=4096)
def _blurred_index(words: tuple[str, ...]) -> NameIndex:
    return NameIndex(_sharp(words))
