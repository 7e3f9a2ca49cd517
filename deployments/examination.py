"""Measuring one listing's pictures, as far as the funnel asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from cluster.encoder_plan import place_of
from cluster.encoders import Prepared
from cluster.kill_switch import KillSwitchWatch
from cluster.measure import (
    CHEAP,
    MEASURES,
    beyond,
    listing_features,
    look,
    measure,
    not_to_be_measured,
    reason,
)
from cluster.metrics.meters import METERS, Meters
from cluster.metrics.verdicts import count_measured
from cluster.paid.desk import Asked, PaidDesk
from cluster.paid.outgoing import Outgoing, from_listing
from cluster.seen import Seen, Sighting
from cluster.sources import Pictures
from deployments.stopwatch import Stopwatch
from scoring.errors import FetchError
from scoring.features import APPEARANCE, FEATURES, PAID, FeatureValue, Unavailable
from scoring.listing import Listing
from scoring.negatives import spared
from vision.decode import Picture, decode

_T = TypeVar("_T")

Compare = Callable[[Prepared], Awaitable[FeatureValue]]
"""A picture's nearest references by appearance, or why they are not known; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a scorer measures with, shared by all of its requests."""

    pictures: Pictures
    desk: PaidDesk
    switch: KillSwitchWatch
    waiting: Executor
    """Threads that wait for marketplaces and paid services."""
    working: Executor
    """Threads that decode and measure: as many as the replica has CPUs."""
    in_hand: asyncio.Semaphore
    """How many decoded pictures may be held at once: one may take 200 MB."""
    fetch_seconds: float
    """How long a listing's pictures are waited for."""
    most_pictures: int
    """How many of a listing's pictures are looked at."""
    meters: Meters = METERS


@dataclass(slots=True)
class _Seen:
    """One picture so far. Its pixels are not kept: decoding twice is cheaper than running out of memory."""

    source: str
    data: bytes = b""
    sha256: str = ""
    sighting: Sighting | None = None
    features: dict[str, FeatureValue] = field(default_factory=dict)
    error: str | None = None

    def fail(self, why: str) -> None:
        self.error = why
        self.data = b""
        self.features = dict.fromkeys(FEATURES, Unavailable(why, because="unreadable"))


