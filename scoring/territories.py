"""Countries by their ISO 3166-1 alpha-2 codes: how people write them, and which a marketplace serves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from urllib.parse import urlsplit

import yaml

from scoring.listing import Listing

_OTHERWISE = {"UK": "GB", "EL": "GR"}
_NO_COUNTRY = frozenset({"io", "co", "tv", "me", "ai", "to", "cc", "fm", "ly", "gg", "sh", "im", "so", "st"})
"""Country domains that the world uses for their sound; `.com.co` still is Colombia."""


@dataclass(frozen=True, slots=True)
class _Table:
    countries: frozenset[str]
    groups: Mapping[str, frozenset[str]]
    languages: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    written = yaml.safe_load((resources.files("scoring") / "territories.yaml").read_text("utf-8"))
    sets = {
        part: {name: frozenset(codes.split()) for name, codes in written[part].items()}
        for part in ("groups", "languages")
    }
    return _Table(frozenset(written["countries"].split()), **sets)


def groups() -> tuple[str, ...]:
    """What a brand may write for several countries at once."""
    return tuple(_table().groups)


def country(written: str) -> str | None:
    """The code of a country as somebody wrote it; None where it is no code.

    >>> country("uk"), country(" de "), country("Germany")
    ('GB', 'DE', None)
    """
    code = written.strip().upper()
    code = _OTHERWISE.get(code, code)
    return code if code in _table().countries else None


def expand(written: str) -> frozenset[str]:
    """The countries that a territory names: one, or a group's; none where it is neither."""
    code = country(written)
    return frozenset((code,)) if code else _table().groups.get(written.strip().upper(), frozenset())


def marketplace_country(listing: Listing) -> str | None:
    """The country whose marketplace a listing stands on, by its address; None where that tells nothing.

    >>> [marketplace_country(Listing(platform="shop", listing_id="1", url=url)) for url in (
    ...     "https://www.ebay.de/itm/1", "https://www.amazon.co.jp/dp/1", "https://www.ebay.com/itm/1", None)]
    ['DE', 'JP', None, None]
    """
    host = _host(listing.url) or (listing.platform if "." in listing.platform else "")
    labels = host.lower().rstrip(".").split(".")
    if len(labels) < 2:
        return None
    last, second = labels[-1], labels[-2]
    if last in _NO_COUNTRY and second not in ("com", "co", "org", "net"):
        return None
    return country(last) if re.fullmatch("[a-z]{2}", last) else None


def languages_of(code: str | None) -> tuple[str, ...]:
    """The languages that listings in a country are written in, as far as there are words for them."""
    return tuple(language for language, spoken in _table().languages.items() if code in spoken)


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:  # an address that is none tells nothing
        return ""
