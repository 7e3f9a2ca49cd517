"""Embedding pictures and finding their nearest references: what an encoder replica does on either path."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from catalog.adapters import AdapterName, encoder_of
from catalog.vectors import Point, ScoredPoint, VectorIndex, collection_name, point_id
from cluster.library import Roster
from cluster.measure import appearance
from cluster.settings import Settings
from cluster.state import State
from scoring.errors import EncoderError, ImageError
from scoring.features import AppearanceMatch, Unavailable
from vision.adapter import Adapter
from vision.calibration import Calibration
from vision.checkpoint import EncoderSpec, find
from vision.decode import Picture
from vision.encoder import Encoder
from vision.model_store import ModelStore

_FETCHED = 1000
"""Points asked for at once: a few megabytes."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture on its way to an encoder."""

    sha256: str
    pixels: npt.NDArray[np.uint8] | None
    """None of a picture that was not kept: its embedding is known, or it has none."""

    @classmethod
    def of(cls, picture: Picture) -> "Prepared":
        """A decoded picture."""
        return cls(picture.sha256, picture.pixels)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What became of it."""

    matches: tuple[AppearanceMatch, ...] | Unavailable
    cached: bool
    """Whether its embedding was known from an earlier sighting, so that no inference was needed."""


NOT_KEPT = "the picture was not kept, and its embedding is not known any more"


def load_encoder(settings: Settings, model: str | None = None, *, words: bool = False) -> Encoder:
    """The encoder of that name, or the settings'; `EncoderError` says what is wrong with it.

    An adapter is none: it goes on an encoder's vectors, which `Embedders` does.
    """
    if model is not None and AdapterName.parse(model) is not None:
        raise EncoderError(
            f"{model} is an adapter: it compares a tenant's pictures, and embeds none itself.",
            hint=f"Name the encoder it is for: {encoder_of(model)}.",
        )
    return Encoder.load(
        _spec(settings, model),
        offline=False,
        cache=model_store(settings).root,
        hub=settings.hub,
        words=words,
    )


def find_encoder(settings: Settings, model: str | None = None) -> None:
    """Have an encoder's files on this machine, without loading them; `EncoderError` where that cannot be.

    Of an adapted one, the encoder's under it.
    """
    find(
        _spec(settings, encoder_of(model) if model else None),
        offline=False,
        cache=model_store(settings).root,
        hub=settings.hub,
    )


def _spec(settings: Settings, model: str | None) -> EncoderSpec:
    return EncoderSpec(
        model=model or settings.encoder or "",
        device=settings.encoder_device,
        precision=settings.encoder_precision,
        calibrations=calibrations(settings),
    )


def load_adapter(settings: Settings, name: AdapterName) -> Adapter:
    """A tenant's adapter out of the catalogue; `CatalogError` where it is not there."""
    state = State(settings, reads_only=True)
    try:
        return Adapter.from_document(state.catalog.adapters.get(name).document)
    finally:
        state.catalog.close()


def calibrations(settings: Settings) -> Path:
    """Where `counterfoil calibrate` keeps what it fitted, a file for each encoder's key."""
    return settings.home / "calibrations"


def model_store(settings: Settings) -> ModelStore:
    """Where pulled models lie."""
    return ModelStore(settings.models)


