"""Any number of words, ready to be found in any number of texts: an index, not a loop."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from scoring.names.keys import SQUEEZED, deletions, squeeze, swaps
from scoring.names.normalise import normalise
from scoring.names.reading import NOT_AFTER_LETTER, NOT_BEFORE_LETTER, Reading, Span, Token
from scoring.names.spelling import SHORTEST_DISGUISED, Hit, Name, Spelling, compare, name_of

_SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_LEFT_BOUND = (*_SPACELESS, "HANGUL")


class NameIndex:
    """Words in a table by their keys; a search costs what its text costs, whatever the index holds."""

    def __init__(self, words: Iterable[str]) -> None:
        table: defaultdict[str, list[Name]] = defaultdict(list)
        verbatim: defaultdict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        # "Northpine" and "NORTHPINE" are one name, and it is called as it was first given.
        for word in {normalise(word): word for word in reversed(tuple(words))}.values():
            name = name_of(word)
            if name is not None:
                for key in _keys(name):
                    table[key].append(name)
            if (name is None or _korean(word)) and (spelled := normalise(word)):
                verbatim[spelled[0]].append((word, _bounded(spelled)))
        self._table = dict(table)
        self._keys = frozenset(table)
        self._verbatim = dict(verbatim)

    def search(self, reading: Reading) -> tuple[Hit, ...]:
        """Every word that the text spells, plainly or not, in the order of the text.

        What one word spells plainly is no other word's disguise, and what is disguised is not misspelt.
        """
        hits = dict.fromkeys(
            (*self._spelled(reading), *self._signed(reading), *self._verbatim_in(reading.text))
        )
        kept: list[Hit] = []
        for spelling in (Spelling.PLAIN, Spelling.DISGUISED, Spelling.MISSPELT):
            clearer = [(hit.start, hit.end) for hit in kept if hit.start >= 0]
            kept += [
                hit
                for hit in hits
                if hit.spelling is spelling
                and not any(hit.start < end and start < hit.end for start, end in clearer)
            ]
        return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end, hit.word)))

    def _spelled(self, reading: Reading) -> Iterator[Hit]:
        if reading.finds.isdisjoint(self._keys):
            return
        for span in reading.spans:
            for name in self._candidates(span.finds & self._keys, reading.tokens[span.start]):
                hit = _hit(name, reading, span)
                if hit is not None:
                    yield hit

    def _candidates(self, keys: frozenset[str], token: Token) -> Iterable[Name]:
        found: dict[int, Name] = {}
        for key in keys:
            exact = key.startswith(SQUEEZED)
            for name in self._table[key]:
                if id(name) not in found and (exact or name.resembles(token)):
                    found[id(name)] = name
        return found.values()

    def _signed(self, reading: Reading) -> Iterator[Hit]:
        if reading.unsigned is None:
            return
        for hit in self._spelled(reading.unsigned):
            first, last = reading.unsigned.places[hit.start], reading.unsigned.places[hit.end - 1]
            written = reading.text[first[0] : last[1]]
            if hit.spelling is Spelling.MISSPELT or written == hit.written:
                continue
            yield replace(hit, spelling=Spelling.DISGUISED, how="with signs for letters", written=written)

    def _verbatim_in(self, text: str) -> Iterator[Hit]:
        if not self._verbatim:
            return
        folded, unmasked = text.casefold(), normalise(text)
        for first in self._verbatim.keys() & set(unmasked):
            for word, pattern in self._verbatim[first]:
                match = pattern.search(unmasked)
                if match is not None:
                    openly = pattern.search(folded) is not None
                    spelling = Spelling.PLAIN if openly else Spelling.DISGUISED
                    how = "" if openly else "in other forms of its letters"
                    yield Hit(word, spelling, how, match.group(), -1, -1)


@lru_cache(maxsize=4096)
def index_of(words: tuple[str, ...]) -> NameIndex:
    """The index of a brand's words, built once."""
    return NameIndex(words)


def _keys(name: Name) -> Iterator[str]:
    yield SQUEEZED + squeeze(name.key)
    if name.key != (read := "".join(part.keys[0] for part in name.parts)):
        yield SQUEEZED + squeeze(read)
    anchor = name.parts[name.anchor]
    if len(name.parts) > 1:
        yield from deletions(anchor.keys[0], min(name.limit, len(anchor.shape) - 2, 2) if name.limit else 0)
        yield SQUEEZED + squeeze(anchor.keys[0])
    if name.limit:
        yield from deletions(name.key, name.limit)
    elif len(name.key) == SHORTEST_DISGUISED:
        yield from (SQUEEZED + squeeze(swapped) for swapped in swaps(name.key))


def _hit(name: Name, reading: Reading, span: Span) -> Hit | None:
    """The name at a span, or around it where the span is one part of a name of several."""
    if span.end - span.start == 1 < len(name.parts):
        start = span.start - name.anchor
        end = start + len(name.parts)
        if start >= 0 and end <= len(reading.tokens) and reading.near(start, end):
            whole = compare(name, reading, Span(start, end, span.finds))
            if whole is not None:
                return whole
    return compare(name, reading, span)


def _bounded(spelled: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, spelled.split()))
    before = "" if _is(spelled[0], _SPACELESS) or not spelled[0].isalnum() else NOT_AFTER_LETTER
    after = "" if _is(spelled[-1], _LEFT_BOUND) or not spelled[-1].isalnum() else NOT_BEFORE_LETTER
    return re.compile(before + words + after)


def _is(letter: str, scripts: tuple[str, ...]) -> bool:
    return unicodedata.name(letter, "").startswith(scripts)


def _korean(word: str) -> bool:
    """Korean words carry their particles without a space, so a name need only begin one."""
    return _is(normalise(word)[-1:], ("HANGUL",))
