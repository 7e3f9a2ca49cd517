"""What a scan's workers do with pictures, as Ray Data's tasks. A row that fails is a row with its reason.

Tasks and not actors: Ray keeps their processes from one pipeline to the next, and a process that has
imported everything, opened its fetchers and loaded its models costs seconds.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import pyarrow as pa
import ray

from cluster.encoder_plan import is_appearance
from cluster.library import Library
from cluster.measure import MEASURES, look, measure, reason
from cluster.paid.desk import Asked, PaidDesk
from cluster.paid.outgoing import from_listing
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from scoring.features import PAID, FeatureValue, Unavailable, dump_features
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
        ("cached", pa.list_(pa.string())),
        ("billed", pa.list_(pa.string())),
        ("appearances", pa.list_(pa.string())),
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


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a process needs to open pictures, to compare them, and to ask about them outside."""

    pictures: Pictures
    library: Library
    desk: PaidDesk


def _bench(crew: Crew) -> _Bench:
    return _kept_bench(crew.spec, crew.library, crew.settings)


@lru_cache(maxsize=1)
def _kept_bench(spec: PictureSpec, library: "ray.ObjectRef[Library]", settings: Settings) -> _Bench:
    cv2.setNumThreads(1)  # there are as many processes as cores
    return _Bench(Pictures(spec), ray.get(library), PaidDesk.of(settings))


def look_at_batch(batch: pa.Table, crew: Crew) -> pa.Table:
    """Fetch, decode, fingerprint, compare fingerprints: (key, source) rows to rows of `LOOKED`."""
    bench = _bench(crew)
    return pa.Table.from_pylist(
        [_look(row["key"], row["source"], bench) for row in batch.to_pylist()], LOOKED
    )


def _look(key: str, source: str, bench: _Bench) -> dict[str, Any]:
    try:
        seen = look(bench.pictures.fetch(source), bench.library)
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


@dataclass(frozen=True, slots=True)
class _Measured:
    """A row of `MEASURED` before its features are written down, and what is still to be asked outside."""

    row: dict[str, Any]
    features: dict[str, FeatureValue]
    asked: Asked


def measure_batch(batch: pa.Table, crew: Crew) -> pa.Table:
    """Decode again and measure what costs CPU or money; the pixels go on where an encoder is asked for.

    (grp, source, sha256, wanted) rows to rows of `MEASURED`.
    """
    bench = _bench(crew)
    measured = [_measure(row, bench) for row in batch.to_pylist()]
    told = bench.desk.ask([it.asked for it in measured], tenant=bench.library.tenant)
    rows = [
        it.row | {"features": dump_features(it.features | paid.values), "billed": paid.billed}
        for it, paid in zip(measured, told, strict=True)
    ]
    return pa.Table.from_pylist(rows, MEASURED)


def _measure(row: dict[str, Any], bench: _Bench) -> _Measured:
    wanted = row["wanted"]
    measured = {"grp": row["grp"], "cached": []}
    try:
        picture = decode(bench.pictures.again(row["source"], row["sha256"]))
    except Exception as error:  # noqa: BLE001 - as above: one failed row
        gone = Unavailable(reason(error))
        return _Measured(measured, dict.fromkeys(wanted, gone), Asked(gone, ()))
    pixels = picture.pixels
    features = {name: measure(name, pixels, bench.library) for name in wanted if name in MEASURES}
    paid = tuple(name for name in wanted if name in PAID)
    leaving = from_listing(picture, bench.library.paid) if paid else Unavailable("nothing paid is wanted")
    if appearances := [name for name in wanted if is_appearance(name)]:
        height, width = pixels.shape[:2]
        measured |= {
            "appearances": appearances,
            "sha256": row["sha256"],
            "pixels": pixels.tobytes(),
            "height": height,
            "width": width,
        }
    return _Measured(measured, features, Asked(leaving, paid))
