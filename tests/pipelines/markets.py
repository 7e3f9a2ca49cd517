"""Brand kits and marketplaces made in a test, and a scan of them with its results read back."""

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from catalog.intake import KitReport, import_kit
from cluster.inspect import inspect
from cluster.settings import Settings
from cluster.state import State
from pipelines.beginning import ScanRequest
from pipelines.progress import Reporter
from pipelines.scan import scan
from scoring.recipe import Recipe
from tests.catalog.pictures import drawn, encoded

TENANT = "acme"


def jpeg(seed, *, side=320, quality=90):
    """A drawn picture as JPEG; no two seeds share a detail."""
    return encoded(drawn(seed, side=side), "JPEG", quality=quality)


def write_kit(folder: Path, pictures, **brand) -> Path:
    """A brand kit: its pictures, {file name: bytes}, as packaging references."""
    references = folder / "references" / "packaging"
    references.mkdir(parents=True)
    for name, data in pictures.items():
        (references / name).write_bytes(data)
    (folder / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"} | brand), "utf-8")
    return folder


def import_into(settings: Settings, kit: Path, tenant=TENANT) -> KitReport:
    state = State(settings)
    return import_kit(state.catalog, state.blobs(tenant), kit, tenant, inspect=inspect)


def measure_little(settings: Settings, tenant=TENANT) -> None:
    """Give a tenant the default recipe's cheap steps alone: fingerprint, then appearance and geometry."""
    document = yaml.safe_load(Recipe.default().to_yaml())
    steps = [["fingerprint"], ["appearance", "geometry"]]
    used = {name for step in steps for name in step}
    document |= {
        "name": "little",
        "steps": steps,
        "signals": {name: said for name, said in document["signals"].items() if name in used},
        "short_circuits": [it for it in document["short_circuits"] if set(it["require"]) <= used],
        "marks": [it for it in document["marks"] if it in used],
    }
    State(settings).catalog.recipes.put(tenant, version="little@1", document=yaml.safe_dump(document))


def write_market(folder: Path, lines, pictures=None) -> str:
    """A file of listings, as a source: objects become lines of JSON, text stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (pictures or {}).items():
        (folder / name).write_bytes(data)
    listings = folder / "listings.jsonl"
    listings.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8"
    )
    return f"file:{listings}"


def listing(listing_id, *images, **more):
    """A listing that nothing is wrong with."""
    return {
        "platform": "shop",
        "listing_id": str(listing_id),
        "title": f"Thing {listing_id}",
        "images": list(images),
        "seller": {"id": "somebody"},
        "observed_at": "2026-11-20T10:00:00Z",
    } | more


@dataclass(frozen=True)
class Outcome:
    """What a scan left behind."""

    out: Path
    summary: dict
    rows: list[dict]

    def __getitem__(self, listing_id):
        (row,) = [row for row in self.rows if row["listing_id"] == listing_id]
        return row


def run_scan(
    settings: Settings, source: str | tuple[str, ...], out: Path, *, tenant=TENANT, resume=None
) -> Outcome:
    sources = () if resume else (source,) if isinstance(source, str) else source
    request = ScanRequest(tenant=tenant, sources=sources, out=out, resume=resume)
    summary = scan(request, settings, Reporter(quiet=True))
    return Outcome(out, summary, pq.read_table(out / "results.parquet").to_pylist())
