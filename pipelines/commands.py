"""Commands of the bulk path: `counterfoil scan` and `counterfoil evaluate`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cluster.settings import Settings
    from pipelines.beginning import ScanRequest

Tenant = Annotated[str, typer.Option("--tenant", help="Whose brands to judge by.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and no progress.")]


def scan(
    tenant: Tenant,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Where listings come from, e.g. file:listings.jsonl.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="The folder for the results.")] = Path("results"),
    resume: Annotated[str | None, typer.Option("--resume", metavar="SCAN_ID", help="Go on with it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score every listing of one or more sources."""
    from cluster.settings import Settings
    from pipelines.beginning import ScanRequest
    from scoring.errors import SettingsError

    if not source and resume is None:
        raise SettingsError("there is nothing to scan.", hint="Name a source: --source file:listings.jsonl.")
    request = ScanRequest(tenant=tenant, sources=tuple(source or ()), out=out, resume=resume)
    summary = run_scan(request, Settings.load(), quiet=as_json)
    if as_json:
        typer.echo(json.dumps({**summary, "out": str(out)}, indent=2, ensure_ascii=False))
    else:
        show_results(out, summary)


def evaluate(
    labelled: Annotated[Path, typer.Argument(metavar="LABELLED.jsonl", help="Listings with a `label`.")],
    tenant: Tenant,
    out: Annotated[Path | None, typer.Option("--out", help="Keep the scan's results here.")] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write an HTML report there, with plots and pictures.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Scan a labelled set and say how right the verdicts were, scenario by scenario."""
    from cluster.settings import Settings
    from pipelines.evaluate import evaluate_file, to_text
    from pipelines.progress import Reporter

    shown = evaluate_file(labelled, tenant, Settings.load(), Reporter(quiet=as_json), out=out, report=report)
    typer.echo(json.dumps(shown.to_json(), indent=2, ensure_ascii=False) if as_json else to_text(shown))
    if report is not None and not as_json:
        typer.echo(f"\nReport: {report}")


def run_scan(request: "ScanRequest", settings: "Settings", *, quiet: bool) -> dict[str, Any]:
    """Scan with progress on standard error, or quietly."""
    from pipelines.progress import Reporter
    from pipelines.scan import scan as run

    return run(request, settings, Reporter(quiet=quiet))


def show_results(out: Path, summary: dict[str, Any]) -> None:
    """The table a person reads, and where the rest lies."""
    from pipelines.table import print_table

    print_table(out / "results.parquet")
    tiers = summary["tiers"]
    typer.echo(
        f"\n{summary['listings']} listings: {tiers['1']} for priority review, {tiers['2']} to watch, "
        f"{tiers['3']} of low value, {tiers['4']} irrelevant or cleared."
    )
    for source, missing in summary["not_covered"].items():
        typer.echo(f"Not covered of {source}: {'; '.join(missing)}")
    for source, fates in summary["vanished"].items():
        gone, unseen = fates.get("gone", 0), fates.get("not_found_again", 0)
        if gone or unseen:
            typer.echo(
                f"Since the last scan of {source}: {gone} listings gone, {unseen} not found again; "
                f"{out / 'vanished.parquet'} names them."
            )
    for name, reason in summary["not_measured"].items():
        typer.echo(f"Not measured: {name} ({reason}).")
    if summary["cost"]["units"]:
        units = ", ".join(f"{number} × {name}" for name, number in summary["cost"]["units"].items())
        typer.echo(f"Paid helpers: ${summary['cost']['usd']:.4f} at list price ({units}).")
    if summary["failures"]:
        failures = ", ".join(f"{number} × {kind}" for kind, number in summary["failures"].items())
        typer.echo(f"Rows and pictures that failed: {failures}; each row says why.")
    typer.echo(f"Results: {out / 'results.parquet'} and {out / 'summary.json'}")
