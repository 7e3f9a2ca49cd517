"""Whether a listing's pictures may be measured: by the kill switch and the tenant's cap, known ones free."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from catalog.tenants import WithoutPictures
from cluster.allowance import Allowance
from cluster.kill_switch import IMAGE_SIMILARITY, KillSwitchWatch
from deployments.answers import Admission, Refused
from deployments.examination import Examination
from scoring.errors import CounterfoilError, RetryError
from scoring.features import Because, Unavailable

_SOON = 5
"""Seconds after which it is worth asking again what the kill switch stopped: somebody must turn it back."""

_WHY: dict[str, Because] = {"cap_spent": "cap_spent", "halted": "halted"}
"""What a refusal makes of a listing's features; a cap that cannot be read has failed."""


class Turnstile:
    """A replica's, passed once by each listing that wants its pictures measured."""

    def __init__(self, switch: KillSwitchWatch, allowance: Allowance) -> None:
        self.switch = switch
        self._allowance = allowance

    async def admit(
        self, examination: Examination, tenant: str, *, otherwise: WithoutPictures
    ) -> Admission | Refused:
        """Let the pictures be measured, or refuse them, or do without: as the tenant wants it.

        The pictures must have been looked at, because those that were measured lately cost nothing.
        """
        passed = await asyncio.to_thread(self._decided, examination, tenant)
        if isinstance(passed, Admission):
            return passed
        if otherwise == "refuse":
            return passed
        why = Unavailable(passed.message.removesuffix("."), because=_WHY.get(passed.because, "failed"))
        examination.withhold(why)
        return Admission(use=passed.cap, limited=(f"{passed.message} Its pictures were not measured.",))

    async def told(self, admission: Admission | None, examination: Examination, tenant: str) -> Admission:
        """What a listing's verdict says of its admission, at the end."""
        passed = admission or Admission(use=self._allowance.known(tenant))
        return replace(passed, limited=(*passed.limited, *examination.halted))

    def _decided(self, examination: Examination, tenant: str) -> Admission | Refused:
        return self.decide(tenant, readable=examination.readable, cached=examination.cached)

    def decide(self, tenant: str, *, readable: int = 1, cached: int = 0) -> Admission | Refused:
        """Whether so many pictures, some of them known, may be measured as one unit. It waits for stores."""
        stopped = self.switch.stopped(tenant, self._allowance.resource, IMAGE_SIMILARITY)
        if stopped is not None:
            return Refused("halted", f"{stopped.reason}.", "Wait until it is turned back.", retry_after=_SOON)
        if not readable:
            return Admission(use=self._allowance.known(tenant))
        if cached == readable:
            self._allowance.note_free(tenant)
            return Admission(use=self._allowance.known(tenant), cached=cached)
        try:
            taken = self._allowance.take(tenant)
        except CounterfoilError as error:
            after = error.retry_after if isinstance(error, RetryError) else None
            return Refused("not_counted", str(error.args[0]), error.hint, retry_after=round(after or _SOON))
        if taken.granted:
            return Admission(use=taken.use, units=1, cached=cached)
        calls, hint = (
            taken.use.resource.replace("_", " "),
            "Come back after midnight UTC, or have the cap raised.",
        )
        if taken.use.resource == IMAGE_SIMILARITY:
            hint = (
                "Come back after midnight UTC, have the cap raised, or choose verdicts without pictures: "
                f"counterfoil caps prefer text --tenant {tenant}."
            )
        return Refused(
            "cap_spent",
            f"tenant {tenant!r} has spent its cap of {taken.use.limit:,} {calls} calls a UTC day.",
            hint,
            retry_after=taken.use.seconds(datetime.now(UTC)),
            cap=taken.use,
        )
