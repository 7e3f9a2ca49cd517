"""How often somebody may ask one replica: a token bucket for each caller."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000
"""Callers that are remembered at once; one that was forgotten starts with a full bucket."""


class TokenBuckets:
    """One event loop's, so without locks.

    >>> now = [0.0]
    >>> buckets = TokenBuckets(rate=2.0, burst=2, clock=lambda: now[0])
    >>> [buckets.wait("ada") for _ in range(3)]
    [0, 0, 1]
    >>> now[0] += 0.5
    >>> buckets.wait("ada")
    0
    """

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        """Requests a second."""
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> int:
        """Take a token; 0, or the whole seconds until there is one."""
        now = self._clock()
        tokens, at = self._buckets.get(caller, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - at) * self.rate)
        granted = tokens >= 1
        self._buckets[caller] = (tokens - 1 if granted else tokens, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return 0 if granted else math.ceil((1 - tokens) / self.rate)
