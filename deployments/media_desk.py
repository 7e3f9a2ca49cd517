"""Searching by picture and indexing pictures, as a replica does it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TypeVar

from catalog.media import media_id
from cluster.allowance import Allowance, CapUse
from cluster.encoder_plan import EVERYWHERE
from cluster.encoders import Prepared
from cluster.kill_switch import MEDIA_INDEX
from cluster.media import MediaShelf, MediaShelves, forget_media, keep_media
from cluster.sources import Pictures
from cluster.state import State
from cluster.vectors import vectors_here
from deployments.admission import Turnstile
from deployments.answers import Admission, Refused
from deployments.libraries import Held, Libraries
from scoring.errors import FetchError, RetryError, RowError
from scoring.features import APPEARANCE, AppearanceMatch, FeatureValue, Unavailable
from scoring.similarity import CLOSE, Similarity, by_appearance, by_fingerprint, by_geometry
from vision.decode import Picture, decode
from vision.fingerprint import View, query_views
from vision.geometry import LocalFeatures, describe

_T = TypeVar("_T")

Compare = Callable[[Held, str | None, Prepared], Awaitable[FeatureValue]]
"""A picture's nearest references by appearance, or why they are not known; never raises."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for."""

    picture: str | bytes
    """Its address, or the picture itself."""
    top_k: int


@dataclass(frozen=True, slots=True)
class Unusable:
    """A picture that cannot be had or read, and what to do."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Match:
    """Something that the picture is like."""

    id: str
    name: str
    brand: str | None
    """Of a reference; None for indexed media."""
    similarity: Similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found, best first."""

    id: str
    """The id that the picture itself has, or would have, among the indexed media."""
    matches: tuple[Match, ...]
    limited: tuple[str, ...]
    cap: CapUse | None
    units: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """A picture that can be found from now on."""

    id: str
    fresh: bool
    cap: CapUse | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A picture that cannot be found any more."""

    id: str
    was_there: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Media that are the same picture."""

    members: tuple[tuple[str, str], ...]
    """(id, name), the first indexed first."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The largest of them."""

    there: int
    groups: tuple[Group, ...]


Answered = Found | Indexed | Forgotten | Groups | Refused | Unusable


@dataclass(frozen=True, slots=True)
class _Looked:
    """A picture decoded, with its fingerprints."""

    picture: Picture
    views: tuple[View, ...]

    @classmethod
    def at(cls, data: bytes) -> "_Looked":
        picture = decode(data)
        return cls(picture, query_views(picture.pixels))


