"""The names a listing file may use, and what a misspelt one probably meant."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from scoring.listing import Listing, Money, Seller, Stock

PARTS = {
    "price": tuple(Money.model_fields),
    "stock": tuple(Stock.model_fields),
    "seller": tuple(Seller.model_fields),
    # Labelled sets carry the truth beside the listing; `counterfoil evaluate` reads it, scoring never does.
    "label": ("verdict", "kind", "brand"),
}
TOP = (*Listing.model_fields, "label")
FLAT = {
    f"{whole}{mark}{part}": (whole, part) for whole, parts in PARTS.items() for part in parts for mark in "._"
}
"""How a table, which has no objects, spells their parts: `price.amount` or `price_amount`."""

_CLOSE = 75  # rapidfuzz ratio: `titel` is 80 from `title`, `sku` below 50 from every name
_SHOWN = 5


def canonical(name: str) -> str:
    """A field's name without the accidents of a spreadsheet.

    >>> canonical(" Listing_ID")
    'listing_id'
    """
    return name.strip().casefold()


def unknown_fields(names: Iterable[str], known: Iterable[str] = (*TOP, *FLAT)) -> str:
    """What to say of fields nobody reads.

    >>> unknown_fields(["titel"])
    "unknown field 'titel' ignored; did you mean 'title'?"
    >>> unknown_fields(["titel", "sku"])
    "unknown fields 'titel' (did you mean 'title'?), 'sku' ignored"
    """
    choices = tuple(known)
    found = []
    every = list(names)
    for name in every[:_SHOWN]:
        close = process.extractOne(canonical(name), choices, scorer=fuzz.ratio, score_cutoff=_CLOSE)
        found.append((repr(name[:40]), close[0] if close else None))
    if len(every) == 1:
        name, meant = found[0]
        return f"unknown field {name} ignored" + (f"; did you mean {meant!r}?" if meant else "")
    shown = ", ".join(name + (f" (did you mean {meant!r}?)" if meant else "") for name, meant in found)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"unknown fields {shown}{more} ignored"
