"""The encoder's workers: apart from the others, which need neither the stores nor a model to start."""

import numpy as np
import pyarrow as pa
import ray

from cluster.encoders import Embedder, Prepared, load_encoder
from cluster.kill_switch import KillSwitchWatch
from cluster.library import Library, reference_pictures
from cluster.measure import reason
from cluster.settings import Settings
from cluster.state import State
from cluster.vectors import open_vectors
from pipelines.stages import MEASURED, Crew
from scoring.features import APPEARANCE, FeatureValue, Unavailable, dump_features


class Encode:
    """Embed, and find the nearest references."""

    def __init__(self, crew: Crew) -> None:
        self._library: Library = ray.get(crew.library)
        self._switch = KillSwitchWatch.of(crew.settings)
        self._embedder: Embedder | Unavailable
        try:
            self._embedder = open_embedder(crew.settings)
        except Exception as error:  # noqa: BLE001 - it could be opened before the scan began: go on without it
            self._embedder = Unavailable(reason(error))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Rows of `MEASURED` with pixels to rows without, appearance added to their features.

        While the kill switch stops it nothing is added: it is still wanted then.
        """
        rows = batch.to_pylist()
        if self._switch.stops_measuring(self._library.tenant, APPEARANCE) is not None:
            return pa.Table.from_pylist([row | {"pixels": None} for row in rows], MEASURED)
        waiting = [row for row in rows if row["pixels"] is not None]
        pictures = [
            Prepared(
                row["sha256"],
                np.frombuffer(row["pixels"], np.uint8).reshape(row["height"], row["width"], 3),
            )
            for row in waiting
        ]
        for row, embedded in zip(waiting, self._compare(pictures), strict=True):
            matches, cached = embedded
            row |= {
                "features": merge(row["features"], {APPEARANCE: matches}),
                "cached": [*row["cached"], *([APPEARANCE] if cached else [])],
                "pixels": None,
            }
        return pa.Table.from_pylist(rows, MEASURED)

    def _compare(self, pictures: list[Prepared]) -> list[tuple[FeatureValue, bool]]:
        if isinstance(self._embedder, Unavailable):
            return [(self._embedder, False)] * len(pictures)
        try:
            return [(it.matches, it.cached) for it in self._embedder.compare(pictures, self._library)]
        except Exception as error:  # noqa: BLE001 - a model that fails makes its signal abstain, never the scan
            return [(Unavailable(reason(error)), False)] * len(pictures)


def open_embedder(settings: Settings) -> Embedder:
    """The encoder and the vector index that the settings name, in this process."""
    return Embedder(load_encoder(settings), open_vectors(settings), settings)


def prepare_encoder(settings: Settings, tenant: str) -> None:
    """Open the encoder where its pool will run, and put the tenant's references into the index, once.

    Raises what opening them raises: `SetupError` kinds for a mistake, others for what may pass.
    """
    pool = settings.pools.encoder
    task = ray.remote(_prepare_encoder).options(num_cpus=pool.cpus, num_gpus=pool.gpus or None)
    try:
        ray.get(task.remote(settings, tenant))
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None


def _prepare_encoder(settings: Settings, tenant: str) -> None:
    open_embedder(settings).keep_references(tenant, reference_pictures(State(settings), tenant))


def merge(features: bytes, more: dict[str, FeatureValue]) -> bytes:
    """Features with some more, as JSON."""
    return features[:-1] + (b"," if features != b"{}" else b"") + dump_features(more)[1:]
