"""What a brand protects: its marks, its references, and who may sell for it."""

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from scoring.listing import Identifier, Listing, Money, Noun, Platform

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


LEAST_PRICES = 5
"""Prices that a distribution is read from: of fewer, the lowest tenth is one price and an accident."""


def _enough(prices: tuple[Money, ...]) -> tuple[Money, ...]:
    if 0 < len(prices) < LEAST_PRICES:
        raise ValueError(
            f"give at least {LEAST_PRICES} prices at which it was really sold, or a floor instead"
        )
    return prices


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
    seller_id: Identifier
    territories: tuple[Annotated[str, StringConstraints(to_upper=True)], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="the last day, inclusive")

    def covers(self, listing: Listing) -> bool:
        """Whether this authorisation holds for a listing, on the day it was observed."""
        seller = listing.seller
        if seller is None or (listing.platform, seller.id) != (self.platform, self.seller_id):
            return False
        day = listing.observed_at.date()
        if self.valid_from is not None and day < self.valid_from:
            return False
        if self.valid_to is not None and day > self.valid_to:
            return False
        if not self.territories or seller.country is None:
            return True
        return seller.country.upper() in self.territories


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


class ReferenceKind(StrEnum):
    """What a genuine image shows; also its folder's name in a brand kit."""

    PHOTO = "photo"
    PACKAGING = "packaging"
    PATTERN = "pattern"
    CHARACTER = "character"
    ARTWORK = "artwork"
    LOGO = "logo"
    CERTIFICATION = "certification"


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
    "Mark",
    "Price",
    "ProductPrice",
    "Reference",
    "ReferenceKind",
    "WatchTerm",
]
