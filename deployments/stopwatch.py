"""Where one request's time goes."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """How long each stage was under way, however often at once; one event loop's, so without locks.

    >>> ticks = iter([0.0, 1.0, 1.5, 2.0])
    >>> watch = Stopwatch(clock=lambda: next(ticks))
    >>> with watch("fetch"), watch("fetch"):
    ...     pass
    >>> watch.timings_ms()
    {'fetch': 500.0, 'total': 2000.0}
    """

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._begun = clock()
        self._running: Counter[str] = Counter()
        self._since: dict[str, float] = {}
        self._spent: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time what happens in the block; blocks of one stage that overlap count once."""
        if not self._running[stage]:
            self._since[stage] = self._clock()
        self._running[stage] += 1
        try:
            yield
        finally:
            self._running[stage] -= 1
            if not self._running[stage]:
                spent = self._clock() - self._since[stage]
                self._spent[stage] = self._spent.get(stage, 0.0) + spent

    def timings_ms(self) -> dict[str, float]:
        """Milliseconds by finished stage, and in total."""
        spent = self._spent | {"total": self._clock() - self._begun}
        return {stage: round(seconds * 1000, 3) for stage, seconds in spent.items()}
