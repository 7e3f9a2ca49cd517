"""A tenant's way to marketplaces: the settings' credentials, the record store's caps."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from catalog.usage import Usage, day_ends
from cluster.kept import remembered
from cluster.kill_switch import EVERY, KillSwitchWatch
from cluster.paid.desk import PaidDesk
from cluster.paid.search import search_web
from cluster.state import State
from connectors import SOURCES, Access
from connectors.guard import GuardedTransport
from connectors.web.guarded import GuardedAsyncTransport
from scoring.errors import RateLimitedError
from scoring.features import WebMatch

_ADDRESS = "address"
"""Among a marketplace's settings, the one that is no credential."""
_UNCAPPED = 2**53
"""Calls a day where neither the platform nor the tenant sets a cap: they are counted all the same."""


def access_of(state: State, tenant: str) -> Access:
    """What connectors need to work for a tenant."""
    told = state.settings.connectors.root

    def search(reference_id: str) -> WebMatch | None:
        return search_web(state.catalog, state.blobs(tenant), PaidDesk.of(state.settings), reference_id)

    return Access(
        web_search=search,
        remembered=remembered(state, tenant),
        credentials={
            platform: {name: value for name, value in names.items() if name != _ADDRESS}
            for platform, names in told.items()
        },
        addresses={
            platform: names[_ADDRESS].get_secret_value()
            for platform, names in told.items()
            if _ADDRESS in names
        },
        public_transport=lambda: GuardedAsyncTransport(
            GuardedTransport(allow_private=state.settings.private_addresses)
        ),
        meter=TenantMeter(
            state.catalog.usage,
            tenant,
            daily={name: source.daily for name, source in SOURCES.items() if source.daily is not None},
            switch=KillSwitchWatch(state.catalog.kill_switch.standing),
        ),
    )


def resource(platform: str) -> str:
    """What a marketplace's calls are counted as in the tenant's usage.

    >>> resource("ebay")
    'calls_ebay'
    """
    return f"calls_{platform}"


class TenantMeter:
    """Counts every call before it is made, exactly, whoever else calls for the tenant at the same time."""

    def __init__(
        self,
        usage: Usage,
        tenant: str,
        *,
        daily: Mapping[str, int],
        switch: KillSwitchWatch,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._usage = usage
        self._tenant = tenant
        self._daily = daily
        self._switch = switch
        self._clock = clock

    def take(self, platform: str) -> None:
        """Count one call; `RateLimitedError` until midnight (UTC) where the day's are spent.

        While the kill switch stops it, it waits: a scan pauses, and goes on where it was.
        """
        while self._switch.stopped(self._tenant, resource(platform)):
            time.sleep(EVERY)
        grant = self._usage.take(
            self._tenant,
            resource(platform),
            1,
            unit_micros=0,
            default_cap=self._daily.get(platform, _UNCAPPED),
        )
        if grant.units:
            return
        now = self._clock()
        raise RateLimitedError(
            f"tenant {self._tenant!r} has made its {grant.cap:,} calls of {platform} for today.",
            hint="They are counted anew at midnight UTC; resume then.",
            retry_after=(day_ends(now) - now).total_seconds(),
        )
