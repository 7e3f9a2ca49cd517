"""The one guarded way to get a picture's bytes."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from connectors.download import FetchLimits, download
from connectors.guard import GuardedTransport, deadline
from connectors.local import read_data_uri, read_file_uri, shown
from connectors.sniff import check_is_picture
from scoring.errors import FetchError, RetryError


class PictureFetcher:
    """Fetches pictures from public addresses, `data:` URIs and, within `root`, files.

    Synchronous and thread-safe: a caller that wants many at once maps `fetch` over a thread pool
    (threads wait as well as coroutines at the tens of connections one host should be asked
    for, and one implementation has one set of guards to get right).

    Args:
        root: the folder that `file:` URIs must lie in; None refuses them all.
        allow_private: also fetch from private and loopback addresses and any port, for a shop in
            one's own network. Cloud metadata addresses stay refused.
        limits: size, time and attempts.
        transport: instead of `GuardedTransport`; it then has to check addresses itself.
        clock: seconds, monotonic.
        sleep: waits for seconds.
        chance: spreads the pauses of many fetchers.
    """

    def __init__(  # noqa: PLR0913  # six of them are for tests and unusual networks; callers give one
        self,
        *,
        root: Path | None = None,
        allow_private: bool = False,
        limits: FetchLimits | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self.root = root.resolve() if root else None
        self.allow_private = allow_private
        self.limits = limits or FetchLimits()
        self._transport = transport or GuardedTransport(allow_private=allow_private, clock=clock)
        self._clock = clock
        self._sleep = sleep
        self._chance = chance or random.Random()  # noqa: S311  # spreads load, keeps no secret

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept for reuse."""
        self._transport.close()

    def fetch(self, source: str) -> bytes:
        """The bytes behind a picture's address; what they show, the decoder finds out.

        Raises:
            FetchError: it is gone, refused, too large, not a picture, or not ours to fetch.
            UnreachableError: no answer, or a server error, at each attempt.
            RateLimitedError: asked to wait longer than this fetch may take; see `retry_after`.
        """
        scheme = source.partition(":")[0].strip().lower()
        if scheme == "data":
            body = read_data_uri(source, max_bytes=self.limits.max_bytes)
        elif scheme == "file":
            body = read_file_uri(source, root=self.root, max_bytes=self.limits.max_bytes)
        elif scheme in ("http", "https"):
            body = self._fetch_patiently(source)
        else:
            raise FetchError(
                f"{shown(source)} is not an address pictures are fetched from.",
                hint="Use https:, http:, data: or file:.",
            )
        check_is_picture(body, shown(source))
        return body

    def _fetch_patiently(self, source: str) -> bytes:
        ends_at = self._clock() + self.limits.seconds
        attempt = 1
        while True:
            try:
                with deadline(ends_at):
                    return download(
                        source,
                        transport=self._transport,
                        limits=self.limits,
                        left=lambda: ends_at - self._clock(),
                        any_port=self.allow_private,
                    )
            except RetryError as error:
                pause = self.limits.first_pause * 2 ** (attempt - 1) * self._chance.uniform(0.5, 1.0)
                pause = max(pause, error.retry_after or 0.0)
                if attempt >= self.limits.attempts or self._clock() + pause >= ends_at:
                    raise
            attempt += 1
            self._sleep(pause)


__all__ = ["FetchLimits", "PictureFetcher"]
