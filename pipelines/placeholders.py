"""Pictures that stand for anything: a platform's placeholder, a seller's banner bought by hundreds."""

import re
from collections import Counter
from collections.abc import Iterable

_SHARED = 0.25
"""A product's photo is sold under words of its own: at least this share of its titles has one in common.

Chosen, not tuned: a picture of one product in four languages still reaches it, a placeholder that stands
for bags, shoes and lamps does not.
"""
_LETTERS = 3
_WORD = re.compile(r"[^\W\d_]+")
_NOTHING = frozenset(
    (
        "and",
        "for",
        "the",
        "with",
        "new",
        "des",
        "les",
        "pour",
        "und",
        "der",
        "die",
        "das",
        "für",
        "mit",
        "neu",
    )
)
"""Words that goods of every kind share."""


def stands_for_everything(titles: Iterable[str]) -> bool:
    """Whether the titles that a picture is shown under have too little in common to be of one product.

    Titles without a word, or in scripts without spaces, have nothing to compare and are left out; with
    none left the picture is one of a product.

    >>> stands_for_everything(["Red shoe", "Garden lamp", "Blue kettle", "Oak table", "Silk scarf"])
    True
    >>> stands_for_everything(["Trail bag", "Northpine bag", "Bag, green", "Sac Northpine", "Tasche"])
    False
    """
    words = [_words(title) for title in titles]
    told = [it for it in words if it]
    if not told:
        return False
    counts = Counter(word for those in told for word in those)
    return max(counts.values()) < _SHARED * len(told)


def _words(title: str) -> set[str]:
    found = (it.casefold() for it in _WORD.findall(title))
    return {it for it in found if len(it) >= _LETTERS and it not in _NOTHING}