class MediaDesk:
    """One for each replica. It reads by `state` and writes by `ledger`.

    Nothing of one tenant's is looked for in another's: each has a shelf of its own.
    """

    def __init__(  # noqa: PLR0913 - what a replica has, handed over once
        self,
        state: State,
        ledger: State,
        libraries: Libraries,
        *,
        pictures: Pictures,
        compare: Compare,
        searching: Turnstile,
        waiting: Executor,
        working: Executor,
        fetch_seconds: float,
    ) -> None:
        self.fetch_seconds = fetch_seconds
        self._state = state
        self._ledger = ledger
        self._libraries = libraries
        self._pictures = pictures
        self._compare = compare
        self._searching = searching
        self._allowance = Allowance(
            lambda: ledger.catalog.usage,
            daily=ledger.settings.limits.media_daily,
            resource=MEDIA_INDEX,
            clock=ledger.catalog.clock,
        )
        self._indexing = Turnstile(searching.switch, self._allowance)
        self._shelves = MediaShelves(state)
        self._waiting = waiting
        self._working = working

    def close(self) -> None:
        """Give back the units that were not spent."""
        self._allowance.close()

    async def search(self, tenant: str | None, wanted: Asked) -> Found | Refused | Unusable:
        """What a picture is like; by its fingerprint alone where the tenant prefers that to a refusal."""
        held = await self._libraries.asked_for(tenant)
        if isinstance(held, Refused):
            return held
        tenant = held.library.tenant
        looked = await self._looked(wanted.picture)
        if isinstance(looked, Unusable):
            return looked
        picture = looked.picture
        shelf = await self._wait_for(self._shelves.of, tenant)
        known = await self._wait_for(shelf.known, picture.sha256)
        admission = await self._wait_for(self._admitted, held, known is not None)
        if isinstance(admission, Refused):
            return admission
        best = _Best()
        near = held.library.fingerprints.search(looked.views, max_distance=CLOSE)
        near += shelf.index.near(looked.views, max_distance=CLOSE)
        best.take((hit.key, by_fingerprint(hit.distance)) for hit in near)
        if not admission.limited:
            features = known or await self._work(describe, picture.pixels)
            best.take(await self._work(_located, held, shelf, features))
            value = await self._by_appearance(held, picture)
            if isinstance(value, Unavailable):
                admission = replace(admission, limited=(f"appearance: {value.reason}",))
            else:
                alike = (it for it in value if isinstance(it, AppearanceMatch))
                best.take((it.reference_id, by_appearance(it.probability)) for it in alike)
        return Found(
            id=media_id(tenant, picture.sha256),
            matches=await self._wait_for(self._named, tenant, best.ranked(wanted.top_k)),
            limited=admission.limited,
            cap=admission.use,
            units=admission.units,
        )

    async def index(self, tenant: str | None, source: str, name: str) -> Indexed | Refused | Unusable:
        """Keep a picture to be found; the same bytes are kept once, and cost once."""
        held = await self._libraries.asked_for(tenant)
        if isinstance(held, Refused):
            return held
        tenant = held.library.tenant
        data = await self._had(source)
        if isinstance(data, Unusable):
            return data
        try:
            picture = await self._work(decode, data)
        except RowError as error:
            return Unusable(str(error.args[0]), error.hint)
        key = media_id(tenant, picture.sha256)
        if await self._wait_for(self._state.catalog.media.get, tenant, [key]):
            return Indexed(key, fresh=False, cap=self._allowance.known(tenant))
        admission = await self._wait_for(self._indexing.decide, tenant)
        if isinstance(admission, Refused):
            return admission

        def kept() -> bool:
            return keep_media(self._ledger, tenant, picture, data, name=name)

        return Indexed(key, fresh=await self._work(kept), cap=admission.use)

    async def forget(self, tenant: str | None, identifier: str) -> Forgotten | Refused:
        """Delete an indexed picture, and of its vectors, derived data and bytes what nothing else needs."""
        held = await self._libraries.asked_for(tenant)
        if isinstance(held, Refused):
            return held
        tenant = held.library.tenant

        def forgotten() -> bool:
            with vectors_here(self._ledger.settings) as vectors:
                return forget_media(self._ledger, vectors, tenant, identifier) is not None

        return Forgotten(identifier, was_there=await self._wait_for(forgotten))

    async def groups(self, tenant: str | None, most: int) -> Groups | Refused:
        """Media that are the same picture, the largest groups first."""
        held = await self._libraries.asked_for(tenant)
        if isinstance(held, Refused):
            return held
        tenant = held.library.tenant
        shelf = await self._wait_for(self._shelves.of, tenant)
        groups = await self._work(shelf.index.groups)
        shown = groups[:most]
        names = await self._wait_for(self._shelves.named, tenant, [key for keys in shown for key in keys])
        return Groups(
            len(groups), tuple(Group(tuple((key, names[key].name) for key in keys)) for keys in shown)
        )

    def _admitted(self, held: Held, known: bool) -> Admission | Refused:  # noqa: FBT001 - for an executor
        passed = self._searching.decide(held.library.tenant, cached=int(known))
        if isinstance(passed, Admission) or held.without_pictures == "refuse":
            return passed
        said = f"{passed.message} The picture was compared by its fingerprint alone."
        return Admission(use=passed.cap, limited=(said,))

    async def _by_appearance(self, held: Held, picture: Picture) -> FeatureValue:
        """Nothing where nobody chose an encoder: that is how the tenant is set up, and no loss."""
        library = held.library
        if APPEARANCE in library.unavailable or not library.owners:
            return ()
        stopped = await self._wait_for(self._searching.switch.stops_measuring, library.tenant, APPEARANCE)
        if stopped is not None:
            return stopped
        place = library.encoders.model(EVERYWHERE)
        prepared = await self._work(Prepared.of, picture)
        value = await self._compare(held, place, prepared)
        return library.encoders.worth(value, EVERYWHERE)

    async def _looked(self, picture: str | bytes) -> _Looked | Unusable:
        data = await self._had(picture) if isinstance(picture, str) else picture
        if isinstance(data, Unusable):
            return data
        try:
            return await self._work(_Looked.at, data)
        except RowError as error:
            return Unusable(str(error.args[0]), error.hint)

    async def _had(self, source: str) -> bytes | Unusable:
        try:
            async with asyncio.timeout(self.fetch_seconds):
                return await self._wait_for(self._pictures.fetch, source)
        except TimeoutError:
            return Unusable(f"not fetched within {self.fetch_seconds:g} s.", "Try again later.")
        except (FetchError, RetryError) as error:
            return Unusable(str(error.args[0]), error.hint)

    def _named(self, tenant: str, ranked: list[tuple[str, Similarity]]) -> tuple[Match, ...]:
        keys = [key for key, _ in ranked]
        assets = self._shelves.named(tenant, keys)
        references = {it.id: it for it in self._state.catalog.references.of(tenant)}
        matches = []
        for key, similarity in ranked:
            if key in assets:
                matches.append(Match(key, assets[key].name, None, similarity))
            elif key in references:
                matches.append(Match(key, references[key].name, references[key].brand, similarity))
        return tuple(matches)

    async def _wait_for(self, job: Callable[..., _T], *args: object) -> _T:
        """Something of a store's, in a thread that may wait."""
        return await asyncio.get_running_loop().run_in_executor(self._waiting, job, *args)

    async def _work(self, job: Callable[..., _T], *args: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._working, job, *args)


class _Best:
    """The strongest similarity of each key."""

    def __init__(self) -> None:
        self._found: dict[str, Similarity] = {}

    def take(self, found: Iterable[tuple[str, Similarity | None]]) -> None:
        for key, similarity in found:
            there = self._found.get(key)
            if similarity is not None and (there is None or similarity.score > there.score):
                self._found[key] = similarity

    def ranked(self, top_k: int) -> list[tuple[str, Similarity]]:
        return sorted(self._found.items(), key=lambda it: (-it[1].score, it[0]))[:top_k]


def _located(held: Held, shelf: MediaShelf, features: LocalFeatures) -> list[tuple[str, Similarity | None]]:
    hits = (*held.library.geometry.match(features), *shelf.index.lie_in(features))
    return [(hit.key, by_geometry(hit.inliers, mirrored=hit.mirrored)) for hit in hits]
