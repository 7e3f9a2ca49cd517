"""How long a case took: from the decision to the take-down, and to the return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.rechecks import Change

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The moments of one case. What a look-up finds gone went at some moment since it was last there."""

    started_at: datetime
    gone_at: datetime | None = None
    """When it was first seen to be gone after the clock had started."""
    last_there_at: datetime | None = None
    """When it was last seen before that; None where nobody had seen it."""
    back_at: datetime | None = None
    """When it was first seen to be there again, offered by somebody who may not."""

    @property
    def hours(self) -> float | None:
        """From the start to the take-down, at most; None while there was none."""
        return None if self.gone_at is None else max(timedelta(), self.gone_at - self.started_at) / _HOUR

    @property
    def hours_at_least(self) -> float | None:
        """From the start to when it was last there, before it was gone."""
        if self.gone_at is None:
            return None
        return max(timedelta(), (self.last_there_at or self.started_at) - self.started_at) / _HOUR


def clock_of(started_at: datetime, history: Sequence[Change]) -> Clock:
    """The clock of a case by its history, the oldest change first.

    One that was gone when the clock started took no time. "Not found again" stops no clock: nobody said
    that it is gone.
    """
    gone: Change | None = None
    back: datetime | None = None
    for change, after in zip(history, [*history[1:], None], strict=False):
        ended = after is not None and after.at <= started_at
        if change.state == "gone" and gone is None and not ended:
            gone = change
        elif change.state == "there" and gone is not None and back is None:
            back = change.at
    if gone is None:
        return Clock(started_at=started_at)
    return Clock(started_at=started_at, gone_at=gone.at, last_there_at=gone.not_before, back_at=back)
