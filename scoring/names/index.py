"""Any number of words, ready to be found in any number of texts: an index, not a loop."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from scoring.names.keys import deletions, squeeze, swaps
from scoring.names.normalise import normalise
from scoring.names.reading import Reading, Span
from scoring.names.spelling import SHORTEST_DISGUISED, Hit, Name, Spelling, compare, name_of

_SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_LEFT_BOUND = (*_SPACELESS, "HANGUL")


class NameIndex:
    """Words in a table by their keys; a search costs what its text costs, whatever the index holds."""

    def __init__(self, words: Iterable[str]) -> None:
        table: defaultdict[str, list[Name]] = defaultdict(list)
        verbatim: defaultdict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        for word in dict.fromkeys(words):
            name = name_of(word)
            if name is not None:
                for key in _keys(name):
                    table[key].append(name)
            if (name is None or _korean(word)) and (spelled := normalise(word)):
                verbatim[spelled[0]].append((word, _bounded(spelled)))
        self._table = dict(table)
        self._verbatim = dict(verbatim)

    def search(self, reading: Reading) -> tuple[Hit, ...]:
        """Every word that the text spells, plainly or not, in the order of the text.

        What one word spells plainly is no other word's disguise.
        """
        hits = [*self._spelled(reading), *self._signed(reading), *self._verbatim_in(reading.text)]
        plain = [(hit.start, hit.end) for hit in hits if hit.spelling is Spelling.PLAIN and hit.start >= 0]
        kept = {
            hit: None
            for hit in hits
            if hit.spelling is Spelling.PLAIN
            or not any(hit.start < end and start < hit.end for start, end in plain)
        }
        return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end, hit.word)))

    def _spelled(self, reading: Reading) -> Iterator[Hit]:
        if reading.finds.isdisjoint(self._table):
            return
        for span in reading.spans:
            for key in self._table.keys() & span.finds:
                for name in self._table[key]:
                    place = _place(name, reading, span)
                    hit = compare(name, reading, place) if place is not None else None
                    if hit is not None:
                        yield hit

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
    yield "~" + squeeze(name.key)
    if name.key != (read := "".join(part.keys[0] for part in name.parts)):
        yield "~" + squeeze(read)
    anchor = name.parts[name.anchor]
    if len(name.parts) > 1:
        yield from deletions(anchor.keys[0], min(name.limit, len(anchor.shape) - 2, 2) if name.limit else 0)
        yield "~" + squeeze(anchor.keys[0])
    if name.limit:
        yield from deletions(name.key, name.limit)
    elif len(name.key) == SHORTEST_DISGUISED:
        yield from ("~" + squeeze(swapped) for swapped in swaps(name.key))


def _place(name: Name, reading: Reading, span: Span) -> Span | None:
    """The tokens to compare: those of the span, or all parts of a name that was found by one of them."""
    parts = len(name.parts)
    if span.end - span.start != 1 or parts == 1:
        return span
    start = span.start - name.anchor
    end = start + parts
    if start >= 0 and end <= len(reading.tokens) and reading.near(start, end):
        whole = Span(start, end, span.finds)
        if compare(name, reading, whole) is not None:
            return whole
    return span


def _bounded(spelled: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, spelled.split()))
    before = "" if _is(spelled[0], _SPACELESS) or not spelled[0].isalnum() else r"(?<!\w)"
    after = "" if _is(spelled[-1], _LEFT_BOUND) or not spelled[-1].isalnum() else r"(?!\w)"
    return re.compile(before + words + after)


def _is(letter: str, scripts: tuple[str, ...]) -> bool:
    return unicodedata.name(letter, "").startswith(scripts)


def _korean(word: str) -> bool:
    """Korean words carry their particles without a space, so a name need only begin one."""
    return _is(normalise(word)[-1:], ("HANGUL",))
