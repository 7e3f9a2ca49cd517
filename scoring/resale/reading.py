"""What a listing says of the state of its goods: in its structured condition, and in its title."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from scoring.brand import Brand
from scoring.listing import Listing
from scoring.resale.words import Words, languages, plain, words_of
from scoring.territories import country, languages_of, marketplace_country

_EVERYWHERE = ("en",)
"""Sellers everywhere write English, and platforms' condition values are often English codes."""


class Said(StrEnum):
    """The state of the goods, in the words of whoever sells them."""

    SECOND_HAND = "second-hand"
    RESTORED = "restored"
    """Second-hand and repaired: dealers have many, which contradicts nothing."""
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Statement:
    """What condition and title say together."""

    used: Said | None
    """Second-hand or restored, if anything says so."""
    words: str
    """Those that say so, or an empty text."""
    new: str | None
    """Words that say new, if there are any."""
    part: str | None
    """Words of the title that say that less than the product is sold, or something for it."""


def read_statement(listing: Listing, brand: Brand) -> Statement:
    """Read both. A description is not read: it talks of how goods are used.

    The languages are the brand's, English, and those of the marketplace's country, or else of the
    seller's. A structured condition is read in all languages: it comes from a list, not from a writer.
    """
    return _read(listing.condition or "", listing.title, _languages(listing, brand), _several(listing))


def _languages(listing: Listing, brand: Brand) -> frozenset[str]:
    seller = country(listing.seller.country) if listing.seller and listing.seller.country else None
    place = marketplace_country(listing) or seller
    return frozenset((*brand.languages, *_EVERYWHERE, *languages_of(place)))


def _several(listing: Listing) -> bool:
    return listing.stock.min is not None and listing.stock.min > 1


@lru_cache(maxsize=4096)  # one listing is read for each brand and by several signals
def _read(condition: str, title: str, spoken: frozenset[str], several: bool) -> Statement:  # noqa: FBT001 - a cache's key
    stated = plain(condition)
    anywhere, here = words_of(languages()), words_of(spoken)
    said = plain(title)
    new = _new_condition(stated, anywhere) or _found(here.new.search(said))
    part = _found(here.part.search(said))
    if stated and (used := _condition(stated, anywhere)) is not None:
        return Statement(used, stated, new, part)
    if (found := _used(said, here)) is not None:
        return Statement(*found, new, part)
    vague = here.vague.search(here.seems.sub(" ", said))
    if vague is not None and new is None and not several:
        return Statement(Said.SECOND_HAND, vague.group(0), None, part)
    return Statement(None, "", new, part)


def _condition(stated: str, words: Words) -> Said | None:
    if words.as_restored.fullmatch(stated):
        return Said.RESTORED
    if words.condition.fullmatch(stated):
        return Said.SECOND_HAND
    found = _used(stated, words)
    return found[0] if found else None


def _used(text: str, words: Words) -> tuple[Said, str] | None:
    if restored := words.restored.search(text):
        return Said.RESTORED, restored.group(0)
    says = words.says.search(words.seems.sub(" ", text))
    return (Said.SECOND_HAND, says.group(0)) if says else None


def _new_condition(stated: str, words: Words) -> str | None:
    return stated if words.as_new.match(stated) or words.new.search(stated) else None


def _found(match: re.Match[str] | None) -> str | None:
    return match.group(0) if match else None
