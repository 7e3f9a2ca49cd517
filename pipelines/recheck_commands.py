"""`counterfoil recheck`: what became of listings that people decided on."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cluster.commands import open_state
from pipelines.commands import AsJson, Tenant


def recheck(
    tenant: Tenant,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for cases.parquet and recheck.json.")
    ] = None,
    every: Annotated[float, typer.Option(min=0.0, help="Hours between two look-ups of one listing.")] = 24.0,
    most: Annotated[int, typer.Option(min=0, help="Look-ups in this run; 0 asks no platform.")] = 500,
    routed: Annotated[
        bool, typer.Option("--routed", help="Watch listings that await a person, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look up confirmed listings: still there, gone, back, or back under another name; a clock for each."""
    from datetime import timedelta

    from pipelines.progress import Reporter
    from pipelines.recheck import RecheckRequest
    from pipelines.recheck import recheck as run

    request = RecheckRequest(tenant=tenant, every=timedelta(hours=every), most=most, routed=routed)
    report = run(request, open_state(), Reporter(quiet=as_json))
    if out is not None:
        report.write(out)
    typer.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False) if as_json else report.to_text())
