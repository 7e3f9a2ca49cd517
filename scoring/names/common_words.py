"""Ordinary words, by language: what is one of them is no misspelt name."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources

import yaml

from scoring.names.normalise import normalise, without_accents

_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=64)
def words_of(languages: frozenset[str]) -> frozenset[str]:
    """The ordinary words of these languages, casefolded, with and without accents; unknown ones have none."""
    return frozenset().union(*(words for language, words in _lists().items() if language in languages))


@lru_cache(maxsize=1)
def every_word() -> frozenset[str]:
    """The ordinary words of every language there is a list for."""
    return frozenset().union(*_lists().values())


def is_common(word: str) -> bool:
    """Whether a casefolded word is an ordinary one in any language, as written or typed without its accents.

    An accent that no language puts there is no ordinary spelling: "paräde" is not one.

    >>> [is_common(word) for word in ("parade", "pumps", "grant", "tropical", "nike")]
    [True, True, True, True, False]
    """
    return word in every_word()


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    text = (resources.files("scoring.names") / "common_words.yaml").read_text("utf-8")
    written = {language: normalise(words).split() for language, words in yaml.safe_load(text).items()}
    written["en"] = [form for word in written["en"] for form in _english_forms(word)]
    return {language: frozenset(_both(words)) for language, words in written.items()}


def _both(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield word
        yield without_accents(word)


def _english_forms(word: str) -> Iterator[str]:
    """A word with its regular plural, verb forms and doer, whether English uses them or not."""
    yield word
    if len(word) < 3:
        return
    stem = word
    if word.endswith("e"):
        stem = word[:-1]
        yield word + "s"
    elif word.endswith("y") and word[-2] not in _VOWELS:
        yield from (word[:-1] + ending for ending in ("ies", "ied", "ier", "ily"))
    else:
        yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    if len(word) < 7 and word[-1] not in _VOWELS | frozenset("wxy") and word[-2] in _VOWELS:
        yield from (word + word[-1] + ending for ending in ("ed", "ing", "er", "ers"))
    yield from (stem + ending for ending in ("ed", "er", "ers", "ing"))
