"""What a machine that reads pictures confuses: strokes alike, and digits that are drawn as letters are."""

import re

_ALIKE = str.maketrans({"l": "i", "I": "i", "L": "L", "|": "i", "1": "i", "!": "i", "O": "o", "0": "o", "Q": "o"})
_DIGITS = str.maketrans("5689", "sbbg")
_WORD = re.compile(r"[^\W_]+")


def blurred(text: str) -> str:
    """A text in which letters that are misread for one another are one letter. As long as the text.

    Only words with a letter in them change: a price is no name.

    >>> blurred("Arla") == blurred("Aria") == blurred("Ar1a"), blurred("yog9i 12.50")
    (True, 'yoggi 12.50')
    """
    return _WORD.sub(lambda word: _blurred(word.group()), text)


def _blurred(word: str) -> str:
    if word.isdigit():
        return word
    return word.translate(_ALIKE).translate(_DIGITS)
