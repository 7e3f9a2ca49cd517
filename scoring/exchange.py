"""Holding a price in one currency against one in another, by rates that are data and say their date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

import yaml

from scoring.listing import Money


@dataclass(frozen=True, slots=True)
class Rates:
    """What one euro is worth in each currency."""

    as_of: date
    """The day of the shipped rates; those that a recipe gives are as new as the recipe."""
    per_euro: Mapping[str, float]

    def convert(self, money: Money, currency: str) -> float | None:
        """An amount in another currency; None where there is no rate for either.

        >>> rates = Rates(date(2025, 6, 30), {"EUR": 1.0, "USD": 1.2})
        >>> rates.convert(Money(amount=10, currency="EUR"), "USD")
        12.0
        """
        if money.currency == currency:
            return float(money.amount)
        source, target = self.per_euro.get(money.currency), self.per_euro.get(currency)
        if source is None or target is None:
            return None
        return float(money.amount) / source * target


@lru_cache(maxsize=1)
def shipped_rates() -> Rates:
    """The table that Counterfoil ships: rough, and dated."""
    table = yaml.safe_load((resources.files("scoring") / "exchange_rates.yaml").read_text("utf-8"))
    return Rates(table["as_of"], {currency: float(rate) for currency, rate in table["rates"].items()})
