"""The encoder's workers: apart from the others, which need neither the stores nor a model to start."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import ray

from cluster.encoder_plan import appearance_by
from cluster.encoders import Embedder, Embedders, Prepared
from cluster.kill_switch import KillSwitchWatch
from cluster.library import Library, reference_pictures
from cluster.measure import reason
from cluster.metrics.meters import METERS
from cluster.metrics.verdicts import count_batch
from cluster.settings import Settings
from cluster.state import State
from cluster.vectors import open_vectors
from pipelines.stages import MEASURED, Crew, measure_batch
from scoring.features import APPEARANCE, FeatureValue, Unavailable, dump_features


class Encode:
    """Embed, and find the nearest references, by whichever of the tenant's encoders a picture needs."""

    def __init__(self, crew: Crew) -> None:
        self._library: Library = ray.get(crew.library)
        self._switch = KillSwitchWatch.of(crew.settings)
        self._most = crew.settings.pools.encoder.batch
        self._models = {appearance_by(model): model for model in self._library.encoders.models}
        self._gone: dict[str, Unavailable] = {}
        """Appearances whose model cannot be loaded here: it is tried once, not with every batch."""
        self._embedders: Embedders | Unavailable
        try:
            self._embedders = Embedders(crew.settings, open_vectors(crew.settings))
        except Exception as error:  # noqa: BLE001 - it could be opened before the scan began: go on without it
            self._embedders = Unavailable(reason(error))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Rows of `MEASURED` with pixels to rows without, appearance added to their features.

        One without pixels is a picture that was not kept, whose embedding may be known.

        While the kill switch stops it nothing is added: it is still wanted then.
        """
        rows = batch.to_pylist()
        if self._switch.stops_measuring(self._library.tenant, APPEARANCE) is not None:
            return pa.Table.from_pylist([row | {"pixels": None} for row in rows], MEASURED)
        waiting = [row for row in rows if row["appearances"]]
        for name in sorted({name for row in waiting for name in row["appearances"]}):
            asked = [row for row in waiting if name in row["appearances"]]
            count_batch(METERS, len(asked), most=self._most, path="bulk")
            pictures = [
                Prepared(row["sha256"], None if row["pixels"] is None else _pixels(row)) for row in asked
            ]
            for row, (matches, cached) in zip(asked, self._compare(pictures, name), strict=True):
                row["features"] = merge(row["features"], {name: matches})
                row["cached"] += [name] * cached
        for row in waiting:
            row["pixels"] = None
        return pa.Table.from_pylist(rows, MEASURED)

    def _compare(self, pictures: list[Prepared], name: str) -> list[tuple[FeatureValue, bool]]:
        embedder = self._embedder(name)
        if isinstance(embedder, Unavailable):
            return [(embedder, False)] * len(pictures)
        try:
            return [(it.matches, it.cached) for it in embedder.compare(pictures, self._library)]
        except Exception as error:  # noqa: BLE001 - a model that fails makes its signal abstain, never the scan
            return [(Unavailable(reason(error)), False)] * len(pictures)

    def _embedder(self, name: str) -> Embedder | Unavailable:
        if isinstance(self._embedders, Unavailable):
            return self._embedders
        if name not in self._gone:
            try:
                return self._embedders.of(self._models[name])
            except Exception as error:  # noqa: BLE001 - as above: without this model, and with the others
                self._gone[name] = Unavailable(reason(error))
        return self._gone[name]


def measure_and_encode(batch: pa.Table, crew: Crew) -> pa.Table:
    """`measure_batch` and `Encode` in one process, for rows that are measured apart from the others."""
    measured = measure_batch(batch, crew)
    return _kept_encode(crew)(measured) if any(measured["appearances"].to_pylist()) else measured


@lru_cache(maxsize=1)
def _kept_encode(crew: Crew) -> Encode:
    return Encode(crew)


def _pixels(row: dict[str, Any]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(row["pixels"], np.uint8).reshape(row["height"], row["width"], 3)


def prepare_encoders(settings: Settings, tenant: str, models: Sequence[str]) -> None:
    """Open each encoder where its pool will run, and put the tenant's references into the index, once.

    Raises what opening them raises: `SetupError` kinds for a mistake, others for what may pass.
    """
    pool = settings.pools.encoder
    task = ray.remote(_prepare_encoders).options(num_cpus=pool.cpus, num_gpus=pool.gpus or None)
    try:
        ray.get(task.remote(settings, tenant, tuple(models)))
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None


def _prepare_encoders(settings: Settings, tenant: str, models: tuple[str, ...]) -> None:
    embedders, state = Embedders(settings, open_vectors(settings)), State(settings)
    for model in models:
        embedders.of(model).keep_references(tenant, reference_pictures(state, tenant))


def merge(features: bytes, more: dict[str, FeatureValue]) -> bytes:
    """Features with some more, as JSON."""
    return features[:-1] + (b"," if features != b"{}" else b"") + dump_features(more)[1:]
