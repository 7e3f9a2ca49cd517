"""A mapping file: what a person writes, checked, and a record read by it."""

import re
from collections.abc import Mapping as Fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from connectors.file.translate import translate
from connectors.mapping.path import follow, opened, steps
from scoring.errors import ListingError, SourceError
from scoring.listing import Listing, Platform

_TEXTS = ("url", "title", "description", "brand", "category", "condition", "video", "observed_at")


class _Authored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Rule(_Authored):
    """Where a value is, and what is done to it. Written as a path, a list of paths, or with `from`."""

    paths: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    """The first that says something counts."""
    together: str | None = None
    """What stands between the values of all paths, where one of them is not enough; none may be missing."""
    join: str | None = None
    """What stands between the parts of a list that is to be one text."""
    times: Decimal | None = None
    """What a number is multiplied by, as where a share of 1 stands for percent."""

    @field_validator("paths", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("paths")
    @classmethod
    def _can_be_followed(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for path in value:
            steps(path)
        return value

    def read(self, record: object) -> object:
        """The value in a record; None where there is none."""
        every = [follow(record, path) for path in self.paths]
        value = next((found for found in every if found is not None), None)
        if self.together is not None:
            return None if None in every else self.together.join(map(str, every))
        if self.join is not None:
            value = opened(value)
            if isinstance(value, list):
                value = self.join.join(str(one) for one in value) or None
        if self.times is not None and value is not None:
            try:
                value = str(Decimal(str(value)) * self.times)
            except InvalidOperation:
                return value  # what is no number is told of as it is
        return value


def _written(value: object) -> object:
    return {"from": value} if isinstance(value, (str, list)) else value


Where = Annotated[Rule, BeforeValidator(_written)]


class Wording(_Authored):
    """What one way of saying the stock means."""

    matches: str
    """A regular expression, found anywhere and in any case; its first group is a number, where it has one."""
    kind: Literal["exact", "at_least", "in_stock", "unknown"]
    number: int | None = None
    """How many, where the words do not say."""

    @field_validator("matches")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from error
        return value


class StockRule(_Authored):
    """How many there are: a number at a path, or words that say so."""

    paths: Annotated[Where, Field(alias="from")]
    words: tuple[Wording, ...] = ()

    def read(self, record: object) -> object:
        """As a listing file writes stock; None where nothing is said."""
        value = self.paths.read(record)
        if value is None or not self.words:
            return value
        for wording in self.words:
            if found := re.search(wording.matches, str(value), re.IGNORECASE):
                said = found.group(1) if found.re.groups else wording.number
                parts = {"kind": wording.kind, "min": said}
                return parts | ({"max": said} if wording.kind == "exact" else {})
        return None


def _stock(value: object) -> object:
    return value if isinstance(value, dict) else {"from": value}


class Price(_Authored):
    """An amount and its currency, of which one may be the same everywhere (`is`)."""

    amount: Where
    currency: Where | None = None
    currency_is: Annotated[str | None, Field(alias="currency is")] = None


class SellerRule(_Authored):
    """Who offers it."""

    id: Where
    name: Where | None = None
    country: Where | None = None
    rating: Where | None = None
    feedback_count: Where | None = None


class Actor(_Authored):
    """The Apify actor that writes such records, and what it is given."""

    name: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    input: dict[str, Any]
    """Its input; `{query}` in any text stands for what is looked for."""

    def given(self, query: str) -> dict[str, Any]:
        """The input for a query."""
        return {name: _filled(value, query) for name, value in self.input.items()}


def _filled(value: Any, query: str) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, str):
        return value.replace("{query}", query)
    if isinstance(value, list):
        return [_filled(one, query) for one in value]
    return {name: _filled(one, query) for name, one in value.items()} if isinstance(value, dict) else value


class Mapping(_Authored):
    """One kind of record."""

    platform: Platform
    source: str
    """Where its names are documented, or what it was seen in."""
    listing_id: Where
    url: Where | None = None
    title: Where | None = None
    description: Where | None = None
    brand: Where | None = None
    category: Where | None = None
    condition: Where | None = None
    price: Price | None = None
    stock: Annotated[StockRule, BeforeValidator(_stock)] | None = None
    seller: SellerRule | None = None
    images: Where | None = None
    video: Where | None = None
    observed_at: Where | None = None
    actor: Actor | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields of a listing that it may fill."""
        mapped = {name for name in Listing.model_fields if getattr(self, name) is not None}
        return frozenset(mapped | {"observed_at"})

    def translate(self, record: object, *, observed_at: datetime) -> tuple[Listing, tuple[str, ...]]:
        """A record's listing, and what of it could not be read. `ValueError` where it is none."""
        listing, errors = translate(self.ours(record), locate=_on_the_web, observed_at=observed_at)
        if listing is None:
            raise ValueError("; ".join(errors))
        return listing, errors

    def ours(self, record: object) -> dict[str, object]:
        """A record in the words of a listing file."""
        found: dict[str, object] = {"platform": self.platform, "listing_id": self.listing_id.read(record)}
        for name in _TEXTS:
            rule: Rule | None = getattr(self, name)
            if rule is not None:
                found[name] = rule.read(record)
        if self.price is not None:
            found["price"] = self._price(self.price, record)
        if self.stock is not None:
            found["stock"] = self.stock.read(record)
        if self.seller is not None:
            found["seller"] = _parts(self.seller, record, essential="id")
        if self.images is not None:
            images = opened(self.images.read(record))
            found["images"] = [images] if isinstance(images, str) else images
        return {name: value for name, value in found.items() if value is not None}

    @staticmethod
    def _price(price: Price, record: object) -> Fields[str, object] | None:
        amount = price.amount.read(record)
        currency = price.currency.read(record) if price.currency else price.currency_is
        return None if amount is None else {"amount": amount, "currency": currency}


def _parts(rules: SellerRule, record: object, *, essential: str) -> Fields[str, object] | None:
    named: dict[str, Rule | None] = {name: getattr(rules, name) for name in type(rules).model_fields}
    found = {name: value for name, rule in named.items() if rule and (value := rule.read(record)) is not None}
    return found if essential in found else None


def _on_the_web(address: str) -> str:
    """Records come from elsewhere: a path in them would be a path on this machine."""
    if address.startswith("//"):
        return f"https:{address}"
    if not address.startswith(("https://", "http://", "data:image/")):
        raise ListingError(f"{address[:80]!r} is no address on the web")
    return address


def load(path: Path) -> Mapping:
    """A mapping file. Raises `SourceError`, which says what is wrong with it and where."""
    try:
        return Mapping.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.", hint="Name a mapping file.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} is not YAML: {error}.", hint="See the shipped mappings.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SourceError(f"{path} is no mapping: {faults}.", hint="See the shipped mappings.") from error


def shipped() -> dict[str, Path]:
    """The mapping files that come with Counterfoil, by name."""
    folder = Path(str(files("connectors.mapping")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
