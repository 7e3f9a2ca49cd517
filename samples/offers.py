"""What a sample listing says before it has pictures or an id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from samples.drawing import Picture

Shot = Callable[[np.random.Generator], "Picture | bytes"]
"""Makes one picture of a listing; bytes are written as they are."""

Verdict = Literal["infringing", "lawful"]

VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "stolen_photo": "infringing",
        "modified_photo": "infringing",
        "self_photographed": "infringing",
        "name_attack": "infringing",
        "composited_logo": "infringing",
        "counterfeit_pattern": "infringing",
        "second_hand_abuse": "infringing",
        "look_alike": "lawful",
        "second_hand": "lawful",
        "authorised_seller": "lawful",
        "irrelevant": "lawful",
    }
)
"""Every kind of sample listing, and whether it infringes."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sells."""

    seller_id: str
    country: str
    rating: float | None = 97.2
    feedback: int | None = 41


@dataclass(frozen=True, slots=True)
class Stock:
    """How many, in the way that platforms say it."""

    kind: str = "unknown"
    least: int | None = None
    most: int | None = None


ONE = Stock("exact", 1, 1)
IN_STOCK = Stock("in_stock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One listing of the sample marketplace."""

    kind: str
    brand: str
    """The brand it touches or, for a lawful one, would be compared with."""
    platform: str
    title: str
    text: str
    price: str
    """Amount and currency, e.g. `19.99 EUR`."""
    shop: Shop
    shots: tuple[Shot, ...] = field(repr=False)
    stock: Stock = IN_STOCK
    condition: str = "new"
    claimed: str | None = None
    """What the seller put into the brand field."""
    category: str | None = None
