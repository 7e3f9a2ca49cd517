"""From a record's own words to our `Listing`. Pure: the same in, the same out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from connectors.file import values
from connectors.file.names import FLAT, PARTS, TOP, canonical, unknown_fields
from connectors.file.values import WrongValueError
from scoring.errors import ListingError
from scoring.listing import Listing

_T = TypeVar("_T")
_TEXTS = ("url", "title", "description", "brand", "category", "condition")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a record says of itself, as far as it could be read."""

    platform: str | None
    listing_id: str | None
    errors: tuple[str, ...] = ()


def identify(fields: Mapping[str, object]) -> Identity:
    """The pair that makes a listing, or the reasons why there is none."""
    named = {canonical(name): value for name, value in fields.items()}
    found: dict[str, str | None] = {}
    errors = []
    for name in ("platform", "listing_id"):
        found[name] = None
        value = named.get(name)
        try:
            found[name] = None if values.is_null(value) else values.clean_text(value) or None
        except WrongValueError as error:
            errors.append(f"{name}: {error}")
        else:
            if found[name] is None:
                errors.append(f"{name} is missing: a listing needs a platform and a listing_id")
    platform = found["platform"]
    return Identity(platform.lower() if platform else None, found["listing_id"], tuple(errors))


def translate(
    fields: Mapping[str, object], *, locate: Callable[[str], str], observed_at: datetime
) -> tuple[Listing | None, tuple[str, ...]]:
    """A listing as far as the record has one, and what was left out of it and why.

    Only an unreadable identity costs the listing: any other value that is not what it should be
    is left out, with an error that names the field, what was expected and what was found.

    Args:
        fields: the record; prices, stock and sellers as objects or as flat columns.
        locate: makes an image's path a URI; raises `ListingError` where it may not be used.
        observed_at: stands where the record does not say when it was observed.
    """
    identity = identify(fields)
    if identity.errors:
        return None, identity.errors
    reading = _Reading(fields)
    found: dict[str, object] = {"platform": identity.platform, "listing_id": identity.listing_id}
    for name in _TEXTS:
        found[name] = reading.take(name, values.clean_text)
    for name in ("price", "stock", "seller"):
        found[name] = reading.whole(name)
    images, errors = values.images(reading.top.get("images"), locate)
    found["images"] = images
    reading.errors += errors
    found["video"] = reading.take("video", lambda value: _located(value, locate))
    found["observed_at"] = reading.take("observed_at", values.moment) or observed_at
    if not images:
        reading.errors.append("no images: only its words and its seller can be judged")
    if not found["title"]:
        reading.errors.append("no title")
    try:
        listing = Listing.model_validate({name: value for name, value in found.items() if value is not None})
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        return None, (*reading.errors, f"not a listing: {reasons}")
    return listing, tuple(reading.errors)


def _located(value: object, locate: Callable[[str], str]) -> str:
    try:
        return locate(values.text(value))
    except ListingError as error:
        raise WrongValueError(str(error)) from error


class _Reading:
    """One record under way: its values by our names, and the errors so far."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.errors: list[str] = []
        self.top: dict[str, object] = {}
        self.parts: dict[str, dict[str, object]] = {name: {} for name in PARTS}
        unknown = []
        for spelled, value in fields.items():
            name = canonical(spelled)
            if name in TOP:
                self.top[name] = value
            elif name in FLAT:
                whole, part = FLAT[name]
                if not values.is_null(value):
                    self.parts[whole][part] = value
            else:
                unknown.append(spelled)
        if unknown:
            self.errors.append(_unknown(tuple(unknown)))

    def take(self, name: str, read: Callable[[object], _T]) -> _T | None:
        value = self.top.get(name)
        if values.is_null(value):
            return None
        try:
            return read(value)
        except WrongValueError as error:
            self.errors.append(f"{name}: {error}; left out")
            return None

    def whole(self, name: str) -> object:
        """A price, a stock or a seller, from its object and its flat columns together."""
        value = self.top.get(name)
        parts = dict(self.parts[name])
        if not values.is_null(value):
            try:
                parts |= values.parts_of(name, value, beside=parts)
            except WrongValueError as error:
                self.errors.append(f"{name}: {error}; left out")
                return None
        noun, errors = values.noun(name, parts)
        self.errors += errors
        return noun


@lru_cache(maxsize=256)  # a table's unknown columns are the same in every row
def _unknown(names: tuple[str, ...]) -> str:
    return unknown_fields(names)
