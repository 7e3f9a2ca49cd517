"""The workers of a scan's Ray Data pipelines. A row that fails is a row with its reason.

Each is a class that Ray starts once in each worker of its pool and then hands batches.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import ray

from cluster.encoders import Embedder, Prepared, load_encoder
from cluster.library import Library, reference_pictures
from cluster.measure import look, measure_geometry
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from cluster.vectors import open_vectors
from scoring.errors import CounterfoilError
from scoring.features import APPEARANCE, GEOMETRY, FeatureValue, Unavailable, dump_features
from vision.decode import decode

LOOKED = pa.schema(
    [
        ("key", pa.string()),
        ("sha256", pa.string()),
        ("dhash", pa.string()),
        ("phash", pa.string()),
        ("features", pa.binary()),
        ("error", pa.string()),
        ("failure", pa.string()),
    ]
)
"""What looking gives for each picture: its hashes in hex and cheap features, or an error and its kind."""

MEASURED = pa.schema(
    [
        ("grp", pa.string()),
        ("features", pa.binary()),
        ("cached", pa.bool_()),
        ("sha256", pa.string()),
        ("pixels", pa.binary()),
        ("height", pa.int32()),
        ("width", pa.int32()),
    ]
)
"""What measuring gives for each group; pixels only on their way to an encoder."""


@dataclass(frozen=True, slots=True)
class Crew:
    """What every worker of a scan is given. References into the object store stay references in it."""

    settings: Settings
    spec: PictureSpec
    library: "ray.ObjectRef[Library]"
    cpus: int
    """CPUs of the cluster, for the size of pools."""


class Looker:
    """Fetch, decode, fingerprint, and compare fingerprints with the library's."""

    def __init__(self, crew: Crew) -> None:
        cv2.setNumThreads(1)  # a pool has as many workers as there are cores
        self._pictures = Pictures(crew.spec)
        self._library: Library = ray.get(crew.library)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """(key, source) rows to rows of `LOOKED`."""
        return pa.Table.from_pylist(
            [self._look(row["key"], row["source"]) for row in batch.to_pylist()], LOOKED
        )

    def _look(self, key: str, source: str) -> dict[str, Any]:
        try:
            seen = look(self._pictures.fetch(source), self._library)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's picture does, it is one failed row
            return {"key": key, "error": reason(error), "failure": type(error).__name__}
        hashes = seen.fingerprint
        return {
            "key": key,
            "sha256": seen.picture.sha256,
            "dhash": f"{hashes.dhash:016x}" if hashes else None,
            "phash": f"{hashes.phash:016x}" if hashes else None,
            "features": dump_features(seen.features),
        }


class Measurer:
    """Decode again and measure what costs CPU; hand the pixels on where an encoder is asked for."""

    def __init__(self, crew: Crew) -> None:
        cv2.setNumThreads(1)  # a pool has as many workers as there are cores
        self._pictures = Pictures(crew.spec)
        self._library: Library = ray.get(crew.library)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """(grp, source, sha256, wanted) rows to rows of `MEASURED`."""
        return pa.Table.from_pylist([self._measure(row) for row in batch.to_pylist()], MEASURED)

    def _measure(self, row: dict[str, Any]) -> dict[str, Any]:
        wanted = row["wanted"]
        try:
            pixels = decode(self._pictures.again(row["source"], row["sha256"])).pixels
            features: dict[str, FeatureValue] = {}
            if GEOMETRY in wanted:
                features[GEOMETRY] = measure_geometry(pixels, self._library)
        except Exception as error:  # noqa: BLE001 - as above: one failed row
            gone = dict.fromkeys(wanted, Unavailable(reason(error)))
            return {"grp": row["grp"], "features": dump_features(gone), "cached": False}
        measured = {"grp": row["grp"], "features": dump_features(features), "cached": False}
        if APPEARANCE in wanted:
            height, width = pixels.shape[:2]
            measured |= {
                "sha256": row["sha256"],
                "pixels": pixels.tobytes(),
                "height": height,
                "width": width,
            }
        return measured


class Encode:
    """Embed, and find the nearest references."""

    def __init__(self, crew: Crew) -> None:
        self._library: Library = ray.get(crew.library)
        self._embedder: Embedder | Unavailable
        try:
            self._embedder = open_embedder(crew.settings)
        except Exception as error:  # noqa: BLE001 - it could be opened before the scan began: go on without it
            self._embedder = Unavailable(reason(error))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Rows of `MEASURED` with pixels to rows without, appearance added to their features."""
        rows = batch.to_pylist()
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
                "cached": cached,
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


def reason(error: Exception) -> str:
    """What to say of an error in a row: ours as they are, foreign ones with their type."""
    return str(error) if isinstance(error, CounterfoilError) else f"{type(error).__name__}: {error}"
