"""The workers of a scan's Ray Data pipelines. A row that fails is a row with its reason.

Each is a class that Ray starts once in each worker of its pool and then hands batches.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import pyarrow as pa
import ray

from cluster.library import Library
from cluster.measure import MEASURES, look, measure, reason
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from scoring.features import APPEARANCE, Unavailable, dump_features
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


class _PictureWorker:
    """What every worker that opens pictures starts with."""

    def __init__(self, crew: Crew) -> None:
        cv2.setNumThreads(1)  # a pool has as many workers as there are cores
        self._pictures = Pictures(crew.spec)
        self._library: Library = ray.get(crew.library)


class Looker(_PictureWorker):
    """Fetch, decode, fingerprint, and compare fingerprints with the library's."""

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


class Measurer(_PictureWorker):
    """Decode again and measure what costs CPU; hand the pixels on where an encoder is asked for."""

    def __call__(self, batch: pa.Table) -> pa.Table:
        """(grp, source, sha256, wanted) rows to rows of `MEASURED`."""
        return pa.Table.from_pylist([self._measure(row) for row in batch.to_pylist()], MEASURED)

    def _measure(self, row: dict[str, Any]) -> dict[str, Any]:
        wanted = row["wanted"]
        try:
            pixels = decode(self._pictures.again(row["source"], row["sha256"])).pixels
        except Exception as error:  # noqa: BLE001 - as above: one failed row
            gone = dict.fromkeys(wanted, Unavailable(reason(error)))
            return {"grp": row["grp"], "features": dump_features(gone), "cached": False}
        features = {name: measure(name, pixels, self._library) for name in wanted if name in MEASURES}
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
