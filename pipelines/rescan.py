"""Everything seen, judged again by today's references, recipe and encoder, and nothing fetched.

It is a scan like any other, whose source is the tenant's own records (`seen:`), so the same scorer judges,
the same cap counts, and it is resumed the same way. What it adds is what changed.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.sightings import Judgement, Sighting
from cluster.kept import SEEN, remembered
from cluster.session import session
from cluster.settings import Settings
from cluster.state import State
from connectors.seen import SeenQuery
from pipelines.beginning import ScanRequest
from pipelines.journal_rows import JournalListing
from pipelines.progress import Reporter
from pipelines.remembering import judgement_of
from pipelines.scan import Run, begun

_SAME = 1e-6
"""Scores nearer than this are the same."""
_BATCH = 500
_SHOWN = 40
"""Changes in text; the files have all."""

SCHEMA = pa.schema(
    [
        ("tenant", pa.string()),
        ("scan_id", pa.string()),
        ("platform", pa.string()),
        ("listing_id", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("seller_id", pa.string()),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("change", pa.string()),
        ("tier_before", pa.int8()),
        ("tier", pa.int8()),
        ("score_before", pa.float64()),
        ("score", pa.float64()),
        ("route_before", pa.string()),
        ("route", pa.string()),
        ("brand", pa.string()),
        ("rule", pa.string()),
        ("reference_id", pa.string()),
        ("recipe_before", pa.string()),
        ("recipe_version", pa.string()),
        ("encoder_before", pa.string()),
        ("encoder", pa.string()),
        ("not_kept", pa.int32()),
    ]
)
"""One row of `changes.parquet` for each listing that is judged otherwise now. `change` is `new_case` (a
person is to look at it now), `no_case` (no longer), `tier`, `score` (within its tier) or `first` (it had no
judgement and needs no person). `not_kept` counts its pictures of which only hashes were left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescanRequest:
    """Whose sightings to judge again, and which."""

    tenant: str
    out: Path
    since: datetime | None = None
    """Only what was seen then or later."""
    only_changed: bool = False
    """Only what was last judged by other references, another recipe or another encoder than today's."""
    resume: str | None = None

    @property
    def query(self) -> SeenQuery:
        """The same as a source says it."""
        return SeenQuery(changed=self.only_changed, since=self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescanned:
    """What came of it."""

    summary: dict[str, Any]
    """As of any scan."""
    changes: dict[str, int]
    """How many listings changed, by `SCHEMA`'s `change`."""
    moves: dict[str, int]
    """How many moved between tiers, as in `4→1`."""
    not_kept: int
    """Listings some of whose pictures were not kept."""
    rows: tuple[dict[str, Any], ...]
    """The first of those that changed most, for a person."""

    def to_json(self) -> dict[str, Any]:
        """Everything but the rows, which `changes.parquet` has."""
        told = asdict(self)
        del told["rows"]
        return told

    def to_text(self) -> str:
        """What changed, for a person."""
        listings = self.summary["listings"]
        if not listings:
            return "Nothing to judge again: everything was judged by what is in use now."
        calls = sum(self.summary["model_calls"].values())
        new, gone = self.changes.get("new_case", 0), self.changes.get("no_case", 0)
        lines = [
            f"{listings} listings judged again, nothing fetched: {new} new cases, {gone} that are none now.",
            f"{calls} calls of models; {self.summary['cache_hits']} measurements were known from before.",
        ]
        moves = sorted(self.moves.items())
        lines += [f"  tier {move.replace('→', ' → ')}: {number}" for move, number in moves]
        lines.append(f"{self.changes.get('score', 0)} more change their score within their tier.")
        if self.not_kept:
            lines.append(
                f"Of {self.not_kept} listings not all pictures were kept: they were matched by hashes and by "
                "what was measured lately. counterfoil tenant keep changes what is kept from now on."
            )
        lines += map(_line, self.rows)
        return "\n".join(lines)


def rescan(request: RescanRequest, settings: Settings, reporter: Reporter) -> Rescanned:
    """Judge what was seen again, and write results.parquet, changes.parquet, summary.json and changes.json.

    What changed is held against the judgements as they stood before; they are replaced at the end.
    """
    state, query = State(settings), request.query
    resume = request.resume
    if (
        resume is None
        and next(remembered(state, request.tenant)(query.changed, query.since, None), None) is None
    ):
        return _nothing(request)
    sources = () if resume else (f"{SEEN}{query.written}",)
    scanned = ScanRequest(tenant=request.tenant, sources=sources, out=request.out, resume=resume)
    with begun(scanned, settings, reporter) as run:
        with session(settings):
            run.all()
        changes = request.out / "changes.parquet"
        if not changes.exists():  # what was begun to be replaced when a run died is compared already
            _write(_changed(run), changes)
        summary = run.finish()
    told = _told(summary, changes)
    unfinished = request.out / "changes.json.part"
    unfinished.write_text(json.dumps(told.to_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(request.out / "changes.json")
    return told


def _nothing(request: RescanRequest) -> Rescanned:
    summary = {"tenant": request.tenant, "listings": 0, "model_calls": {}, "cache_hits": 0}
    return Rescanned(summary=summary, changes={}, moves={}, not_kept=0, rows=())


def _changed(run: Run) -> Iterator[dict[str, Any]]:
    sightings, tenant = run.state.catalog.sightings, run.request.tenant
    read = (row for row in run.journal.listings() if row.listing is not None)
    while some := list(islice(read, _BATCH)):
        known = sightings.get(tenant, [row.listing.key for row in some if row.listing is not None])
        for row in some:
            seen = known.get(row.listing.key) if row.listing is not None else None
            if seen is not None and (change := _row(run, row, seen)) is not None:
                yield change


def _row(run: Run, row: JournalListing, seen: Sighting) -> dict[str, Any] | None:
    now = judgement_of(row)
    if now is None or row.verdict is None or (kind := change_of(seen.judgement, now)) is None:
        return None
    listing, before, said = seen.listing, seen.judgement, row.verdict["verdict"]
    return {
        "tenant": run.request.tenant,
        "scan_id": run.scan_id,
        "platform": listing.platform,
        "listing_id": listing.listing_id,
        "url": listing.url,
        "title": listing.title,
        "seller_id": listing.seller.id if listing.seller else None,
        "seen_at": seen.seen_at,
        "change": kind,
        "tier_before": before and before.tier,
        "tier": now.tier,
        "score_before": before and before.score,
        "score": now.score,
        "route_before": before and before.route,
        "route": now.route,
        "brand": now.brand,
        "rule": said["rule"],
        "reference_id": now.reference_id,
        "recipe_before": before and before.recipe_version,
        "recipe_version": now.recipe_version,
        "encoder_before": before and before.encoder,
        "encoder": now.encoder,
        "not_kept": sum(run.journal.picture(key).hashes_only for key in row.pictures),
    }


def change_of(before: Judgement | None, now: Judgement) -> str | None:
    """What kind of change it is (see `SCHEMA`); None where a listing is judged as it was."""
    was_case = before is not None and before.route != "none"
    if (now.route != "none") != was_case:
        return "no_case" if was_case else "new_case"
    if before is None:
        return "first"
    if before.tier != now.tier:
        return "tier"
    return "score" if abs(before.score - now.score) > _SAME else None


def _write(rows: Iterator[dict[str, Any]], path: Path) -> None:
    unfinished = path.with_suffix(".parquet.part")
    with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd") as writer:
        while some := list(islice(rows, _BATCH)):
            writer.write_table(pa.Table.from_pylist(some, SCHEMA))
    unfinished.replace(path)


def _told(summary: dict[str, Any], path: Path) -> Rescanned:
    changes, moves, shown = Counter[str](), Counter[str](), list[dict[str, Any]]()
    order = ("new_case", "no_case", "tier", "first", "score")
    for batch in pq.ParquetFile(path).iter_batches():
        for row in batch.to_pylist():
            changes[row["change"]] += 1
            if row["tier_before"] is not None and row["tier_before"] != row["tier"]:
                moves[f"{row['tier_before']}→{row['tier']}"] += 1
            shown.append(row)
        shown = sorted(shown, key=lambda row: (order.index(row["change"]), -row["score"]))[:_SHOWN]
    return Rescanned(
        summary=summary,
        changes=dict(changes),
        moves=dict(moves),
        not_kept=summary["listings_not_whole"],
        rows=tuple(row for row in shown if row["change"] != "score"),
    )


def _line(row: dict[str, Any]) -> str:
    was = "unjudged" if row["tier_before"] is None else f"tier {row['tier_before']}"
    partly = f" ({row['not_kept']} pictures not kept)" if row["not_kept"] else ""
    return (
        f"  {row['change'].replace('_', ' ')}: {was} → tier {row['tier']} ({row['score']:.2f})  "
        f"{row['platform']}:{row['listing_id']} {(row['title'] or '')[:48]!r}; {row['rule']}{partly}"
    )
