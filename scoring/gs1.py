r"""What a scanned code says: the GTINs in a plain number, a GS1 element string or a Digital Link.

GS1 General Specifications, sections 3 and 7.8 (element strings: application identifiers, each followed
by its value, those of variable length ended by a separator), and GS1 Digital Link: URI Syntax
(`https://domain/any/path/01/GTIN/…`). Compressed Digital Links are not understood.

>>> gtins_in("(01)09521234543213(10)A1B2")
('09521234543213',)
>>> gtins_in("https://example.com/shop/01/09521234543213/21/7?17=271231")
('09521234543213',)
>>> gtins_in("https://example.com/")
()
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from scoring.gtin import gtin14

SEPARATOR = "\x1d"
"""What a reader gives for FNC1 after a value of variable length."""

_GTIN_KEYS = ("01", "02")
"""The trade item's own GTIN, and that of the items a logistic unit contains."""

_PREDEFINED = (
    {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
    | dict.fromkeys((f"{key}" for key in range(11, 20)), 8)
    | dict.fromkeys((f"{key}" for key in range(31, 37)), 10)
)
"""Characters of an element, identifier included, by the identifier's first two digits (Gen. Specs. 7.8.5);
every other element ends at a separator."""

_BRACKETED = re.compile(r"\((?P<key>[0-9]{2,4})\)(?P<value>[^(]*)")
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")


def gtins_in(text: str) -> tuple[str, ...]:
    """Every GTIN that a code's text carries, in the 14-digit form, each once; check digits are right."""
    content = _SYMBOLOGY.sub("", text.strip(" \t\r\n")).lstrip(SEPARATOR)
    if gtin := gtin14(content):
        return (gtin,)
    if content[:8].lower().startswith(("http://", "https://")):
        found = _in_link(content)
    elif content.startswith("("):
        found = ((match["key"], match["value"]) for match in _BRACKETED.finditer(content))
    else:
        found = _elements(content)
    values = (gtin14(value) for key, value in found if key in _GTIN_KEYS)
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _elements(content: str) -> Iterator[tuple[str, str]]:
    """(identifier's first two digits, the rest) of each element, as far as the string makes sense."""
    while content:
        key = content[:2]
        if not (key.isascii() and key.isdigit()):
            return
        length = _PREDEFINED.get(key)
        if length is None:
            element, _, content = content.partition(SEPARATOR)
        elif len(content) < length:
            return
        else:
            element, content = content[:length], content[length:].removeprefix(SEPARATOR)
        yield key, element[2:]


def _in_link(uri: str) -> Iterator[tuple[str, str]]:
    """Pairs of neighbouring path segments, `gtin` (an older spelling) as `01`."""
    try:
        path = urlsplit(uri).path
    except ValueError:  # such as a bracket that never closes: a stranger's code may say anything
        return
    segments = [unquote(segment) for segment in path.split("/")]
    for key, value in pairwise(segments):
        if key in ("01", "gtin"):
            yield "01", value
