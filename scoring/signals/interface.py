"""The one interface of all signals."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from scoring.brand import Brand
from scoring.evidence import Outcome
from scoring.features import Features
from scoring.listing import Listing
from scoring.regions import WrittenRegion


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A case a signal promises: what it is shown, what it says, and why that is right."""

    reason: str
    listing: Listing
    brand: Brand
    features: Features = field(default_factory=dict)
    says: str
    """`evidence`, `abstention` or `exemption`."""
    score: tuple[float, float] | None = None
    """For evidence: the lowest and highest score it may give."""


class Signal(BaseModel, ABC):
    """One reason to suspect, or to clear. Its fields are what a recipe may tune.

    `needs` names the features it may read, `wants` those that it does read given what is known. The funnel
    has them measured first, so `weigh` finds each of them in `features`, measured and available; of a signal
    that `makes_do`, at least one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    makes_do: ClassVar[bool] = False
    """Whether some of its features are enough: it then abstains only where none is available."""
    weighs: ClassVar[bool] = True
    """Whether it gives evidence, and so needs a weight; False for a signal that only clears."""

    def idle(self, brand: Brand) -> str | None:
        """Why there is nothing to look for with this brand; the features are then not measured for it."""
        return None

    def wants(self, brand: Brand, features: Features) -> tuple[str, ...]:
        """Those of its `needs` that it reads for a brand, known what is known: all, unless it says otherwise.

        It is asked again whenever more is known. What it does not want it must not read, though it may be
        there: other listings or brands may have had it measured.
        """
        return self.needs

    @abstractmethod
    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Outcome:
        """What this signal says of one listing and one brand. Pure: the same in, the same out."""

    @classmethod
    @abstractmethod
    def examples(cls) -> tuple[Example, ...]:
        """Cases that hold under the default tuning; tests, demo and docs use them."""


class RegionalSignal(Signal):
    """A signal whose matches have a `quad`; it counts those of `inside(matches, self.regions)`."""

    regions: tuple[WrittenRegion, ...] = Field(
        default=(), description="parts of the picture in which a match counts (scoring/regions.py); all of it"
    )