class Embedder:
    """An encoder with the vector index: sightings go in, neighbours come out.

    With an adapter, sightings stay the encoder's, so that a picture which was embedded for one is for the
    other; references have a second collection under the adapter's key, made of the first without inference.
    """

    def __init__(
        self,
        encoder: Encoder,
        vectors: VectorIndex,
        settings: Settings,
        *,
        adapter: Adapter | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if adapter is not None and (adapter.base, adapter.size) != (encoder.key, encoder.size):
            raise EncoderError(
                f"The adapter {adapter.key} was learned for {adapter.base}, not for {encoder.key}.",
                hint="Its encoder's weights have changed: learn it anew, or use the encoder without it.",
            )
        self.encoder = encoder
        self.adapter = adapter
        self.key: str = adapter.key if adapter is not None else encoder.key
        """Names what it compares by: the encoder, or the encoder with its adapter."""
        self._vectors = vectors
        self._settings = settings
        self._clock = clock
        self._sightings = collection_name("sightings", encoder.key)
        self._embedded = collection_name("references", encoder.key)
        self._references = collection_name("references", self.key)
        for collection in (self._sightings, self._embedded, self._references):
            vectors.ensure(collection, encoder.size)

    @property
    def calibration(self) -> Calibration | None:
        """What its cosines are worth; an adapter's are worth what the tenant's own map says alone."""
        return self.encoder.calibration if self.adapter is None else None

    def compare(self, pictures: Sequence[Prepared], library: Roster) -> list[Embedded]:
        """Nearest references of each picture; one that was seen lately is not embedded again."""
        return self.compare_each([(picture, library) for picture in pictures])

    def compare_each(self, wanted: Sequence[tuple[Prepared, Roster]]) -> list[Embedded]:
        """The same for pictures of several tenants, all of them through the model at once."""
        model = self.encoder.key
        keys = [point_id(to.tenant, "sightings", sha256=it.sha256, model=model) for it, to in wanted]
        tenants: dict[str, list[str]] = {}
        for key, (_, library) in zip(keys, wanted, strict=True):
            tenants.setdefault(library.tenant, []).append(key)
        known: dict[str, npt.NDArray[np.float32]] = {}
        for tenant, theirs in tenants.items():
            known |= self._lately_seen(theirs, tenant)
        kept = frozenset(known)
        fresh = {key: it for key, (it, _) in zip(keys, wanted, strict=True) if key not in kept}
        embedded, refused = self._embed(fresh)
        for tenant, theirs in tenants.items():
            self._remember({key: embedded[key] for key in theirs if key in embedded}, fresh, tenant)
        known |= embedded
        near: dict[str, list[ScoredPoint]] = {}
        for tenant, theirs in tenants.items():
            near |= self._neighbours({key: known[key] for key in theirs if key in known}, tenant)
        return [
            refused[key] if key in refused else Embedded(self._named(near[key], library), cached=key in kept)
            for key, (_, library) in zip(keys, wanted, strict=True)
        ]

    def _neighbours(
        self, vectors: dict[str, npt.NDArray[np.float32]], tenant: str
    ) -> dict[str, list[ScoredPoint]]:
        """The nearest references of each, all of a tenant's by one call to the index."""
        if not vectors:
            return {}
        asked = np.stack(list(vectors.values()))
        if self.adapter is not None:
            asked = self.adapter.apply(asked)
        found = self._vectors.search(self._references, asked, tenant=tenant, limit=self._settings.neighbours)
        return dict(zip(vectors, found, strict=True))

    def _named(self, near: list[ScoredPoint], library: Roster) -> tuple[AppearanceMatch, ...]:
        return appearance(near, library, encoder=self.key, calibration=self.calibration)

    def seen(self, tenant: str, digests: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """The encoder's vectors of pictures that were ever embedded, by their sha256, however long ago."""
        model = self.encoder.key
        ids = [point_id(tenant, "sightings", sha256=it, model=model) for it in dict.fromkeys(digests)]
        found = {}
        for start in range(0, len(ids), _FETCHED):
            for point in self._vectors.fetch(self._sightings, ids[start : start + _FETCHED], tenant=tenant):
                found[str(point.payload["sha256"])] = point.vector
        return found

    def references(self, tenant: str) -> dict[str, npt.NDArray[np.float32]]:
        """The encoder's vectors of the references that the index holds, by their id."""
        points = self._everything(self._embedded, tenant)
        return {str(point.payload["reference_id"]): point.vector for point in points}

    def _remember(
        self, embedded: dict[str, npt.NDArray[np.float32]], pictures: dict[str, Prepared], tenant: str
    ) -> None:
        now = self._clock().isoformat()
        points = [
            Point(point, vector, {"sha256": pictures[point].sha256, "seen_at": now})
            for point, vector in embedded.items()
        ]
        if points:
            self._vectors.upsert(self._sightings, points, tenant=tenant)

    def keep_references(
        self,
        tenant: str,
        pictures: Iterable[tuple[str, Callable[[], Picture]]],
        *,
        tell: Callable[[int, int], None] = lambda *_: None,
    ) -> int:
        """Make the index hold exactly these references, (id, how to get its picture); how many were new.

        A point is named by the reference's id, not by its sha256: one picture may be a reference of
        two brands, and each has its own point. `tell` hears how many are embedded of how many.
        """
        wanted = {
            point_id(tenant, "references", sha256=reference, model=self.encoder.key): (reference, picture)
            for reference, picture in pictures
        }
        there = {point.id for point in self._everything(self._embedded, tenant)}
        if gone := sorted(there - set(wanted)):
            self._vectors.delete(self._embedded, gone, tenant=tenant)
        missing = sorted(set(wanted) - there)
        batch = self._settings.pools.encoder.batch
        for start in range(0, len(missing), batch):
            some = {point: Prepared.of(wanted[point][1]()) for point in missing[start : start + batch]}
            embedded, _ = self._embed(some)
            points = [
                Point(point, vector, {"reference_id": wanted[point][0]}) for point, vector in embedded.items()
            ]
            if points:
                self._vectors.upsert(self._embedded, points, tenant=tenant)
            tell(min(start + batch, len(missing)), len(missing))
        if self.adapter is not None:
            self._adapt_references(tenant, self.adapter)
        return len(missing)

    def _adapt_references(self, tenant: str, adapter: Adapter) -> None:
        """Make the adapter's collection hold what the encoder's does, by its vectors: no picture is read."""
        there = {point.id for point in self._everything(self._references, tenant)}
        known = {
            point_id(tenant, "references", sha256=reference, model=self.key): (reference, vector)
            for reference, vector in self.references(tenant).items()
        }
        if gone := sorted(there - set(known)):
            self._vectors.delete(self._references, gone, tenant=tenant)
        if missing := sorted(set(known) - there):
            moved = adapter.apply(np.stack([known[point][1] for point in missing]))
            points = [
                Point(point, vector, {"reference_id": known[point][0]})
                for point, vector in zip(missing, moved, strict=True)
            ]
            self._vectors.upsert(self._references, points, tenant=tenant)

    def missing(self, tenant: str, references: Iterable[str]) -> tuple[str, ...]:
        """Which of these references, by id, the encoder has not embedded yet."""
        there = {point.id for point in self._everything(self._embedded, tenant)}
        model = self.encoder.key
        return tuple(
            it for it in references if point_id(tenant, "references", sha256=it, model=model) not in there
        )

    def _everything(self, collection: str, tenant: str) -> Iterator[Point]:
        after = None
        while True:
            page = self._vectors.scroll(collection, tenant=tenant, after=after)
            yield from page.points
            if page.next is None:
                return
            after = page.next

    def _embed(
        self, pictures: dict[str, Prepared]
    ) -> tuple[dict[str, npt.NDArray[np.float32]], dict[str, Embedded]]:
        """Vectors of the pictures that the model can read, and why it cannot read the others."""
        ready: dict[str, npt.NDArray[np.float32]] = {}
        refused: dict[str, Embedded] = {}
        for point, picture in pictures.items():
            if picture.pixels is None:
                refused[point] = Embedded(Unavailable(NOT_KEPT), cached=False)
                continue
            try:
                ready[point] = self.encoder.prepare(picture.pixels)
            except ImageError as error:
                refused[point] = Embedded(Unavailable(str(error)), cached=False)
        vectors = self.encoder.embed(list(ready.values()))
        return dict(zip(ready, vectors, strict=True)), refused

    def _lately_seen(self, ids: Sequence[str], tenant: str) -> dict[str, npt.NDArray[np.float32]]:
        oldest = self._clock() - timedelta(days=self._settings.embedding_days)
        return {
            point.id: point.vector
            for point in self._vectors.fetch(self._sightings, ids, tenant=tenant)
            if datetime.fromisoformat(point.payload["seen_at"]) >= oldest
        }


class Embedders:
    """The encoders that one process has loaded: at most so many, the least recently used given up first.

    Each has collections of its own in the index, so vectors of two never meet in one search. An adapted one
    shares the encoder under it, and goes with it.
    """

    def __init__(
        self,
        settings: Settings,
        vectors: VectorIndex,
        *,
        load: Callable[[Settings, str], Encoder] = load_encoder,
    ) -> None:
        self._settings = settings
        self._vectors = vectors
        self._load = load
        self._loaded: OrderedDict[str, dict[str, Embedder]] = OrderedDict()
        """By encoder: it alone, under its own name, and with each adapter that was asked for."""
        self._turn = Lock()

    def of(self, model: str) -> Embedder:
        """The one for a model, loaded now where it is not there; `EncoderError` where that cannot be."""
        base, name = encoder_of(model), AdapterName.parse(model)
        with self._turn:  # two threads that ask for one model load it once
            if base not in self._loaded:
                plain = Embedder(self._load(self._settings, base), self._vectors, self._settings)
                self._loaded[base] = {base: plain}
                while len(self._loaded) > self._settings.encoders_held:
                    self._loaded.popitem(last=False)
            self._loaded.move_to_end(base)
            known = self._loaded[base]
            if name is not None and model not in known:
                adapter = load_adapter(self._settings, name)
                encoder = known[base].encoder
                known[model] = Embedder(encoder, self._vectors, self._settings, adapter=adapter)
            return known[model]
