"""What a new reference finds among what was seen before it: with the pictures, and with their hashes alone.

Phone photographs of packaged goods are the listings, scanned while the brand has one reference of something
else; then each product's studio picture becomes a reference and everything is rescanned, once as it was kept
and once more when only hashes are left. The same pictures scanned by those references from the beginning are
what there is to find. Takes some minutes.
"""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks._report import options, photographs, show
from catalog.intake import import_kit
from catalog.sightings import NewSighting
from cluster.inspect import inspect
from cluster.session import session
from cluster.settings import Settings
from cluster.state import State
from pipelines.beginning import ScanRequest
from pipelines.progress import Reporter
from pipelines.rescan import RescanRequest, rescan
from pipelines.scan import scan

_EACH = 2
"""Photographs of each product."""


def measure(data: Path) -> dict[str, Any]:
    """Everything, by one process on this machine."""
    products = sorted(path for path in (data / "grocery" / "packaged").iterdir() if path.is_dir())
    photos = {path: photo for it in products for path, photo in _photos(it)}
    quiet = Reporter(quiet=True)
    with TemporaryDirectory() as place:
        folder = Path(place)
        settings = Settings.load(home=folder / "home", encoder=None)
        market = _market(folder / "market", photos)
        with session(settings):
            _kit(settings, "before", folder / "kit-0", {"other": next(iter((data / "shoes").rglob("*.jpg")))})
            scanned = scan(_request("before", market, folder / "first"), settings, quiet)
            references = {it.name: it / "iconic.jpg" for it in products}
            _kit(settings, "before", folder / "kit-1", references)
            kept, seconds = _rescan(settings, folder / "kept")
            _only_hashes(settings, "before")
            hashes, fewer = _rescan(settings, folder / "hashes")
            _kit(settings, "fresh", folder / "kit-1", references)
            scan(_request("fresh", market, folder / "fresh"), settings, quiet)
            fresh = pq.read_table(folder / "fresh" / "results.parquet")
        same = pq.read_table(folder / "kept" / "results.parquet")
    to_a_person = sum(route != "none" for route in fresh["route"].to_pylist())
    return {
        "listings": len(photos),
        "bytes kept a listing": round(scanned["kept"]["bytes"] / len(photos)),
        "scanned with the references from the beginning: to a person": to_a_person,
        "rescanned out of kept pictures: new cases": kept.changes.get("new_case", 0),
        "of all listings, the same tier as scanned": sum(
            a == b for a, b in zip(_tiers(fresh), _tiers(same), strict=True)
        ),
        "model calls of the scan": scanned["model_calls"],
        "model calls of the rescan": kept.summary["model_calls"],
        "known from before": kept.summary["cache_hits"],
        "seconds": round(seconds, 1),
        "rescanned out of hashes: new cases": hashes.changes.get("new_case", 0),
        "seconds, out of hashes": round(fewer, 1),
    }


def _tiers(table: pa.Table) -> list[int]:
    rows = sorted(zip(table["listing_id"].to_pylist(), table["tier"].to_pylist(), strict=True))
    return [tier for _, tier in rows]


def _photos(product: Path) -> list[tuple[str, Path]]:
    some = sorted((product / "photos").iterdir())[:_EACH]
    return [(f"{product.name}-{number}", photo) for number, photo in enumerate(some)]


def _market(folder: Path, photos: dict[str, Path]) -> str:
    folder.mkdir()
    lines = []
    for name, photo in photos.items():
        (folder / f"{name}.jpg").write_bytes(photo.read_bytes())
        lines.append(
            {
                "platform": "shop",
                "listing_id": name,
                "title": "Thing",
                "images": [f"{name}.jpg"],
                "seller": {"id": "somebody"},
                "observed_at": "2026-11-20T10:00:00Z",
            }
        )
    (folder / "listings.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return f"file:{folder / 'listings.jsonl'}"


def _kit(settings: Settings, tenant: str, folder: Path, references: dict[str, Path]) -> None:
    place = folder / "references" / "packaging"
    place.mkdir(parents=True, exist_ok=True)
    for name, path in references.items():
        (place / f"{name}.jpg").write_bytes(path.read_bytes())
    (folder / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"}), "utf-8")
    state = State(settings)
    import_kit(state.catalog, state.blobs(tenant), folder, tenant, inspect=inspect)


def _request(tenant: str, market: str, out: Path) -> ScanRequest:
    return ScanRequest(tenant=tenant, sources=(market,), out=out)


def _rescan(settings: Settings, out: Path) -> tuple[Any, float]:
    begun = time.perf_counter()
    told = rescan(RescanRequest(tenant="before", out=out), settings, Reporter(quiet=True))
    return told, time.perf_counter() - begun


def _only_hashes(settings: Settings, tenant: str) -> None:
    """Forget the pictures, and what was measured on them, as if they had never been kept."""
    state = State(settings)
    seen = [
        NewSighting(listing=it.listing, pictures=it.pictures, judgement=None)
        for it in state.catalog.sightings.all(tenant)
    ]
    state.catalog.sightings.keep(tenant, "hashes", seen)
    brand = {it.sha256 for it in state.catalog.references.of(tenant)}
    for path in (settings.home / "blobs" / tenant).rglob("*"):
        if path.is_file() and path.name not in brand:
            path.unlink()


if __name__ == "__main__":
    asked = options(__doc__)
    show(asked, measure(photographs(asked)))
