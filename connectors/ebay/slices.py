"""A search deeper than eBay shows, as slices by price and category that it shows whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

CENT = Decimal("0.01")
HIGHEST = Decimal(1_000_000)
"""Above it a slice has no upper end; few things cost more, and they are in the last slice."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Prices from `low` to `high`, both included; None is no end."""

    low: Decimal = Decimal(0)
    high: Decimal | None = None
    category: str | None = None
    """eBay's id of one; None is all of them."""

    def filter(self, currency: str) -> str | None:
        """In the words of `filter=`.

        >>> Slice(Decimal("10.00"), Decimal("19.99")).filter("EUR")
        'price:[10.00..19.99],priceCurrency:EUR'
        """
        if self.low == 0 and self.high is None:
            return None
        high = "" if self.high is None else f"{self.high:.2f}"
        return f"price:[{self.low:.2f}..{high}],priceCurrency:{currency}"

    def halves(self) -> "tuple[Slice, Slice] | None":
        """Two slices that meet without overlapping, in the middle of a scale on which prices are dense below.

        None where all of it costs the same: that cannot be split by price.
        """
        if self.high is not None and self.high - self.low < CENT:
            return None
        top = HIGHEST if self.high is None else self.high
        if self.low >= top:
            return None
        middle = ((self.low + 1) * (top + 1)).sqrt() - 1
        middle = min(max(middle.quantize(CENT), self.low), top - CENT)
        return replace(self, high=middle), replace(self, low=middle + CENT)

    def within(self, categories: Sequence[str]) -> "tuple[Slice, ...]":
        """A slice for each category; none where that splits nothing, as where there is only its own.

        >>> [one.category for one in Slice(category="1").within(["1"])], len(Slice().within(["1", "2"]))
        ([], 2)
        """
        found = [one for one in categories if one != self.category]
        return tuple(replace(self, category=one) for one in found)
