"""`counterfoil cluster`: who shows the same picture."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cluster.commands import open_state
from pipelines.commands import AsJson, Tenant


def cluster(
    tenant: Tenant,
    alike: Annotated[
        float | None,
        typer.Option(min=0.5, max=1, help="The least cosine; kept for the tenant. 0.92 where none is."),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Forget the groups, and group everything.")] = False,
    least_sellers: Annotated[int, typer.Option(min=1, help="Show groups of so many sellers.")] = 2,
    out: Annotated[Path | None, typer.Option("--out", help="Write the groups as Parquet there.")] = None,
    as_json: AsJson = False,
) -> None:
    """Group what scans have seen since the last time: the same photo, different sellers, any platform."""
    from pipelines.clustering import cluster as run
    from pipelines.group_files import print_groups, to_json, write_groups
    from pipelines.progress import Reporter

    state = open_state()
    summary = run(state, tenant, Reporter(quiet=as_json), alike=alike, anew=anew)
    groups = state.catalog.groups.of(tenant, least_sellers=least_sellers)
    if out is not None:
        write_groups(state, tenant, groups, out)
    if as_json:
        shown = {**summary, "groups": [to_json(it) for it in groups]}
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    print_groups(groups)
    typer.echo(
        f"\n{summary['pictures_new']} new pictures of {summary['listings_read']} listings: "
        f"{summary['groups_new']} new groups, {summary['groups_taken_in']} taken in by others. "
        f"{len(groups)} groups are shown by {least_sellers} sellers or more."
    )
    if out is not None:
        typer.echo(f"Groups: {out / 'groups.parquet'} and {out / 'group_listings.parquet'}")
