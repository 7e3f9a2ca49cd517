"""The words of `words.yaml`, compiled once for each set of languages."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from scoring.names import normalise
from scoring.names.normalise import without_accents

_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_UNSPACED = frozenset({"ja", "zh"})


@dataclass(frozen=True, slots=True)
class Words:
    """What to look for in some languages; each pattern is for a `plain` text."""

    says: re.Pattern[str]
    vague: re.Pattern[str]
    seems: re.Pattern[str]
    condition: re.Pattern[str]
    part: re.Pattern[str]
    new: re.Pattern[str]
    as_new: re.Pattern[str]
    restored: re.Pattern[str]
    as_restored: re.Pattern[str]


def plain(text: str) -> str:
    """A text as the words are written: casefolded, without accents, with straight apostrophes and hyphens.

    >>> plain("Déjà porté")
    'deja porte'
    """
    return without_accents(normalise(text.translate(_STRAIGHT)))


def languages() -> frozenset[str]:
    """The languages there are words for."""
    return frozenset(_lists())


@lru_cache(maxsize=64)
def words_of(languages: frozenset[str]) -> Words:
    """The words of these languages together; unknown ones have none."""
    lists = _lists()
    known = [language for language in sorted(languages) if language in lists]
    return Words(**{kind: _pattern(kind, known) for kind in Words.__dataclass_fields__})


def _pattern(kind: str, languages: list[str]) -> re.Pattern[str]:
    parts = []
    for language in languages:
        joined = "|".join(f"(?:{entry})" for entry in _lists()[language].get(kind, []))
        if joined:
            parts.append(joined if language in _UNSPACED else rf"(?<!\w)(?:{joined})(?!\w)")
    return re.compile("|".join(parts) or r"(?!)")


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, list[str]]]:
    text = (resources.files("scoring.resale") / "words.yaml").read_text("utf-8")
    lists: dict[str, Any] = yaml.safe_load(text)
    return {language: {k: [str(e) for e in v] for k, v in kinds.items()} for language, kinds in lists.items()}
