"""One spelling for many: what is invisible goes, width and case are folded, accents can be."""

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]")


def normalise(text: str) -> str:
    r"""NFKC, no invisible characters (category Cf), casefolded, single spaces. Idempotent.

    >>> normalise("\uff2eorth\u200bpine ®")
    'northpine ®'
    """
    folded = unicodedata.normalize("NFKC", _visible(text)).casefold()
    # Casefolding may undo a composition ("\u0390" becomes three characters), and NFKC redoes it.
    return " ".join(_visible(unicodedata.normalize("NFKC", folded)).casefold().split())


def without_accents(text: str) -> str:
    """A casefolded text with the marks over and under its letters taken away.

    >>> without_accents("crème brûlée"), without_accents("børn")
    ('creme brulee', 'born')
    """
    if text.isascii():
        return text
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return "".join(_stroke_removed(letter) for letter in bare)


def _visible(text: str) -> str:
    if text.isascii():
        return text
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


@lru_cache(maxsize=4096)
def _stroke_removed(letter: str) -> str:
    """Letters whose accent Unicode does not take apart: ø, ł, đ, ħ, dotless i."""
    if letter.isascii():
        return letter
    name = unicodedata.name(letter, "")
    match = re.fullmatch(r"LATIN SMALL LETTER (?:DOTLESS )?([A-Z])(?: WITH STROKE)?", name)
    return match.group(1).lower() if match else letter
