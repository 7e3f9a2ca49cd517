"""What platforms' JSON holds where we expect text, an amount or a number: read, or said to be wrong."""

import math
from decimal import Decimal, InvalidOperation

from connectors.web.session import Json
from scoring.listing import Money


def text(value: object) -> str | None:
    """Text without blanks around it; a whole number counts, because ids often are.

    >>> text(" a "), text(7), text(""), text(True)
    ('a', '7', None, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def objects(value: object) -> list[Json]:
    """The objects of a list; none where it is no list.

    >>> objects([{"a": 1}, None, "b"]), objects(None)
    ([{'a': 1}], [])
    """
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def inner(value: object, *names: str) -> object:
    """What lies behind names, one within the other; None where one of them is missing.

    >>> inner({"a": {"b": 1}}, "a", "b"), inner({"a": None}, "a", "b")
    (1, None)
    """
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def money(amount: object, currency: object, errors: list[str]) -> Money | None:
    """An amount with its currency; where it is none, `errors` says so. Nothing where nothing is said.

    >>> errors = []
    >>> money("19.99", "eur", errors), money("much", "EUR", errors), errors
    (Money(amount=Decimal('19.99'), currency='EUR'), None, ["price: 'much' 'EUR' is no amount of money"])
    """
    if amount is None or amount == "":
        return None
    try:
        return Money(amount=Decimal(str(amount)), currency=str(currency))
    except (InvalidOperation, ValueError):
        errors.append(f"price: {amount!r} {currency!r} is no amount of money")
        return None


def number(value: object, name: str, errors: list[str]) -> float | None:
    """A finite number, as such or as text; where it is none, `errors` names the field."""
    if value is None:
        return None
    try:
        found = float(str(value))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        errors.append(f"{name}: {value!r} is no number")
        return None
    return found


def count(value: object) -> int | None:
    """How many there are; a negative number, as some scores are, says nothing of that.

    >>> count(3), count(-1), count("3"), count(True)
    (3, None, 3, None)
    """
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
