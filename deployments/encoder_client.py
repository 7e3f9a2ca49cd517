"""Asking the encoder, which may be down, slow or overloaded: then appearance is not known, and why."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from cluster.encoders import Embedded, Prepared
from cluster.measure import reason
from scoring.features import FeatureValue, Unavailable

_REST = 2.0
"""Seconds for which nobody asks again after a call that got no answer: a replica takes longer to start,
and each call would wait for its whole timeout meanwhile."""


@dataclass(frozen=True, slots=True)
class Asking:
    """On whose behalf a picture is compared, and by what."""

    tenant: str
    stamp: str
    """The catalogue's stamp that the tenant's references must be as new as."""
    model: str


class EncoderClient:
    """The encoder replicas, as one listing's examination sees them."""

    def __init__(
        self, handle: DeploymentHandle[Any], *, timeout: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.timeout = timeout
        """Seconds that a picture may wait for its turn and its answer."""
        self._handle = handle
        self._clock = clock
        self._rests_until = 0.0
        self._why = ""

    async def compare(self, asking: Asking, picture: Prepared) -> FeatureValue:
        """A picture's nearest references, or why they are not known."""
        if self._clock() < self._rests_until:
            return Unavailable(self._why)
        answer = self._handle.compare.remote(asking, picture)
        try:
            async with asyncio.timeout(self.timeout):
                embedded: Embedded = await answer
        except TimeoutError:
            answer.cancel()  # type: ignore[no-untyped-call]
            return self._gone(f"the encoder did not answer within {self.timeout:g} s")
        except (RayError, RayServeException) as error:
            cause = error.cause if isinstance(error, RayTaskError) else error
            return self._gone(f"the encoder is away: {_brief(cause)}")
        return embedded.matches

    async def key(self) -> str | Unavailable | None:
        """The key of the encoder that is loaded (None: nobody chose one), or why there is no answer."""
        answer = self._handle.key.remote()
        try:
            async with asyncio.timeout(self.timeout):
                key: str | None = await answer
        except TimeoutError:
            answer.cancel()  # type: ignore[no-untyped-call]
            return Unavailable(f"the encoder did not answer within {self.timeout:g} s")
        except (RayError, RayServeException) as error:
            return Unavailable(f"the encoder is away: {_brief(error)}")
        return key

    def _gone(self, why: str) -> Unavailable:
        self._why = why
        self._rests_until = self._clock() + _REST
        return Unavailable(why)


def _brief(error: Exception) -> str:
    """An error's first line: Ray's go on for a page of ids and addresses."""
    lines = reason(error).splitlines()
    return lines[0][:300] if lines else type(error).__name__
