"""A scan under the kill switch: it waits, and goes on where it was."""

import time
from collections.abc import Iterable
from datetime import datetime

from catalog.kill_switch import KillSwitch
from cluster.kill_switch import EVERY, KillSwitchWatch, resources_of
from pipelines.progress import Stage
from scoring.features import Unavailable


class Pause:
    """Why a tenant's scan must wait, and for how long."""

    def __init__(self, switch: KillSwitch, tenant: str) -> None:
        self._switch = switch
        self._watch = KillSwitchWatch(switch.standing)
        self._tenant = tenant

    def reason(self, features: Iterable[str]) -> Unavailable | None:
        """Why these features cannot all be measured now; None: they can."""
        return self._watch.stopped(self._tenant, *(name for it in features for name in resources_of(it)))

    def until_over(self, features: Iterable[str], stage: Stage) -> None:
        """Return when they can."""
        while self.reason(features) is not None:
            time.sleep(EVERY)
            stage.advance(0)

    def since(self, moment: datetime) -> bool:
        """Whether anything of the tenant's was stopped at some time since then."""
        latest = self._switch.history(tenant=self._tenant, limit=1)
        if not latest:
            return False
        standing = any(turn.tenant in {None, self._tenant} for turn in self._switch.standing())
        return latest[0].at >= moment or standing