class Examination:
    """The pictures of one listing, fetched when the first feature of them is asked for."""

    def __init__(
        self,
        listing: Listing,
        seen: Seen,
        *,
        bench: Bench,
        compare: Compare,
        watch: Stopwatch,
    ) -> None:
        library = seen.library
        wanted = listing.images if library.owners else ()
        self._seen = [_Seen(source) for source in wanted[: bench.most_pictures]]
        self._beyond = len(wanted) - len(self._seen)
        self._library = library
        self._place = place_of(listing)
        self._kept = seen
        self._withheld: Unavailable | None = None
        self._halted: set[str] = set()
        self._bench = bench
        self._compare = compare
        self._watch = watch
        self._looked = False

    @property
    def features(self) -> dict[str, FeatureValue]:
        """What is known of the listing so far."""
        known = listing_features([seen.features for seen in self._seen], self._library, self._place)
        return not_to_be_measured(known, self._library, self._withheld) if self._withheld else known

    @property
    def readable(self) -> int:
        """How many pictures can be measured."""
        return sum(1 for seen in self._seen if not seen.error)

    @property
    def cached(self) -> int:
        """How many of them were measured lately."""
        return sum(1 for seen in self._seen if not seen.error and seen.sighting is not None)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many pictures came to what; none where none was looked at."""
        if not self._looked:
            return {}
        return {
            "fresh": self.readable - self.cached,
            "known": self.cached,
            "unreadable": len(self._seen) - self.readable,
        }

    @property
    def halted(self) -> tuple[str, ...]:
        """What the kill switch kept from being measured, in words."""
        return tuple(sorted(self._halted))

    def withhold(self, why: Unavailable) -> None:
        """Let nothing be measured on these pictures; what their fingerprints say stays."""
        self._withheld = why

    @property
    def errors(self) -> tuple[str, ...]:
        """What is wrong with which picture, counted from 1 among those that the listing kept."""
        failed = [f"picture {n}: {it.error}" for n, it in enumerate(self._seen, start=1) if it.error]
        if self._beyond and self._looked:
            failed.append(beyond(len(self._seen), len(self._seen) + self._beyond))
        return tuple(failed)

    async def measure(self, wanted: Collection[str]) -> None:
        """Have every one of these features, or the reason why it cannot be had, for each picture."""
        await self.look()
        here = [name for name in wanted if name not in CHEAP and name not in PAID]
        paid = tuple(sorted(name for name in wanted if name in PAID))
        readable = [seen for seen in self._seen if not seen.error]
        if here:
            await asyncio.gather(*(self._measure(seen, here) for seen in readable))
        if paid:
            with self._watch("paid"):
                await self._ask(readable, paid)

    async def look(self) -> None:
        """Fetch the pictures and take their fingerprints, once; that costs no model."""
        if self._looked:
            return
        self._looked = True
        ends_at = asyncio.get_running_loop().time() + self._bench.fetch_seconds
        await asyncio.gather(*(self._look(seen, ends_at) for seen in self._seen))

    async def _look(self, seen: _Seen, ends_at: float) -> None:
        try:
            with self._watch("fetch"):
                data = await self._fetched(seen.source, ends_at)
            with self._watch("look"):
                looked = await self._work(look, data, self._library)
                digest = looked.picture.sha256
                sighting = await self._wait_for(self._kept.get, digest)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's picture does, it is one failed picture
            seen.fail(reason(error))
        else:
            seen.data, seen.sha256, seen.sighting = data, digest, sighting
            seen.features = dict(looked.features)

    async def _fetched(self, source: str, ends_at: float) -> bytes:
        fetching = asyncio.get_running_loop().run_in_executor(
            self._bench.waiting, self._bench.pictures.fetch, source
        )
        try:
            async with asyncio.timeout_at(ends_at):
                return await fetching
        except TimeoutError as error:
            raise FetchError(f"not fetched within {self._bench.fetch_seconds:g} s.") from error

    async def _measure(self, seen: _Seen, wanted: Collection[str]) -> None:
        known = seen.sighting.features if seen.sighting else {}
        wanted = [name for name in wanted if name not in spared(seen.features)]
        self._keep(seen, {name: known[name] for name in wanted if name in known}, known=True)
        wanted = [name for name in wanted if name not in known]
        if not wanted:
            return
        try:
            async with self._bench.in_hand:
                picture = await self._work(decode, seen.data)
                jobs = {name: self._one(name, picture) for name in wanted}
                values = await asyncio.gather(*jobs.values())
        except Exception as error:  # noqa: BLE001 - as above: one picture that cannot be measured
            self._keep(seen, dict.fromkeys(wanted, Unavailable(reason(error))))
        else:
            measured = dict(zip(jobs, values, strict=True))
            self._keep(seen, measured)
            await self._wait_for(self._kept.put, seen.sha256, measured)

    async def _ask(self, readable: list[_Seen], paid: tuple[str, ...]) -> None:
        """Ask a paid service for all pictures of the listing at once, but what it said of them lately."""
        readable = [seen for seen in readable if not spared(seen.features)]
        for seen in readable:
            known = seen.sighting.features if seen.sighting else {}
            self._keep(seen, {name: known[name] for name in paid if name in known}, known=True)
        readable = [seen for seen in readable if not seen.features.keys() >= set(paid)]
        if not readable:
            return
        for feature in paid:
            self._note_halt(await self._wait_for(self._stops, feature))
        missing = [tuple(name for name in paid if name not in seen.features) for seen in readable]
        leaving = await asyncio.gather(*(self._leaving(it) for it in readable))
        asked = [Asked(picture, names) for picture, names in zip(leaving, missing, strict=True)]
        ask = partial(self._bench.desk.ask, asked, tenant=self._library.tenant)
        told = await asyncio.get_running_loop().run_in_executor(self._bench.waiting, ask)
        for seen, answer in zip(readable, told, strict=True):
            self._keep(seen, answer.values)
            await self._wait_for(self._kept.put, seen.sha256, answer.values)

    def _keep(self, seen: _Seen, values: Mapping[str, FeatureValue], *, known: bool = False) -> None:
        seen.features |= values
        for name, value in values.items():
            # What the encoder did it counts itself: it alone knows which embedding was there already.
            if name != APPEARANCE or isinstance(value, Unavailable):
                count_measured(self._bench.meters, name, value, path="online", known=known)

    async def _leaving(self, seen: _Seen) -> Outgoing | Unavailable:
        try:
            async with self._bench.in_hand:
                return await self._work(self._written, seen.data)
        except Exception as error:  # noqa: BLE001 - as above: one picture that cannot be measured
            return Unavailable(reason(error))

    def _written(self, data: bytes) -> Outgoing | Unavailable:
        return from_listing(decode(data), self._library.paid)

    async def _one(self, name: str, picture: Picture) -> FeatureValue:
        with self._watch(name):
            stopped = await self._wait_for(self._stops, name)
            if stopped is not None:
                self._note_halt(stopped)
                return stopped
            if name in MEASURES:
                return await self._work(measure, name, picture.pixels, self._library)
            if name == APPEARANCE:
                return await self._compare(Prepared.of(picture))
        return Unavailable(f"nothing here measures {name}")

    def _stops(self, feature: str) -> Unavailable | None:
        return self._bench.switch.stops_measuring(self._library.tenant, feature)

    def _note_halt(self, stopped: Unavailable | None) -> None:
        if stopped is not None:
            self._halted.add(stopped.reason)

    async def _wait_for(self, job: Callable[..., _T], *args: object) -> _T:
        """Something of a store's, in a thread that may wait."""
        return await asyncio.get_running_loop().run_in_executor(self._bench.waiting, job, *args)

    async def _work(self, job: Callable[..., _T], *args: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._bench.working, job, *args)
