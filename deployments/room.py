"""Whether the scorers' queue has room, as far as this replica of the API saw; callers are told at once."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOKS = 1.0
"""Seconds after which a queue that was full is tried again anyway: scorers may have been added."""


class Room:
    """One event loop's, so without locks.

    Serve says that its queue is full only to a request that was read, parsed and sent. As long as none of
    those that were under way then has been answered, it would say so to the next.

    >>> room = Room(clock=lambda: 0.0)
    >>> with room.taken():
    ...     with room.taken():  # this one Serve turns away
    ...         room.note_full(64)
    ...     room.waiting()
    64
    >>> room.waiting() is None
    True
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._under_way = 0
        self._most = math.inf
        self._waiting = 0
        self._found_full = -math.inf

    def waiting(self) -> int | None:
        """How many wait where no more may; None where there may be room."""
        full = self._under_way >= self._most and self._clock() - self._found_full < _LOOKS
        return self._waiting if full else None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """For as long as a request is with the scorers, or waits for them."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def note_full(self, waiting: int) -> None:
        """Serve turned away a request that is `taken`, because so many wait already."""
        self._most, self._waiting, self._found_full = self._under_way - 1, waiting, self._clock()
