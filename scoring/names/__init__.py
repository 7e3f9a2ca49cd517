"""Names however they are written: read a text once, and ask an index of any number of words."""

from scoring.names.common_words import is_common, words_of
from scoring.names.index import NameIndex, index_of
from scoring.names.normalise import normalise
from scoring.names.reading import Reading, Token, read
from scoring.names.spelling import Hit, Spelling

__all__ = [
    "Hit",
    "NameIndex",
    "Reading",
    "Spelling",
    "Token",
    "index_of",
    "is_common",
    "normalise",
    "read",
    "words_of",
]
