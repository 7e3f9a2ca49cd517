"""What a brand's marks are searched by: `ebay:marks` becomes a query for each spelling worth one.

A marketplace finds what is written, so a name has to be asked for as others write it: in its own spellings,
in those of its languages, and with the mistakes that are made in it. Each query costs calls of a day's quota,
so they are ordered by what they may be expected to find, and cut where the settings say. A spelling is asked
for only where the `names` signal would know it again: what a scan finds, it must also be able to judge.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from connectors import SOURCES
from scoring.brand import Brand, Mark
from scoring.errors import SourceError
from scoring.names import index_of, is_common, normalise, read
from scoring.names.mentions import is_ordinary
from scoring.names.normalise import without_accents

MARKS = "marks"
"""Behind `platform:`: what the brands' marks are searched by. `text:marks` asks for the word itself."""

_WRITTEN_OUT = {
    "de": {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"},
    "da": {"å": "aa", "æ": "ae", "ø": "oe"},
    "no": {"å": "aa", "æ": "ae", "ø": "oe"},
    "sv": {"å": "aa", "ä": "ae", "ö": "oe"},
}
"""By language, how its letters are typed where a keyboard lacks them."""
_SOUND_ALIKE = (
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("k", "c"),
    ("y", "i"),
    ("i", "y"),
    ("z", "s"),
    ("s", "z"),
)
_DIGITS = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5"}
"""Letters and the digits written for them to get past a filter (`scoring.names.keys` reads them back)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The sources that a scan reads, each of them one query."""

    sources: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    """By source as it was named: what of it will not be asked for."""


def planned(sources: Sequence[str], brands: Sequence[Brand], *, most: int) -> Plan:
    """Sources as named, those of marks as their queries, and no query twice.

    Args:
        sources: `ebay@DE:marks` for all brands' marks, `ebay:marks:Northpine` for one brand's, or any other.
        brands: the tenant's.
        most: queries for each source of marks.

    Raises:
        SourceError: there is no such brand, or the platform cannot be searched by words.
    """
    named = [source for source in sources if not _of_marks(source)]
    asked = {_asked(source) for source in named}
    plan: list[str] = []
    left_out: dict[str, str] = {}
    for source in dict.fromkeys(sources):
        if not _of_marks(source):
            plan.append(source)
            continue
        scheme, _, rest = source.partition(":")
        of = _brands(source, rest.partition(":")[2], brands)
        queries = [query for query in queries_of(of) if (scheme, _same(query)) not in asked]
        asked |= {(scheme, _same(query)) for query in queries[:most]}
        plan += [f"{scheme}:text:{query}" for query in queries[:most]]
        if len(queries) > most:
            left_out[source] = (
                f"{len(queries) - most} further spellings, {queries[most]!r} the likeliest of them, were not "
                f"asked for: COUNTERFOIL_MARKS_QUERIES is {most}"
            )
    return Plan(tuple(plan), left_out)


def queries_of(brands: Iterable[Brand]) -> list[str]:
    """Every query that the brands' marks give, the most promising first, each once.

    Names and word marks come first, then their other spellings, then slogans and ordinary words, which find
    much of anything; after them mistakes. Within a kind brands take turns, so that a cut leaves none out.
    """
    kinds = [_by_kind(brand) for brand in brands]
    turns = (spelling for kind in zip(*kinds, strict=True) for spelling in _in_turn(kind))
    return list({_same(spelling): spelling for spelling in _first_wins(turns)}.values())


def _by_kind(brand: Brand) -> tuple[list[str], list[str], list[str], list[str]]:
    """A brand's spellings: its own, others of the same name, those that find much else, mistakes."""
    names = [brand.name, *(mark.text for mark in brand.marks if _is_name(mark))]
    more = [other for mark in brand.marks if _is_name(mark) for other in mark.alternatives]
    slogans = [mark.text for mark in brand.marks if mark.kind == "slogan"]
    ordinary = [name for name in names if is_ordinary(name, brand.languages)]
    own = [name for name in names if name not in ordinary]
    others = [*more, *(typed for name in (*own, *more) for typed in _typed(name, brand.languages))]
    mistakes = list(_in_turn([list(_mistakes(name, brand)) for name in own]))
    return own, others, [*ordinary, *slogans], mistakes


def _is_name(mark: Mark) -> bool:
    return mark.kind not in ("slogan", "certification")


def _typed(name: str, languages: Sequence[str]) -> Iterator[str]:
    """The same name as it is typed: its letters written out, without accents, its parts in one word."""
    for language in languages:
        spelled = name
        for letter, written in _WRITTEN_OUT.get(language, {}).items():
            spelled = spelled.replace(letter, written).replace(letter.upper(), written.upper())
        yield spelled
    yield without_accents(name)
    if name.isascii():
        yield "".join(part for part in name.replace("-", " ").split())


def _mistakes(name: str, brand: Brand) -> Iterator[str]:
    """Names that are meant for this one, kinds of mistakes in turn, so that a cut leaves some of each.

    Nearly all misspellings hold one mistake; most often a letter is left out, and an added one is most often
    a doubled one (Pollock and Zamora, JASIS 34, 1983). Letters of a like sound are exchanged, and the first
    letter is rarely wrong (Yannakoudakis and Fawthrop, Information Processing & Management 19, 1983).
    """
    word = without_accents(normalise(name))
    if not word.isascii():
        return
    index = index_of(brand.words)
    kinds: tuple[Callable[[str], Iterator[str]], ...] = (_sounding, _masked, _shortened, _doubled, _swapped)
    for written in _in_turn([list(dict.fromkeys(kind(word))) for kind in kinds]):
        changed = set(written.split()) - set(word.split())
        if not any(is_common(part) for part in changed) and index.search(read(written)):
            yield written


def _sounding(word: str) -> Iterator[str]:
    """With one letter of a pair, or another letter of the same sound."""
    for at in range(1, len(word) - 1):
        if word[at] == word[at + 1]:
            yield word[:at] + word[at + 1 :]
    for letters, other in _SOUND_ALIKE:
        at = word.find(letters, 1)
        if at > 0:
            yield word[:at] + other + word[at + len(letters) :]


def _masked(word: str) -> Iterator[str]:
    """With a digit for a letter, wherever that letter stands."""
    for letter, digit in _DIGITS.items():
        if letter in word:
            yield word.replace(letter, digit)


def _shortened(word: str) -> Iterator[str]:
    """Without one letter, vowels first: they are not heard."""
    places = sorted(range(1, len(word)), key=lambda at: word[at] not in "aeiou")
    yield from (word[:at] + word[at + 1 :] for at in places if word[at].isalpha())


def _doubled(word: str) -> Iterator[str]:
    """With one letter twice, consonants first."""
    places = sorted(range(1, len(word)), key=lambda at: word[at] in "aeiou")
    yield from (
        word[:at] + word[at] + word[at:]
        for at in places
        if word[at].isalpha() and word[at] not in word[at - 1] + word[at + 1 : at + 2]
    )


def _swapped(word: str) -> Iterator[str]:
    """With two neighbours in each other's place."""
    for at in range(1, len(word) - 1):
        if word[at] != word[at + 1] and " " not in word[at : at + 2]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _in_turn(lists: Iterable[Sequence[str]]) -> Iterator[str]:
    """One of each list, then the next of each."""
    for turn in zip_longest(*lists):
        yield from (one for one in turn if one is not None)


def _first_wins(spellings: Iterable[str]) -> Iterator[str]:
    known = set[str]()
    for spelling in spellings:
        if spelling.strip() and _same(spelling) not in known:
            known.add(_same(spelling))
            yield spelling.strip()


def _same(query: str) -> str:
    """What a marketplace makes no difference in: capitals, quotation marks, hyphens and blanks.

    >>> _same('"North-Pine"'), _same("north  pine")
    ('north pine', 'north pine')
    """
    return " ".join(normalise(query).replace("-", " ").replace('"', " ").split())


def _of_marks(source: str) -> bool:
    scheme, _, rest = source.partition(":")
    known = SOURCES.get(scheme.partition("@")[0])
    return known is not None and not known.offline and (rest == MARKS or rest.startswith(f"{MARKS}:"))


def _asked(source: str) -> tuple[str, str]:
    scheme, _, rest = source.partition(":")
    return scheme, _same(rest.removeprefix("text:"))


def _brands(source: str, name: str, brands: Sequence[Brand]) -> list[Brand]:
    known = SOURCES[source.partition(":")[0].partition("@")[0]].capabilities
    if known is None or "text" not in known.searches:
        raise SourceError(
            f"{source!r} cannot be read: the platform is not searched by words.", hint="Name what to read."
        )
    found = [brand for brand in brands if not name or brand.name.casefold() == name.casefold()]
    if not found:
        raise SourceError(
            f"there is no brand {name!r} to search for.",
            hint=f"There are {', '.join(brand.name for brand in brands)}.",
        )
    return found
