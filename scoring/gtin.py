"""GTINs, the numbers in barcodes: check digits, one length for all, and where a text says one.

GS1 General Specifications, sections 3.3 and 7.9. GTIN-8, -12 (UPC), -13 (EAN) and -14 are one number
space: shorter ones are filled with zeros on the left, and then compared as 14 digits.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

LENGTHS = (8, 12, 13, 14)
"""Digits a GTIN may have."""

_RUN = re.compile(r"(?<![\w.,/+-])[0-9]{12,14}(?![\w/+-]|[.,][0-9])")
_GROUPED = re.compile(  # as printed under the bars: 4 006381 333931, 0 36000 29145 2
    r"(?<![\w.,/+-])[0-9](?:[ -][0-9]{6}[ -][0-9]{6}|[ -][0-9]{5}[ -][0-9]{5}[ -][0-9])(?![\w/+-]|[.,][0-9])"
)
_LABELLED = re.compile(
    r"\b(?:e\.?a\.?n\.?|gtin|upc|barcode|jan)(?:[- ]?8)?\W{0,3}([0-9]{8})(?![\w/+-])", re.IGNORECASE
)
"""Eight digits are also a date, a telephone or an order: only a label makes them a GTIN."""


def check_digit(body: str) -> str:
    """The last digit of a GTIN, from all the others.

    >>> check_digit("952123400001")
    '3'
    """
    return str(-sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body))) % 10)


def gtin14(digits: str) -> str | None:
    """A GTIN in its 14-digit form; None where the length or the check digit is not a GTIN's.

    >>> gtin14("036000291452"), gtin14("0036000291452"), gtin14("036000291453")
    ('00036000291452', '00036000291452', None)
    """
    if len(digits) not in LENGTHS or not (digits.isascii() and digits.isdigit()):
        return None
    return digits.zfill(14) if check_digit(digits[:-1]) == digits[-1] else None


def packs(gtin: str) -> str | None:
    """The single item's GTIN-14 where this one, 14 digits long, counts a case or pack of it.

    >>> packs("15701234567896"), packs("05701234567899")
    ('05701234567899', None)
    """
    if not "1" <= gtin[0] <= "8":
        return None
    body = f"0{gtin[1:13]}"
    return body + check_digit(body)


def owned(found: Iterable[str], gtins: Mapping[str, str]) -> tuple[str, str] | None:
    """The first of the found GTIN-14s that is one of a brand's, or a case of it: (found, as the brand says).

    Args:
        found: GTINs in their 14-digit form.
        gtins: a brand's, in their 14-digit form and as it writes them.
    """
    for gtin in found:
        for item in (gtin, packs(gtin)):
            if item is not None and item in gtins:
                return gtin, gtins[item]
    return None


def said(text: str) -> tuple[str, ...]:
    """GTIN-14s that a text says, as words of their own, in their order.

    >>> said("Bottle, EAN 4006381333931, UPC 0 36000 29145 2")
    ('04006381333931', '00036000291452')
    >>> said("order 96385074"), said("EAN: 96385074"), said("A4006381333931")
    ((), ('00000096385074',), ())
    """
    plain = unicodedata.normalize("NFKC", text)
    found = [
        (match.start(), re.sub(r"\D", "", match[match.lastindex or 0]))
        for pattern in (_RUN, _GROUPED, _LABELLED)
        for match in pattern.finditer(plain)
    ]
    return tuple(dict.fromkeys(gtin for _, digits in sorted(found) if (gtin := gtin14(digits))))
