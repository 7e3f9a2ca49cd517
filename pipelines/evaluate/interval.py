"""Shares, with how sure a share of so few can be."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % Wilson interval; `share` is None where there was nothing to count."""

    hits: int
    of: int
    share: float | None
    low: float
    high: float

    @classmethod
    def wilson(cls, hits: int, of: int) -> "Interval":
        """Hits of a number of trials.

        >>> Interval.wilson(0, 0).share is None, round(Interval.wilson(9, 10).low, 3)
        (True, 0.596)
        """
        if of == 0:
            return cls(0, 0, None, 0.0, 1.0)
        share = hits / of
        middle = (share + _Z * _Z / (2 * of)) / (1 + _Z * _Z / of)
        spread = _Z * sqrt(share * (1 - share) / of + _Z * _Z / (4 * of * of)) / (1 + _Z * _Z / of)
        return cls(hits, of, share, max(0.0, middle - spread), min(1.0, middle + spread))

    @property
    def percent(self) -> str:
        """The share alone, in words: a dash where there is none.

        >>> Interval.wilson(1, 300).percent, Interval.wilson(1, 3).percent, Interval.wilson(0, 0).percent
        ('0.3 %', '33 %', '–')
        """
        if self.share is None:
            return "–"
        # Neither a single alarm in a thousand nor the last miss may be rounded away.
        near_an_end = 0 < self.share < 0.01 or 0.99 < self.share < 1
        return (
            f"{self.share:.1%}".replace("%", " %") if near_an_end else f"{self.share:.0%}".replace("%", " %")
        )

    def __str__(self) -> str:
        if self.share is None:
            return self.percent
        return f"{self.percent} ({self.hits}/{self.of}; {self.low:.0%}–{self.high:.0%})"
