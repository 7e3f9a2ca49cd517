"""`counterfoil calibrate`: what cosines are worth, and which threshold serves a goal, from labels."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cluster.commands import AsJson, whoever


def calibrate(
    pairs: Annotated[
        Path | None,
        typer.Argument(metavar="[PAIRS.jsonl]", help='Lines of {"a": path, "b": path, "same": true|false}.'),
    ] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="For whom it counts; else for all.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Only in this category.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A file for the map, or for the proposed recipe.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the reliability diagram here (.png or .svg).")
    ] = None,
    method: Annotated[str, typer.Option("--method", help="auto, isotonic or platt.")] = "auto",
    prior: Annotated[float, typer.Option("--prior", help="How often pairs asked about are the same.")] = 0.5,
    listings: Annotated[
        Path | None, typer.Option("--listings", help="Instead: labelled listings, to propose a threshold by.")
    ] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Instead: what the tenant's reviewers decided.")
    ] = False,
    precision: Annotated[
        float | None, typer.Option("--precision", help="Of what a person is sent, so much must infringe.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", help="Reviews that can be done of every 1,000 listings.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: whoever runs this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit what an encoder's cosines are worth, from labelled pairs; or propose a threshold by listings."""
    from scoring.errors import SettingsError

    if sum((pairs is not None, listings is not None, decisions)) != 1:
        raise SettingsError(
            "one thing can be calibrated.",
            hint="Name PAIRS.jsonl, labelled listings with --listings, or --decisions.",
        )
    if listings is not None:
        if tenant is None:
            raise SettingsError("listings are judged for a tenant.", hint="Name it with --tenant.")
        _propose(listings, tenant, {"precision": precision, "budget": budget}, out, as_json=as_json)
        return
    asked: dict[str, Any] = {"out": out, "plot": plot, "method": method, "prior": prior}
    _fit(asked | {"pairs": pairs, "tenant": tenant, "category": category, "by": by or whoever()}, as_json)


def _fit(asked: dict[str, Any], as_json: bool) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from cluster.calibrating import Wanted, fit_calibration
    from cluster.settings import Settings
    from cluster.state import State
    from cluster.vectors import vectors_here
    from pipelines.learning import calibrate_by_decisions

    wanted, state = Wanted(**asked), State(Settings.load())
    if wanted.pairs is None:
        with vectors_here(state.settings) as vectors:
            report = calibrate_by_decisions(wanted, state, vectors)
        _tell(report, as_json=as_json)
        return
    with Progress(console=Console(stderr=True), disable=as_json) as progress:
        task = progress.add_task("Embedding", total=None)
        report = fit_calibration(
            wanted,
            state,
            tell=lambda done, of: progress.update(task, completed=done, total=of),
        )
    _tell(report, as_json=as_json)


def _tell(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    fitted = report["fitted"]
    for line in report["left_out"]:
        typer.echo(f"Left out: {line}", err=True)
    before = report["error_before"]
    typer.echo(
        f"{report['encoder']}: {fitted['same']} pairs of one product and {fitted['different']} of two, "
        f"{fitted['method']}.\nExpected calibration error, on pairs left out: {fitted['held_out_error']:.3f}"
        + (f"; of the map until now, on all: {before:.3f}." if before is not None else ".")
    )
    typer.echo("\n  says   seen  pairs   (left out of the fit in turn)")
    for row in report["reliability"]:
        bar = "#" * round(20 * row["seen"])
        typer.echo(f"  {row['said']:.2f}   {row['seen']:.2f}  {row['pairs']:>5}   {bar}")
    typer.echo("")
    for cosine, probability in report["levels"].items():
        typer.echo(f"  cosine {cosine}: {probability:.3f}")
    typer.echo(f"Written to {report['out']}.")


def _propose(
    listings: Path, tenant: str, goal: dict[str, float | None], out: Path | None, *, as_json: bool
) -> None:
    from cluster.settings import Settings
    from pipelines.progress import Reporter
    from pipelines.proposals import Goal, propose

    proposal = propose(listings, tenant, Goal(**goal), Settings.load(), Reporter(quiet=as_json))
    proposed = proposal.proposed
    if out is not None and proposed is not None:
        out.write_text(proposed.to_yaml(), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(proposal.to_json(), indent=2, ensure_ascii=False))
        return
    typer.echo(proposal.to_text())
    if out is not None and proposed is not None:
        typer.echo(
            f"Written to {out}. See what it changes: counterfoil recipe test {out} {listings} "
            f"--tenant {tenant}. Use it: counterfoil recipe set {out} --tenant {tenant}"
        )
