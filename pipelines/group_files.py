"""Groups of pictures as people and other programs read them: a table, JSON, Parquet."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from catalog.shown_groups import Group, Role
from catalog.sightings import Sighting
from cluster.state import State

_MOST = 40
"""Rows shown; the files have them all."""
_AT_ONCE = 100
"""Groups whose listings are read at once."""
_TEXTS = pa.list_(pa.string())
_GROUPS = pa.schema(
    [
        ("tenant", pa.string()),
        ("group_id", pa.string()),
        ("role", pa.string()),
        ("reference_id", pa.string()),
        ("tier", pa.int8()),
        ("sellers", pa.int64()),
        ("listings", pa.int64()),
        ("pictures", pa.int64()),
        ("platforms", _TEXTS),
        ("brands", _TEXTS),
        ("first_seen_at", pa.timestamp("us", "UTC")),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("anchor_sha256", pa.string()),
        ("took_in", _TEXTS),
    ]
)
_LISTINGS = pa.schema(
    [
        ("tenant", pa.string()),
        ("group_id", pa.string()),
        ("platform", pa.string()),
        ("listing_id", pa.string()),
        ("seller_id", pa.string()),
        ("title", pa.string()),
        ("url", pa.string()),
        ("tier", pa.int8()),
        ("brand", pa.string()),
        ("pictures", _TEXTS),
        ("first_seen_at", pa.timestamp("us", "UTC")),
        ("seen_at", pa.timestamp("us", "UTC")),
    ]
)
_SAID = {
    Role.COPIES: "",
    Role.REFERENCE: "the brand's own picture",
    Role.NEGATIVE: "never to match",
    Role.COMMON: "shown with everything",
}


def showing(
    state: State, tenant: str, groups: Sequence[Group]
) -> Iterator[tuple[Group, list[tuple[Sighting, tuple[str, ...]]]]]:
    """Each group with the listings that show it, and where each one's pictures of it are."""
    for start in range(0, len(groups), _AT_ONCE):
        some = groups[start : start + _AT_ONCE]
        listings = state.catalog.groups.shown_by(tenant, [it.id for it in some])
        told = state.catalog.sightings.get(tenant, {key for those in listings.values() for key in those})
        for group in some:
            own = listings.get(group.id, {})
            yield group, [(told[key], digests) for key, digests in own.items() if key in told]


def write_groups(state: State, tenant: str, groups: Sequence[Group], out: Path) -> None:
    """Write `groups.parquet`, a row a group, and `group_listings.parquet`, a row a listing of a group."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [
        {**to_json(it), "tenant": tenant, "first_seen_at": it.first_seen_at, "seen_at": it.seen_at}
        for it in groups
    ]
    pq.write_table(pa.Table.from_pylist(rows, _GROUPS), out / "groups.parquet")
    with pq.ParquetWriter(out / "group_listings.parquet", _LISTINGS) as file:
        for group, listings in showing(state, tenant, groups):
            file.write_table(
                pa.Table.from_pylist([_listing(tenant, group, *it) for it in listings], _LISTINGS)
            )


def to_json(group: Group) -> dict[str, Any]:
    """A group as `--json` prints it."""
    return {
        "group_id": group.id,
        "role": group.role.value,
        "reference_id": group.reference_id,
        "tier": group.tier,
        "sellers": group.sellers,
        "listings": group.listings,
        "pictures": group.pictures,
        "platforms": list(group.platforms),
        "brands": list(group.brands),
        "first_seen_at": group.first_seen_at.isoformat(),
        "seen_at": group.seen_at.isoformat(),
        "anchor_sha256": group.sha256,
        "took_in": list(group.took_in),
    }


def print_groups(groups: Sequence[Group], console: Console | None = None) -> None:
    """Print what is shown by several sellers, the most severe first."""
    console = console or Console(width=None if Console().is_terminal else 160)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("group", "tier", "sellers", "listings", "pictures", "platforms", "brands", "seen", ""):
        table.add_column(name, justify="right" if name in ("sellers", "listings", "pictures") else "left")
    for it in groups[:_MOST]:
        table.add_row(
            it.id[:8],
            "–" if it.tier is None else str(it.tier),
            *map(str, (it.sellers, it.listings, it.pictures)),
            ", ".join(it.platforms),
            ", ".join(it.brands) or "–",
            f"{it.first_seen_at:%Y-%m-%d} – {it.seen_at:%Y-%m-%d}",
            _SAID[it.role],
            style=None if it.role is Role.COPIES else "dim",
        )
    console.print(table)
    if len(groups) > _MOST:
        console.print(f"… and {len(groups) - _MOST} more.", style="dim")


def _listing(tenant: str, group: Group, told: Sighting, digests: tuple[str, ...]) -> dict[str, Any]:
    listing, judged = told.listing, told.judgement
    sources = {it.sha256: it.source for it in told.pictures}
    return {
        "tenant": tenant,
        "group_id": group.id,
        "platform": listing.platform,
        "listing_id": listing.listing_id,
        "seller_id": listing.seller.id if listing.seller else None,
        "title": listing.title,
        "url": listing.url,
        "tier": judged.tier if judged else None,
        "brand": judged.brand if judged else None,
        "pictures": [sources[it] for it in digests if it in sources],
        "first_seen_at": told.first_seen_at,
        "seen_at": told.seen_at,
    }
