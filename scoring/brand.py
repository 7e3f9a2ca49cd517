"""What a brand protects: its marks, its references, and who may sell for it."""

from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from scoring.listing import Identifier, Listing, Money, Noun, Platform
from scoring.territories import country, expand, groups, marketplace_country

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


LEAST_PRICES = 5
"""Prices that a distribution is read from: of fewer, the lowest tenth is one price and an accident."""


def _enough(prices: tuple[Money, ...]) -> tuple[Money, ...]:
    if 0 < len(prices) < LEAST_PRICES:
        raise ValueError(
            f"give at least {LEAST_PRICES} prices at which it was really sold, or a floor instead"
        )
    return prices


def _countries(territories: tuple[str, ...]) -> tuple[str, ...]:
    for territory in territories:
        if not expand(territory):
            raise ValueError(
                f"{territory!r} is no country: write a code of two letters such as DE, or one of "
                f"{', '.join(groups())}"
            )
    return tuple(country(territory) or territory.upper() for territory in territories)


def _no_address(seller_id: str) -> str:
    if "://" in seller_id or seller_id.lower().startswith("www."):
        raise ValueError("give the seller's id, not the address of a page")
    return seller_id


class Owned(Noun):
    """What a person writes about a brand: a misspelt field is an error, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Mark(Owned):
    """Text or a graphic that the brand owns."""

    text: Text
    kind: Literal["word", "slogan", "model", "graphic", "composite", "embossed", "certification"] = "word"
    alternatives: tuple[Text, ...] = ()


class Colour(Owned):
    """A colour of the brand's, registered as a mark or not."""

    name: Text
    hex: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
    registered: bool = False


Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        pattern=r"(?i)^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$",
    ),
]
"""A name of the brand's own on the web, e.g. `northpine.example`; what lies under it is the brand's too."""


Sold = Annotated[tuple[Money, ...], AfterValidator(_enough)]


class ProductPrice(Owned):
    """What some of a brand's products cost, told by words of their titles."""

    words: Annotated[tuple[Text, ...], Field(min_length=1)]
    floor: Money | None = None
    typical: Sold = ()

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if self.floor is None and not self.typical:
            raise ValueError("tell a floor or typical prices")
        return self


class Price(Owned):
    """What the genuine product costs, as far as the brand can tell.

    `floor` is the lowest price at which it is sold anywhere, sales and outlets included. `typical` are
    prices at which it was really sold, not list prices: a till's export, or offers of authorised sellers.
    `products` tells the same of products whose titles have certain words, before what is told of all.
    """

    floor: Money | None = None
    typical: Sold = ()
    products: tuple[ProductPrice, ...] = ()

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if self.floor is None and not self.typical and not self.products:
            raise ValueError("tell a floor, typical prices or products")
        return self


class AuthorisedSeller(Owned):
    """A seller the brand allows, on one platform, optionally by territory and dates."""

    platform: Platform
    seller_id: Annotated[Identifier, AfterValidator(_no_address)] = Field(
        description="the platform's own id or user name; a shop's display name can be anybody's"
    )
    territories: Annotated[tuple[Text, ...], AfterValidator(_countries)] = Field(
        default=(), description="country codes, or EU, EEA, DACH, BENELUX; none: everywhere"
    )
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="the last day, inclusive")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self

    def covers(self, listing: Listing) -> bool:
        """Whether this authorisation holds for a listing, on the day it was observed."""
        return self.refusal(listing) is None

    def refusal(self, listing: Listing) -> str | None:
        """Why this authorisation does not hold for a listing; None where it does.

        The territory is the country of the marketplace where its address tells one, and else the
        seller's. Where neither is told the brand's list is believed. Days are UTC's.
        """
        if listing.seller is None or not self.names(listing.seller.id):
            return f"{self.seller_id} is another seller"
        if listing.platform != self.platform:
            return f"authorised on {self.platform}, not on {listing.platform}"
        day = _utc_day(listing.observed_at)
        if self.valid_from is not None and day < self.valid_from:
            return f"authorised from {self.valid_from}, and it was {day}"
        if self.valid_to is not None and day > self.valid_to:
            return f"authorised until {self.valid_to}, and it was {day}"
        place = _territory(listing)
        if self.territories and place is not None:
            allowed = frozenset[str]().union(*(expand(territory) for territory in self.territories))
            if place not in allowed:
                return f"authorised in {', '.join(self.territories)}, not in {place}"
        return None

    def names(self, seller_id: str) -> bool:
        """Whether this is the id's seller. ASCII capitals do not matter: platforms show them as they like.

        Other letters must be the very same, or a Kelvin sign would make a "K".
        """
        ours, theirs = self.seller_id, seller_id
        return ours == theirs or (ours.isascii() and theirs.isascii() and ours.lower() == theirs.lower())


def _utc_day(moment: datetime) -> date:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _territory(listing: Listing) -> str | None:
    seller = listing.seller.country if listing.seller else None
    return marketplace_country(listing) or (country(seller) or seller.upper() if seller else None)


class WatchTerm(Owned):
    """A class of illegal or prohibited goods, by its words."""

    class_: Text = Field(alias="class")
    primary: tuple[Text, ...]
    alternatives: tuple[Text, ...] = ()


class Brand(Owned):
    """Everything a brand has told us about itself, except its pictures."""

    name: Text
    marks: tuple[Mark, ...] = ()
    colours: tuple[Colour, ...] = ()
    gtins: tuple[Annotated[str, StringConstraints(pattern=r"^\d{8,14}$")], ...] = ()
    price: Price | None = None
    domains: tuple[Domain, ...] = ()
    languages: tuple[str, ...] = ("en",)
    authorised_sellers: tuple[AuthorisedSeller, ...] = ()
    watch_terms: tuple[WatchTerm, ...] = ()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every spelling the brand owns: its name, its marks and their alternatives, each once."""
        spelled = [self.name]
        for mark in self.marks:
            if mark.kind != "certification":
                spelled += [mark.text, *mark.alternatives]
        return tuple(dict.fromkeys(spelled))

    @cached_property
    def certifications(self) -> frozenset[str]:
        """The certification marks it says its goods bear (`CE` …), case folded."""
        spelled = (
            word
            for mark in self.marks
            if mark.kind == "certification"
            for word in (mark.text, *mark.alternatives)
        )
        return frozenset(word.casefold() for word in spelled)


class ReferenceKind(StrEnum):
    """What a genuine image shows; also its folder's name in a brand kit."""

    PHOTO = "photo"
    PACKAGING = "packaging"
    PATTERN = "pattern"
    CHARACTER = "character"
    ARTWORK = "artwork"
    LOGO = "logo"
    CERTIFICATION = "certification"
    NEGATIVE = "negative"
    """Not genuine: a picture that must never match."""


class Reference(Noun):
    """A genuine image of a brand's; its bytes lie in the blob store under `sha256`."""

    id: str = Field(description="UUIDv5 of tenant, brand, kind and sha256")
    tenant: str
    brand: str
    kind: ReferenceKind
    name: str = Field(description="its file's name in the kit")
    sha256: str = Field(description="of the file's bytes, hex")
    width: int
    height: int
    imported_at: datetime


__all__ = [
    "AuthorisedSeller",
    "Brand",
    "Colour",
    "Domain",
    "Mark",
    "Price",
    "ProductPrice",
    "Reference",
    "ReferenceKind",
    "WatchTerm",
]
