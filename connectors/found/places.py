"""Which marketplace's listing an address on the web is."""

import re
from urllib.parse import urlsplit

_PLACES = (
    ("ebay", r"(?:www\.)?ebay\.(?:[a-z]{2,3}\.)?[a-z]{2,3}", r"/itm/(?:[^/]+/)?(\d{9,})", "v1|{}|0"),
    ("amazon", r"(?:www\.)?amazon\.(?:com?\.)?[a-z]{2,3}", r"/(?:dp|gp/product)/([A-Z0-9]{10})(?=/|$)", "{}"),
    ("walmart", r"(?:www\.)?walmart\.com", r"/ip/(?:[^/]+/)?(\d+)(?=/|$)", "{}"),
    ("etsy", r"(?:www\.)?etsy\.com", r"/listing/(\d+)", "{}"),
    ("aliexpress", r"(?:[a-z]+\.)?aliexpress\.(?:com|us)", r"/item/(\d+)\.html", "{}"),
)
"""Platform, hosts, where in a path its id stands, and how the platform's connector writes it."""


def place_of(address: str) -> tuple[str, str] | None:
    """The platform and its listing's id; None for a page of anybody else.

    >>> place_of("https://www.ebay.co.uk/itm/123456789012?hash=x")
    ('ebay', 'v1|123456789012|0')
    >>> place_of("https://www.amazon.com/Steel-Bottle/dp/B0834SY88H?th=1")
    ('amazon', 'B0834SY88H')
    >>> place_of("https://shop.example/dp/B0834SY88H")
    """
    parts = urlsplit(address)
    for platform, host, path, written in _PLACES:
        if re.fullmatch(host, parts.hostname or ""):
            found = re.search(path, parts.path)
            return (platform, written.format(found[1])) if found else None
    return None
