"""Which Latin letter a character is meant to be read as."""

# ruff: noqa: RUF001 - the letters that look alike are what this file is about

import re
import unicodedata
from functools import lru_cache

from confusable_homoglyphs.confusables import confusables_data

from scoring.names.normalise import without_accents

# What people read where Unicode's confusables (drawn alike) say nothing: letters that merely recall a
# Latin one. Capitals stand here too where they recall another letter than the small one does.
_RECALLED_BY = {
    "a": "αΔλΛ", "b": "вьъбБβ", "c": "¢ϲ", "d": "дδð", "e": "зЗэёєεξΞΣ€", "h": "н", "i": "İІΙ", "k": "кκ",
    "l": "£",
    "m": "м", "n": "ИЙпПлЛηπΠ", "o": "θΘσφΦΩ", "p": "þ", "r": "яЯгГ", "s": "ς", "ss": "ß", "t": "тτ",
    "u": "ийцμµ", "v": "ѵ", "w": "шщω", "x": "жχ", "y": "чγψ¥", "z": "ζ",
}  # fmt: skip
_RECALLS = {character: letter for letter, characters in _RECALLED_BY.items() for character in characters}
_NAMED = re.compile(
    r"(?:LATIN (?:SMALL |CAPITAL )?LETTER|LATIN CAPITAL LETTER|INDICATOR SYMBOL LETTER)"
    r"(?: (?:SMALL|CAPITAL|SCRIPT|DOTLESS|TURNED|REVERSED|OPEN|INSULAR|LONG|SIDEWAYS|BARRED))*"
    r" ([A-Z])(?: WITH .*)?$"
)
_STEM = re.compile(r"\(?([A-Za-z0-9]{1,2})\)?")


@lru_cache(maxsize=65536)
def look_alike(character: str) -> str:
    r"""What a character is read as, small, without accents; itself where it recalls no Latin letter.

    Sources, in this order: NFKC, the letters above, Unicode's confusables (through the library
    confusable_homoglyphs), the letter that the character's own Unicode name gives, and the letter
    under its accents. Invisible characters and bare accents read as nothing.

    >>> [look_alike(letter) for letter in ("\u0440", "\uff2e", "é", "ɴ", "🅽", "\u200b", "語")]
    ['p', 'n', 'e', 'n', 'n', '', '語']
    """
    if character.isascii():
        return character.lower()
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    folded = unicodedata.normalize("NFKC", character)
    for read in (folded, _RECALLS.get(character), _confusable(character), _named(character)):
        if read and (stem := _STEM.fullmatch(read)):
            return stem.group(1).lower()
    bare = without_accents(folded.casefold())
    if bare != character and len(bare) == 1:
        return look_alike(bare)
    return bare


def _confusable(character: str) -> str | None:
    candidates = [entry["c"] for entry in confusables_data.get(character, ())]
    plain = [candidate for candidate in candidates if candidate.isascii() and _STEM.fullmatch(candidate)]
    return min(plain, key=lambda candidate: (not candidate.isalpha(), len(candidate)), default=None)


def _named(character: str) -> str | None:
    match = _NAMED.search(unicodedata.name(character, ""))
    return match.group(1) if match else None


@lru_cache(maxsize=65536)
def is_latin(character: str) -> bool:
    """Whether a letter is Latin, be it fullwidth, mathematical, circled or accented."""
    if character.isascii():
        return character.isalpha()
    if "LATIN" in unicodedata.name(character, ""):
        return True
    folded = unicodedata.normalize("NFKD", character)
    return any(letter.isascii() and letter.isalpha() for letter in folded)
