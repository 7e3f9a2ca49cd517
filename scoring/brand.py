"""What a brand protects: its marks, its references, and who may sell for it."""

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from scoring.listing import Identifier, Listing, Money, Noun, Platform

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


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


class PriceFloor(Owned):
    """The lowest price at which the genuine product is sold."""

    floor: Money


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
    price: PriceFloor | None = None
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
    "PriceFloor",
    "Reference",
    "ReferenceKind",
    "WatchTerm",
]
