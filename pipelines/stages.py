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
from cluster.kept import KeptPicture
from cluster.kill_switch import KillSwitchWatch
from cluster.library import Library
from cluster.measure import MEASURES, look, look_at_hashes, measure, reason
from cluster.paid.desk import Asked, PaidDesk
from cluster.paid.outgoing import from_listing
from cluster.seen import Seen
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from scoring.errors import NotKeptError
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
        ("known", pa.bool_()),
        ("hashes_only", pa.bool_()),
    ]
)
"""What looking gives for each picture: its hashes in hex, cheap features, whether it was measured lately, and
whether no more is left of it than that; or an error and its kind."""

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
"""What measuring gives for each group; pixels only on their way to an encoder. `cached` names the features
that were known from an earlier sighting of the same bytes."""


@dataclass(frozen=True, slots=True)
class Crew:
    """What every worker of a scan is given. References into the object store stay references in it."""

    settings: Settings
    spec: PictureSpec
    library: "ray.ObjectRef[Library]"
    cpus: int
    """CPUs of the cluster, for the size of pools."""
    scan_id: str = ""
    """Whose share of a cluster this is."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a process needs to open pictures, to compare them, and to ask about them outside."""

    pictures: Pictures
    library: Library
    desk: PaidDesk
    switch: KillSwitchWatch
    seen: Seen

    def may_measure(self, feature: str) -> bool:
        """Whether the kill switch lets a feature be measured now."""
        return self.switch.stops_measuring(self.library.tenant, feature) is None


def _bench(crew: Crew) -> _Bench:
    return _kept_bench(crew.spec, crew.library, crew.settings)


@lru_cache(maxsize=1)
def _kept_bench(spec: PictureSpec, library: "ray.ObjectRef[Library]", settings: Settings) -> _Bench:
    cv2.setNumThreads(1)  # there are as many processes as cores
    known = ray.get(library)
    return _Bench(
        pictures=Pictures(spec, kept=State(settings).blobs(known.tenant)),
        library=known,
        desk=PaidDesk.of(settings),
        switch=KillSwitchWatch.of(settings),
        seen=Seen.of(settings, known),
    )


def look_at_batch(batch: pa.Table, crew: Crew) -> pa.Table:
    """Fetch, decode, fingerprint, compare fingerprints: (key, source) rows to rows of `LOOKED`."""
    bench = _bench(crew)
    return pa.Table.from_pylist(
        [_look(row["key"], row["source"], bench) for row in batch.to_pylist()], LOOKED
    )


def _look(key: str, source: str, bench: _Bench) -> dict[str, Any]:
    try:
        seen = look(bench.pictures.fetch(source), bench.library)
    except NotKeptError:
        return _look_at_hashes(key, KeptPicture.read(source), bench)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's picture does, it is one failed row
        return {"key": key, "error": reason(error), "failure": type(error).__name__}
    hashes = seen.fingerprint
    return {
        "key": key,
        "sha256": seen.picture.sha256,
        "dhash": f"{hashes.dhash:016x}" if hashes else None,
        "phash": f"{hashes.phash:016x}" if hashes else None,
        "features": dump_features(seen.features),
        "known": bench.seen.get(seen.picture.sha256) is not None,
        "hashes_only": False,
    }


def _look_at_hashes(key: str, picture: KeptPicture, bench: _Bench) -> dict[str, Any]:
    """What is left of a picture that was not kept. Nothing of it is measured, so nothing is counted."""
    hashes = picture.fingerprint
    return {
        "key": key,
        "sha256": picture.sha256,
        "dhash": f"{hashes.dhash:016x}" if hashes else None,
        "phash": f"{hashes.phash:016x}" if hashes else None,
        "features": dump_features(look_at_hashes(hashes, bench.library) if hashes else {}),
        "known": True,
        "hashes_only": True,
    }


@dataclass(frozen=True, slots=True)
class _Measured:
    """A row of `MEASURED` before its features are written down, and what is still to be asked outside."""

    row: dict[str, Any]
    features: dict[str, FeatureValue]
    asked: Asked
    sha256: str | None = None
    """Of a picture that something was measured on now."""


def measure_batch(batch: pa.Table, crew: Crew) -> pa.Table:
    """Decode again and measure what costs CPU or money; the pixels go on where an encoder is asked for.

    (grp, source, sha256, wanted) rows to rows of `MEASURED`. What the kill switch stops meanwhile is left
    out, so that it is still wanted.
    """
    bench = _bench(crew)
    measured = [it for row in batch.to_pylist() if (it := _measure(row, bench)) is not None]
    told = bench.desk.ask([it.asked for it in measured], tenant=bench.library.tenant)
    rows = []
    for it, paid in zip(measured, told, strict=True):
        answered = {name: value for name, value in paid.values.items() if _counts(name, value, bench)}
        if it.sha256 is not None:
            bench.seen.put(it.sha256, it.features | answered)
        rows.append(it.row | {"features": dump_features(it.features | answered), "billed": paid.billed})
    return pa.Table.from_pylist(rows, MEASURED)


def _counts(name: str, value: FeatureValue, bench: _Bench) -> bool:
    """Whether this is the service's answer; not where the switch was turned before it was asked."""
    return not isinstance(value, Unavailable) or bench.may_measure(name)


def _measure(row: dict[str, Any], bench: _Bench) -> _Measured | None:
    wanted = [name for name in row["wanted"] if bench.may_measure(name)]
    if not wanted:
        return None
    sighting = bench.seen.get(row["sha256"])
    known = {name: value for name, value in sighting.features.items() if name in wanted} if sighting else {}
    missing = [name for name in wanted if name not in known]
    measured = {"grp": row["grp"], "cached": sorted(known)}
    nothing = Asked(Unavailable("nothing paid is wanted"), ())
    if not missing:
        return _Measured(measured, known, nothing)
    try:
        picture = decode(bench.pictures.again(row["source"], row["sha256"]))
    except NotKeptError as error:
        appearances = [name for name in missing if is_appearance(name)]
        gone = Unavailable(reason(error))
        told = known | {name: gone for name in missing if name not in appearances}
        # Its embedding may be known from when it was seen.
        return _Measured(measured | {"appearances": appearances, "sha256": row["sha256"]}, told, nothing)
    except Exception as error:  # noqa: BLE001 - as above: one failed row
        gone = Unavailable(reason(error), because="unreadable")
        return _Measured(measured, known | dict.fromkeys(missing, gone), nothing)
    pixels = picture.pixels
    features = {
        name: measure(name, pixels, bench.library)
        for name in missing
        if name in MEASURES and bench.may_measure(name)
    }
    paid = tuple(name for name in missing if name in PAID)
    asked = Asked(from_listing(picture, bench.library.paid), paid) if paid else nothing
    if appearances := [name for name in missing if is_appearance(name)]:
        height, width = pixels.shape[:2]
        measured |= {
            "appearances": appearances,
            "sha256": row["sha256"],
            "pixels": pixels.tobytes(),
            "height": height,
            "width": width,
        }
    return _Measured(measured, known | features, asked, row["sha256"])
