"""What the kill switch stops, as every process that calls models or paid services looks at it."""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Self

from catalog.kill_switch import Turn
from cluster.encoder_plan import is_appearance
from cluster.settings import Settings
from cluster.state import State
from scoring.errors import CounterfoilError
from scoring.features import APPEARANCE, PAID, Unavailable

IMAGE_SIMILARITY = "image_similarity"
"""The resource that every model's look at a listing's pictures is part of."""
MEDIA_INDEX = "media_index"
"""The resource that indexing a tenant's own pictures is counted as."""
PAID_CALLS = "paid"
"""The resource that every question to a paid service is part of."""

EVERY = 0.25
"""Seconds for which what was read holds. The switch is to stop everything within one second: a call may begin
that long after it was turned, and the record store has the rest of the second to answer."""


def resources_of(feature: str) -> tuple[str, ...]:
    """What measuring a feature uses, as the kill switch names it.

    >>> resources_of("marks"), resources_of("vision_logo")
    (('marks', 'image_similarity'), ('vision_logo', 'paid'))
    """
    feature = APPEARANCE if is_appearance(feature) else feature  # by whatever model
    return (feature, PAID_CALLS if feature in PAID else IMAGE_SIMILARITY)


class KillSwitchWatch:
    """One for each process, safe to share between threads. Asking costs nothing but once in `EVERY`.

    While the switch cannot be read nothing is called: whoever turns it must be able to rely on it.
    """

    def __init__(
        self, standing: Callable[[], Sequence[Turn]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = standing
        self._clock = clock
        self._looking = Lock()
        self._read_at = float("-inf")
        self._standing: Sequence[Turn] = ()
        self._away: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The switch in the record store that the settings name; opened by the first question."""
        state = State(settings, reads_only=True)
        return cls(lambda: state.catalog.kill_switch.standing())  # noqa: PLW0108 - opened when first asked

    def stopped(self, tenant: str, *resources: str) -> Unavailable | None:
        """Why a call for a tenant that uses any of these resources may not begin; None: it may."""
        self._look()
        if self._away is not None:
            return Unavailable(
                f"the kill switch cannot be read, so nothing is called: {self._away}", because="halted"
            )
        for turn in self._standing:
            if turn.stops(tenant, *resources):
                return Unavailable(_said(turn), because="halted")
        return None

    def stops_measuring(self, tenant: str, feature: str) -> Unavailable | None:
        """Why a feature may not be measured for a tenant now; None: it may."""
        return self.stopped(tenant, *resources_of(feature))

    def _look(self) -> None:
        if self._clock() - self._read_at < EVERY:
            return
        with self._looking:
            now = self._clock()
            if now - self._read_at < EVERY:
                return  # another thread has just looked
            try:
                self._standing, self._away = self._read(), None
            except CounterfoilError as error:
                self._away = str(error)
            self._read_at = now


def _said(turn: Turn) -> str:
    why = f": {turn.why}" if turn.why else ""
    return f"the kill switch stops {turn.scope} since {turn.at:%Y-%m-%d %H:%M:%S} UTC, by {turn.by}{why}"
