"""Single values: what a file may write where we expect text, a number, a price, a moment."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from connectors.file.names import PARTS, unknown_fields
from scoring.errors import ListingError
from scoring.listing import Money, Noun, Seller, Stock

_NOUNS: dict[str, type[Noun]] = {"price": Money, "stock": Stock, "seller": Seller}
_ESSENTIAL = {"price": ("amount", "currency"), "stock": ("kind", "min", "max"), "seller": ("id",)}
"""Parts without which the whole says nothing, or something else than the file meant."""
_EXPECTED = {
    "price.amount": "a number of at least 0, with a point and no thousands separators",
    "price.currency": "three letters such as EUR",
    "stock.kind": "exact, at_least, range, in_stock or unknown",
    "stock.min": "a whole number of at least 0",
    "stock.max": "a whole number of at least 0",
    "stock.observed_at": "a time such as 2026-11-20T10:00:00Z",
    "seller.id": "the platform's id of the seller",
    "seller.name": "text",
    "seller.country": "two letters such as DE",
    "seller.rating": "a percentage, 0 to 100",
    "seller.feedback_count": "a whole number of at least 0",
}
_SHAPES = {
    "price": '{"amount": "19.99", "currency": "EUR"}',
    "stock": '{"kind": "exact", "min": 12, "max": 12}',
    "seller": '{"id": "…"}',
}
_TEXTUAL = {"amount", "currency", "kind", "id", "name", "country"}
_EXACT_FLOATS = 2**53  # above it, a float no longer tells neighbouring whole numbers apart
_DIGITS = 15  # before or after the point of an amount
_INT64 = 2**63
_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


class WrongValueError(Exception):
    """A value that is not what its field holds; the text says what was expected and found."""


def wrong(expected: str, found: object) -> WrongValueError:
    """The error for a value, which is shown cut short."""
    shown = repr(found)
    return WrongValueError(f"expected {expected}, found {shown if len(shown) <= 60 else shown[:59] + '…'}")


def is_null(value: object) -> bool:
    """Whether a value only says that there is none: null, not-a-number, or blank."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def text(value: object) -> str:
    """Text as a file may write it; a number counts, because ids and titles are often numbers.

    >>> text(385), text(385.0)
    ('385', '385')
    """
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOATS:
        return str(int(value))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    raise wrong("text", value)


def clean_text(value: object) -> str:
    """Text without blanks around it."""
    return text(value).strip()


def moment(value: object) -> datetime:
    """A time; one without a zone is UTC."""
    if isinstance(value, bool):
        raise wrong("a time such as 2026-11-20T10:00:00Z", value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    try:
        when = _MOMENT.validate_python(value.strip() if isinstance(value, str) else value)
    except ValidationError as error:
        raise wrong("a time such as 2026-11-20T10:00:00Z", value) from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def images(value: object, locate: Callable[[str], str]) -> tuple[tuple[str, ...], list[str]]:
    """The images' URIs and why some were left out. In a table: a JSON list, or separated by `|`."""
    if is_null(value):
        return (), []
    if isinstance(value, str):
        value = _list_in_text(value)
    if not isinstance(value, list):
        return (), [f"images: {wrong('a list of paths or URLs', value)}; left out"]
    located, errors = [], []
    for place, item in enumerate(value):
        if is_null(item):
            continue
        try:
            if not isinstance(item, str):
                raise wrong("a path or a URL", item)
            located.append(locate(text(item).strip()))
        except (WrongValueError, ListingError) as error:
            errors.append(f"images[{place}]: {error}; left out")
    return tuple(located), errors


def _list_in_text(value: str) -> object:
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value.split("|")


def parts_of(name: str, value: object, *, beside: Mapping[str, object]) -> dict[str, object]:
    """The parts of a price, a stock or a seller given as one value: an object, its JSON, or a bare value."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise wrong(_SHAPES[name], value) from error
    if isinstance(value, Mapping):
        return {str(part): inner for part, inner in value.items() if not is_null(inner)}
    if name == "price" and "currency" in beside:
        return {"amount": value}
    if name == "stock" and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return {"kind": "exact", "min": value, "max": value}
    raise wrong(_SHAPES[name], value)


def noun(name: str, parts: dict[str, object]) -> tuple[Noun | None, list[str]]:
    """The price, stock or seller that these parts make, and what is wrong with them."""
    errors: list[str] = []
    unknown = [part for part in parts if part not in PARTS[name]]
    if unknown:
        errors.append(f"{name}: {unknown_fields(unknown, PARTS[name])}")
    kept = {part: _readable(part, value) for part, value in parts.items() if part in PARTS[name]}
    while kept:
        made, faults = _validated(_NOUNS[name], kept)
        if made is not None:
            return made, errors
        for part, reason in faults:
            lost = "left out"
            if not part or part in _ESSENTIAL[name]:
                lost = f"the whole {name} is left out"
            if part in kept:
                errors.append(f"{name}.{part}: {wrong(_EXPECTED[f'{name}.{part}'], kept[part])}; {lost}")
            elif part:
                errors.append(f"{name}.{part} is missing; {lost}")
            else:
                errors.append(f"{name}: {reason}; {lost}")
        if any(not part or part in _ESSENTIAL[name] for part, _ in faults):
            break
        kept = {part: value for part, value in kept.items() if part not in dict(faults)}
    return None, errors


def _validated(model: type[Noun], parts: Mapping[str, object]) -> tuple[Noun | None, list[tuple[str, str]]]:
    """The noun, or the parts that are at fault with the reason; no part where it is their combination."""
    try:
        made = model.model_validate(parts)
    except ValidationError as error:
        return None, [
            (str(fault["loc"][0]) if fault["loc"] else "", fault["msg"].removeprefix("Value error, "))
            for fault in error.errors()
        ]
    huge = [(part, "too large") for part in parts if _is_huge(getattr(made, part))]
    return (None if huge else made), huge


def _is_huge(value: object) -> bool:
    """Numbers that no shop means and that databases, or printing them digit by digit, choke on."""
    if isinstance(value, Decimal):
        return abs(value.adjusted()) > _DIGITS or len(value.as_tuple().digits) > 2 * _DIGITS
    return isinstance(value, int) and value >= _INT64


def _readable(part: str, value: object) -> object:
    if part == "observed_at" or (part not in _TEXTUAL and not isinstance(value, str)):
        return value
    try:
        readable = clean_text(value)
        return readable.upper() if part in {"currency", "country"} else readable
    except WrongValueError:
        # A float amount keeps its digits; anything else fails validation, which then shows it as it is.
        return value
