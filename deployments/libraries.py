"""The libraries of the tenants asked for lately, each built anew when its catalogue has changed."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from catalog.tenants import WithoutPictures
from cluster.funnels import Funnels
from cluster.library import Library, build_library
from cluster.seen import Seen
from cluster.state import State
from deployments.answers import Refused, unknown_tenant
from scoring.errors import CatalogError, CounterfoilError, RetryError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A tenant's library with the funnels of its recipes."""

    library: Library
    funnels: Funnels
    stamp: str
    """The catalogue's stamp that it was built by."""
    seen: Seen
    """What was measured lately on pictures, as far as it holds for this library."""
    without_pictures: WithoutPictures
    """What the tenant wants where pictures may not be measured."""

    @classmethod
    def build(cls, state: State, tenant: str) -> "Held":
        """Build both. The stamp is taken first, so that a change in between is noticed later."""
        stamp = state.stamp(tenant)
        library = build_library(state, tenant)
        return cls(
            library,
            Funnels(library.recipe, library.category_recipes),
            stamp,
            Seen.of(state.settings, library),
            state.catalog.tenants.without_pictures(tenant),
        )


class Libraries:
    """At most so many tenants' libraries, the least recently used given up first.

    The first request for a tenant waits until its library is built. After that requests never wait:
    every `check_seconds` one of them starts a look at the catalogue, and where that has changed the
    old library answers until the new one stands. While the catalogue cannot be reached the old one
    goes on answering; where a person has to mend something, the next request is told what.
    """

    def __init__(
        self,
        state: State,
        *,
        most: int,
        check_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = most
        self.check_seconds = check_seconds
        self._state = state
        self._clock = clock
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._checked: dict[str, float] = {}
        self._building: dict[str, asyncio.Task[Held]] = {}

    async def get(self, tenant: str) -> Held:
        """A tenant's library; `CatalogError` for an unknown tenant, `RecipeError` for a broken recipe."""
        held = self._held.get(tenant)
        if held is None:
            return await asyncio.shield(self._started(tenant))
        self._held.move_to_end(tenant)
        if self._clock() - self._checked[tenant] >= self.check_seconds:
            self._started(tenant)
        return held

    async def asked_for(self, tenant: str | None) -> Held | Refused:
        """The library of the tenant that a request names; a catalogue of one need not name it."""
        if tenant is None:
            known = await self.tenants()
            if len(known) != 1:
                return Refused(
                    "tenant_not_named",
                    f"the catalogue has {len(known) or 'no'} tenants, and the request names none.",
                    "Add ?tenant= to the address."
                    if known
                    else "Import a brand kit: counterfoil brand import DIR --tenant T.",
                )
            (tenant,) = known
        try:
            return await self.get(tenant)
        except CatalogError:
            if tenant in await self.tenants():
                raise
            # Whoever asks is not told which tenants there are.
            return unknown_tenant(tenant)

    async def tenants(self) -> tuple[str, ...]:
        """Every tenant of the catalogue."""
        return await asyncio.to_thread(self._state.catalog.tenants.names)

    def _started(self, tenant: str) -> asyncio.Task[Held]:
        """The one task that builds, or looks at, this tenant's library now."""
        task = self._building.get(tenant)
        if task is None:
            task = asyncio.create_task(self._renewed(tenant, self._held.get(tenant)))
            self._building[tenant] = task
            task.add_done_callback(lambda done: self._finish(tenant, done))
        return task

    async def _renewed(self, tenant: str, held: Held | None) -> Held:
        if held is not None and await asyncio.to_thread(self._state.stamp, tenant) == held.stamp:
            return held
        return await asyncio.to_thread(Held.build, self._state, tenant)

    def _finish(self, tenant: str, done: asyncio.Task[Held]) -> None:
        del self._building[tenant]
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._held[tenant] = done.result()
            self._checked[tenant] = self._clock()
            while len(self._held) > self.most:
                gone, _ = self._held.popitem(last=False)
                del self._checked[gone]
        elif tenant in self._held:
            logger.warning("the library of tenant %s could not be renewed: %s", tenant, error)
            self._checked[tenant] = self._clock()
            if isinstance(error, CounterfoilError) and not isinstance(error, RetryError):
                del self._held[tenant], self._checked[tenant]
