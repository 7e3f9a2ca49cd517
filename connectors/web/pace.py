"""A steady pace of calls, however many ask at once."""

from collections.abc import Awaitable, Callable


class Pace:
    """At most so many calls a second, evenly spaced: marketplaces count in windows that nobody documents."""

    def __init__(
        self,
        per_second: float | None,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0

    async def wait(self) -> None:
        """Return when the next call may be made."""
        now = self._clock()
        turn = max(now, self._next)
        self._next = turn + self._gap
        if turn > now:
            await self._sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let no call begin for so long: the platform asked for it."""
        self._next = max(self._next, self._clock() + seconds)

    def slow_down(self, per_second: float) -> None:
        """At most so many calls a second from now on, unless the pace is slower already."""
        self._gap = max(self._gap, 1.0 / per_second)
