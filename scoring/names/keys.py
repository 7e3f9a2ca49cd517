"""Keys under which spellings of one word meet.

A key reads digits and signs as the letters they stand for. Squeezed, it has no doubled letters. Its
neighbourhood is what remains after deleting up to `limit` of its first letters: two words within
that many edits of each other have a neighbour in common (the idea of SymSpell, Garbe 2012).
"""

import re
from functools import lru_cache

from scoring.names.normalise import without_accents

PREFIX = 7
"""Letters of a word that deletions are made in; SymSpell's own default, 29 keys for two deletions."""

SQUEEZED = "~"
"""Stands before a squeezed key, to tell it from a neighbour: no letter casefolds to it."""

_LEET = str.maketrans("0123456789", "oizeasgtbg")
_ONE = str.maketrans("l", "i")
_RUN = re.compile(r"(.)\1+", re.DOTALL)


def limit_of(length: int) -> int:
    """How many edits a name of this many letters forgives: none below 5, 1 from 5, 2 from 9."""
    return 0 if length < 5 else 1 if length < 9 else 2


def swaps(key: str) -> set[str]:
    """The key with each two neighbours swapped.

    >>> sorted(swaps("abc"))
    ['acb', 'bac']
    """
    return {key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in range(len(key) - 1)} - {key}


def squeeze(key: str) -> str:
    """Runs of one letter as one.

    >>> squeeze("guccci")
    'guci'
    """
    return _RUN.sub(lambda run: run.group(1), key)


def key_of(shape: str) -> tuple[str, ...]:
    """The key of a word's Latin shape, and what it may be read as besides.

    Digits become letters only beside letters: "n1k3" may be a name, "501" is a number.

    >>> key_of("n1ke"), key_of("arrnani"), key_of("501")
    (('nike',), ('arrnani', 'armani'), ('501',))
    """
    digits = sum(map(str.isdigit, shape))
    if 0 < digits < len(shape):
        shape = shape.translate(_LEET)
    others = [
        shape.replace(pair, letter)
        for pair, letter in (("rn", "m"), ("vv", "w"), ("cl", "d"))
        if pair in shape
    ]
    return tuple(key.translate(_ONE) for key in (shape, *others))


def bare_key(plain: str) -> str:
    """A casefolded word without accents."""
    return without_accents(plain)


@lru_cache(maxsize=8192)
def near(key: str, *, exact: bool = False) -> frozenset[str]:
    """The keys under which a token may find a name that differs from it by the name's limit.

    A token may be shorter than its name by the limit, hence the smaller lengths here. `exact` gives
    only the token's own, for words that are nobody's misspelling.
    """
    if exact:
        return frozenset((key[:PREFIX],))
    return deletions(key, 2 if len(key) >= 7 else 1 if len(key) >= 3 else 0)


def deletions(key: str, limit: int) -> frozenset[str]:
    """What the key's prefix becomes by deleting up to `limit` letters.

    >>> sorted(deletions("abc", 1))
    ['ab', 'abc', 'ac', 'bc']
    """
    found = level = {key[:PREFIX]}
    for _ in range(limit):
        level = {word[:at] + word[at + 1 :] for word in level for at in range(len(word))}
        found = found | level
    return frozenset(found)
