"""Commands on the catalogue: `counterfoil brand …`. What is slow to import is imported where it is used."""

import getpass
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from catalog.intake import KitReport
    from cluster.settings import Settings
    from cluster.state import State

brand = typer.Typer(help="What a tenant protects.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose it is; made where it is missing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@brand.callback()
def _brand() -> None:
    """What a tenant protects."""


@brand.command("import")
def import_brand(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The brand kit: brand.yaml and references/.")],
    tenant: Tenant,
    as_json: AsJson = False,
) -> None:
    """Import a brand kit, and report on the quality of each reference."""
    from cluster.settings import Settings

    report = run_import(folder, tenant, Settings.load(), quiet=as_json)
    if as_json:
        typer.echo(json.dumps(asdict(report), indent=2, ensure_ascii=False, default=str))
        return
    for line in _report(report):
        typer.echo(line)


def run_import(folder: Path, tenant: str, settings: "Settings", *, quiet: bool) -> "KitReport":
    """Import a brand kit into the stores that the settings name, and measure its new references."""
    from rich.console import Console
    from rich.progress import track

    from catalog.intake import import_kit
    from cluster.inspect import inspect
    from cluster.library import extract_references
    from cluster.state import State

    state = State(settings)
    report = import_kit(state.catalog, state.blobs(tenant), folder, tenant, inspect=inspect)
    references = [it for it in state.catalog.references.of(tenant) if it.brand == report.brand]
    measured = track(
        extract_references(state, tenant, references),
        description=f"Measuring {report.brand}'s references",
        total=len(references),
        console=Console(stderr=True),
        disable=quiet,
    )
    for _ in measured:
        pass  # kept as they come; nobody here needs them
    return report


def _report(report: "KitReport") -> list[str]:
    lines = [f"{report.brand} (version {report.brand_version}) for tenant {report.tenant}"]
    for file in report.files:
        said = "; ".join(finding.text for finding in file.findings) or "ok"
        lines.append(f"  {file.place:<44} {file.change:<10} {said}")
    lines += [f"  {place:<44} removed" for place in report.removed]
    lines += [f"  {stray.place:<44} not used   {stray.reason}" for stray in report.strays]
    lines.append(f"{report.references} references.")
    return lines


def open_state() -> "State":
    """The stores that the settings name."""
    from cluster.settings import Settings
    from cluster.state import State

    return State(Settings.load())


def whoever() -> str:
    """Who runs this, for records of who decided what."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return "unknown"
