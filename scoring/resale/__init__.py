"""Resale: what a listing says of the state of its goods, in the languages that may be expected there."""

from scoring.resale.reading import Said, Statement, read_statement
from scoring.resale.words import languages

__all__ = ["Said", "Statement", "languages", "read_statement"]
