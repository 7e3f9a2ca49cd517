"""Countries by their ISO 3166-1 alpha-2 codes: how people write them, and which a marketplace serves."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from scoring.listing import Listing

COUNTRIES = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN "
    "IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE "
    "YT ZA ZM ZW XK".split()
)
"""ISO 3166-1, and XK as customs write Kosovo."""

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
GROUPS: Mapping[str, frozenset[str]] = {
    "EU": frozenset(_EU.split()),
    "EEA": frozenset([*_EU.split(), "IS", "LI", "NO"]),
    "DACH": frozenset(("DE", "AT", "CH")),
    "BENELUX": frozenset(("BE", "NL", "LU")),
}
"""What a brand may write for several countries at once."""

_OTHERWISE = {"UK": "GB", "EL": "GR"}
_NO_COUNTRY = frozenset({"io", "co", "tv", "me", "ai", "to", "cc", "fm", "ly", "gg", "sh", "im", "so", "st"})
"""Country domains that the world uses for their sound; `.com.co` still is Colombia."""

_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "de": ("DE", "AT", "CH", "LI", "LU"),
    "fr": ("FR", "BE", "CH", "LU", "CA", "MC"),
    "es": ("ES", "MX", "AR", "CL", "CO", "PE", "UY", "PY", "BO", "EC", "VE", "CR", "PA", "GT", "DO", "HN", "SV",
           "NI"),
    "it": ("IT", "CH", "SM"),
    "pt": ("PT", "BR"),
    "nl": ("NL", "BE"),
    "ja": ("JP",),
    "zh": ("CN", "TW", "HK", "MO", "SG"),
    "id": ("ID", "MY"),
}  # fmt: skip


def country(written: str) -> str | None:
    """The code of a country as somebody wrote it; None where it is no code.

    >>> country("uk"), country(" de "), country("Germany")
    ('GB', 'DE', None)
    """
    code = written.strip().upper()
    code = _OTHERWISE.get(code, code)
    return code if code in COUNTRIES else None


def expand(written: str) -> frozenset[str]:
    """The countries that a territory names: one, or a group's; none where it is neither."""
    code = country(written)
    return frozenset((code,)) if code else GROUPS.get(written.strip().upper(), frozenset())


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
    return tuple(language for language, spoken in _LANGUAGES.items() if code in spoken)


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:  # an address that is none tells nothing
        return ""
