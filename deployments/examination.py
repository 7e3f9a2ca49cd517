"""Measuring one listing's pictures, as far as the funnel asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from cluster.encoder_plan import place_of
from cluster.encoders import Prepared
from cluster.library import Library
from cluster.measure import CHEAP, MEASURES, beyond, listing_features, look, measure, reason
from cluster.paid.desk import Asked, PaidDesk
from cluster.paid.outgoing import Outgoing, from_listing
from cluster.sources import Pictures
from deployments.stopwatch import Stopwatch
from scoring.errors import FetchError
from scoring.features import APPEARANCE, FEATURES, PAID, FeatureValue, Unavailable
from scoring.listing import Listing
from vision.decode import Picture, decode

_T = TypeVar("_T")

Compare = Callable[[Prepared], Awaitable[FeatureValue]]
"""A picture's nearest references by appearance, or why they are not known; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a scorer measures with, shared by all of its requests."""

    pictures: Pictures
    desk: PaidDesk
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


@dataclass(slots=True)
class _Seen:
    """One picture so far. Its pixels are not kept: decoding twice is cheaper than running out of memory."""

    source: str
    data: bytes = b""
    features: dict[str, FeatureValue] = field(default_factory=dict)
    error: str | None = None

    def fail(self, why: str) -> None:
        self.error = why
        self.data = b""
        self.features = dict.fromkeys(FEATURES, Unavailable(why))


class Examination:
    """The pictures of one listing, fetched when the first feature of them is asked for."""

    def __init__(
        self,
        listing: Listing,
        library: Library,
        *,
        bench: Bench,
        compare: Compare,
        watch: Stopwatch,
    ) -> None:
        wanted = listing.images if library.owners else ()
        self._seen = [_Seen(source) for source in wanted[: bench.most_pictures]]
        self._beyond = len(wanted) - len(self._seen)
        self._library = library
        self._place = place_of(listing)
        self._bench = bench
        self._compare = compare
        self._watch = watch
        self._looked = False

    @property
    def features(self) -> dict[str, FeatureValue]:
        """What is known of the listing so far."""
        return listing_features([seen.features for seen in self._seen], self._library, self._place)

    @property
    def errors(self) -> tuple[str, ...]:
        """What is wrong with which picture, counted from 1 among those that the listing kept."""
        failed = [f"picture {n}: {it.error}" for n, it in enumerate(self._seen, start=1) if it.error]
        if self._beyond and self._looked:
            failed.append(beyond(len(self._seen), len(self._seen) + self._beyond))
        return tuple(failed)

    async def measure(self, wanted: Collection[str]) -> None:
        """Have every one of these features, or the reason why it cannot be had, for each picture."""
        if not self._looked:
            self._looked = True
            await self._look_at_all()
        here = [name for name in wanted if name not in CHEAP and name not in PAID]
        paid = tuple(sorted(name for name in wanted if name in PAID))
        readable = [seen for seen in self._seen if not seen.error]
        if here:
            await asyncio.gather(*(self._measure(seen, here) for seen in readable))
        if paid:
            with self._watch("paid"):
                await self._ask(readable, paid)

    async def _look_at_all(self) -> None:
        ends_at = asyncio.get_running_loop().time() + self._bench.fetch_seconds
        await asyncio.gather(*(self._look(seen, ends_at) for seen in self._seen))

    async def _look(self, seen: _Seen, ends_at: float) -> None:
        try:
            with self._watch("fetch"):
                data = await self._fetched(seen.source, ends_at)
            with self._watch("look"):
                looked = await self._work(self._cheap, data)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's picture does, it is one failed picture
            seen.fail(reason(error))
        else:
            seen.data, seen.features = data, looked

    async def _fetched(self, source: str, ends_at: float) -> bytes:
        fetching = asyncio.get_running_loop().run_in_executor(
            self._bench.waiting, self._bench.pictures.fetch, source
        )
        try:
            async with asyncio.timeout_at(ends_at):
                return await fetching
        except TimeoutError as error:
            raise FetchError(f"not fetched within {self._bench.fetch_seconds:g} s.") from error

    def _cheap(self, data: bytes) -> dict[str, FeatureValue]:
        return dict(look(data, self._library).features)

    async def _measure(self, seen: _Seen, wanted: Collection[str]) -> None:
        try:
            async with self._bench.in_hand:
                picture = await self._work(decode, seen.data)
                jobs = {name: self._one(name, picture) for name in wanted}
                values = await asyncio.gather(*jobs.values())
        except Exception as error:  # noqa: BLE001 - as above: one picture that cannot be measured
            seen.features |= dict.fromkeys(wanted, Unavailable(reason(error)))
        else:
            seen.features |= dict(zip(jobs, values, strict=True))

    async def _ask(self, readable: list[_Seen], paid: tuple[str, ...]) -> None:
        """Ask a paid service for all pictures of the listing at once."""
        asked = [
            Asked(leaving, paid) for leaving in await asyncio.gather(*(self._leaving(it) for it in readable))
        ]
        ask = partial(self._bench.desk.ask, asked, tenant=self._library.tenant)
        told = await asyncio.get_running_loop().run_in_executor(self._bench.waiting, ask)
        for seen, answer in zip(readable, told, strict=True):
            seen.features |= answer.values

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
            if name in MEASURES:
                return await self._work(measure, name, picture.pixels, self._library)
            if name == APPEARANCE:
                return await self._compare(Prepared.of(picture))
        return Unavailable(f"nothing here measures {name}")

    async def _work(self, job: Callable[..., _T], *args: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._bench.working, job, *args)
