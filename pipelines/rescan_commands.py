"""`counterfoil rescan`: everything seen, judged again."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import AsJson, Tenant


def rescan(
    tenant: Tenant,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Only what was seen then or later.")
    ] = None,
    only_changed: Annotated[
        bool,
        typer.Option("--only-changed", help="Only what was judged by other references, recipe or encoder."),
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="The folder for the results.")] = Path("rescan"),
    resume: Annotated[str | None, typer.Option("--resume", metavar="SCAN_ID", help="Go on with it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge every listing seen by today's references, recipe and encoder; nothing is fetched."""
    from cluster.settings import Settings
    from connectors.seen.query import moment
    from pipelines.progress import Reporter
    from pipelines.rescan import RescanRequest
    from pipelines.rescan import rescan as run

    request = RescanRequest(
        tenant=tenant,
        out=out,
        since=None if since is None else moment(since),
        only_changed=only_changed,
        resume=resume,
    )
    told = run(request, Settings.load(), Reporter(quiet=as_json))
    if as_json:
        typer.echo(json.dumps({**told.to_json(), "out": str(out)}, indent=2, ensure_ascii=False))
        return
    typer.echo(told.to_text())
    if told.summary["listings"]:
        typer.echo(
            f"Results: {out / 'changes.parquet'}, {out / 'results.parquet'} and {out / 'summary.json'}"
        )
