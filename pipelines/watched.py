"""Listening to a connector at work: its calls counted, its pauses timed, and an end to both when asked."""

from dataclasses import dataclass, field, replace
from threading import Event

from connectors import Access
from pipelines.journal_sources import Effort


class LeftError(Exception):
    """Nobody waits for the source any more: the scan ends for another reason."""


@dataclass(slots=True)
class Watch:
    """The meter and the pauses of one source. One thread reads the source, another one shows progress."""

    access: Access
    """As the tenant has it."""
    left: Event = field(default_factory=Event)
    """Set when nobody waits for the source any more: its next pause or call ends the reading."""
    under_way: bool = False
    """Whether the source's turn has come."""
    _until: float = 0.0
    _calls: int = 0
    _waited: float = 0.0

    @property
    def watched(self) -> Access:
        """The same access, watched."""
        return replace(self.access, meter=self, sleep=self.sleep)

    @property
    def pausing(self) -> float:
        """Seconds that it will still pause: the platform's pace, or its request to be left alone."""
        return max(0.0, self._until - self.access.clock())

    def spent(self) -> Effort:
        """What was spent since this was last asked; asked by the thread that reads the source."""
        effort = Effort(calls=self._calls, waited=self._waited)
        self._calls, self._waited = 0, 0.0
        return effort

    def take(self, resource: str) -> None:
        """See `Meter.take`: a call that the cap refuses is none."""
        if self.left.is_set():
            raise LeftError
        self.access.meter.take(resource)
        self._calls += 1

    async def sleep(self, seconds: float) -> None:
        """See `Access.sleep`."""
        begun = self.access.clock()
        self._until = begun + seconds
        try:
            await self.access.sleep(seconds)
        finally:
            self._until = 0.0
            self._waited += self.access.clock() - begun
        if self.left.is_set():
            raise LeftError
