"""How long what belongs to a tenant is kept: `counterfoil retention …`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import open_state, whoever

if TYPE_CHECKING:
    from cluster.retention import RetentionReport

retention = typer.Typer(help="How long things are kept, and what may not go yet.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who does this. Default: you.")]
Platform = Annotated[str, typer.Argument(metavar="PLATFORM", help="Where the case's listing is.")]
ListingId = Annotated[str, typer.Argument(metavar="LISTING", help="Its id there.")]


@retention.command("show")
def show(tenant: Tenant, as_json: AsJson = False) -> None:
    """The periods that hold, who set them, and the cases on hold."""
    from cluster.retention import defaults_of

    state = open_state()
    kept = state.catalog.retention
    periods = asdict(kept.periods(tenant, defaults_of(state)))
    changes, holds = kept.changes(tenant), kept.holds(tenant)
    if as_json:
        told = {"days": periods, "changes": list(map(asdict, changes)), "holds": list(map(asdict, holds))}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False, default=str))
        return
    for what, days in periods.items():
        last = next((it for it in changes if it.what == what and it.days is not None), None)
        said = (
            f"set {last.at:%Y-%m-%d} by {last.by}" if last and last.days == days else "the settings' period"
        )
        typer.echo(f"{what:<10}{days:>6} days  ({said})")
    for it in holds:
        typer.echo(f"on hold   {it.platform} {it.listing_id} since {it.at:%Y-%m-%d} by {it.by}: {it.why}")


@retention.command("set")
def set_period(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="sightings, pictures or cases.")],
    days: Annotated[str, typer.Argument(metavar="DAYS", help="How many, or `default`.")],
    tenant: Tenant,
    by: By = None,
) -> None:
    """Keep something of a tenant's for so many days."""
    from catalog.retention import KEPT
    from cluster.retention import defaults_of
    from scoring.errors import SettingsError

    named = next((it for it in KEPT if it == what), None)
    if named is None or not (days == "default" or days.isdecimal()):
        raise SettingsError(
            f"{what} {days} is no period.",
            hint=f"Name one of {', '.join(KEPT)}, and a number of days or `default`.",
        )
    state = open_state()
    number = None if days == "default" else int(days)
    periods = state.catalog.retention.set_period(
        tenant, named, number, by=by or whoever(), defaults=defaults_of(state)
    )
    typer.echo(f"{what} of {tenant} are kept for {getattr(periods, what)} days.")


@retention.command("run")
def run(
    tenant: Tenant,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Delete nothing: say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what has come to its end, and whatever no record asks for any more."""
    from cluster.retention import run_retention
    from cluster.vectors import vectors_here

    state = open_state()
    with vectors_here(state.settings) as vectors:
        report = run_retention(state, vectors, tenant, dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps(asdict(report), indent=2, default=str))
        return
    for line in lines_of(report):
        typer.echo(line)


@retention.command("hold")
def hold(
    platform: Platform,
    listing_id: ListingId,
    tenant: Tenant,
    why: Annotated[str, typer.Option("--why", help="For whoever reads it later.")] = "",
    by: By = None,
) -> None:
    """Put a case on hold: nothing of it is deleted until it is let go."""
    open_state().catalog.retention.hold(tenant, (platform, listing_id), on=True, by=by or whoever(), why=why)
    typer.echo(f"{platform} {listing_id} is on hold.")


@retention.command("unhold")
def unhold(platform: Platform, listing_id: ListingId, tenant: Tenant, by: By = None) -> None:
    """Let a case go: its own period holds again."""
    open_state().catalog.retention.hold(tenant, (platform, listing_id), on=False, by=by or whoever())
    typer.echo(f"{platform} {listing_id} is not on hold.")


def lines_of(report: "RetentionReport") -> list[str]:
    """What went, or would go, store by store."""
    verb = "would go" if report.dry_run else "gone"
    records = report.records
    lines = [
        f"{name.replace('_', ' '):<44}{number:>9} {verb}"
        for name, number in asdict(records).items()
        if not name.startswith("kept_")
    ]
    stores = {"pictures": report.pictures, "derived data": report.derived}
    stores |= {f"vectors/{name}": gone for name, gone in report.vectors.items()}
    lines += [f"{name:<44}{gone.count:>9} {verb}, {gone.bytes:,} bytes" for name, gone in stores.items()]
    lines.append(
        f"Past their period but kept: {records.kept_open} of open cases, {records.kept_decided} of decided "
        f"ones, {records.kept_held} on hold."
    )
    return lines
