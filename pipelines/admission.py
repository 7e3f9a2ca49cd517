"""Which listings' pictures may be measured: one unit of the tenant's day each, unless they were lately."""

from collections.abc import Set as AbstractSet

from cluster.allowance import Allowance
from pipelines.journal import Journal
from scoring.features import Unavailable

COUNTED, FREE, SPENT = "counted", "free", "spent"
"""How a listing was admitted, as the journal and the summary name it."""

BLOCK = 64
"""Units that a scan takes at once at most: it needs them within seconds, and gives back the rest."""


class Admissions:
    """A scan's, decided once for each listing: a scan that is resumed pays for nothing twice."""

    def __init__(self, journal: Journal, allowance: Allowance, tenant: str) -> None:
        self._journal = journal
        self._allowance = allowance
        self._tenant = tenant

    def refused(self, number: int, groups: AbstractSet[str]) -> Unavailable | None:
        """Why a listing's pictures, by their groups, may not be measured; None: they may."""
        how = self._journal.admission(number)
        if how is None:
            how = self._decided(groups)
            self._journal.admit(number, how, groups=groups if how == COUNTED else ())
        if how != SPENT:
            return None
        return Unavailable(
            f"tenant {self._tenant!r} had spent its cap of the day on image similarity; scan again tomorrow",
            because="cap_spent",
        )

    def _decided(self, groups: AbstractSet[str]) -> str:
        if self._journal.known(groups):
            self._allowance.note_free(self._tenant)
            return FREE
        return COUNTED if self._allowance.take(self._tenant).granted else SPENT

    def settle(self) -> None:
        """Give back what the round did not need."""
        self._allowance.settle()
