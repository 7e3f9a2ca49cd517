"""Commands about paid helpers: `counterfoil paid …`, `counterfoil usage` and `counterfoil reference …`."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import open_state, whoever

if TYPE_CHECKING:
    from cluster.paid.account import HelperStatus
    from cluster.state import State
    from scoring.features import WebMatch

paid = typer.Typer(help="Paid helpers: off until a tenant turns them on.", no_args_is_help=True)
reference = typer.Typer(help="A brand's genuine pictures.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose it is.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Helper = Annotated[
    str | None,
    typer.Option("--helper", help="Which of logo,text,web,objects. Default: all that the recipe reads."),
]
By = Annotated[str | None, typer.Option("--by", help="Who decides this. Default: you.")]
ReferenceId = Annotated[str, typer.Argument(metavar="ID", help="As `counterfoil reference list` shows it.")]


@paid.command("on")
def turn_on(
    tenant: Tenant,
    helper: Helper = None,
    cap: Annotated[
        int | None, typer.Option("--cap", min=0, help="Pictures a UTC day for each of these helpers.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Send marketplace pictures that look suspicious to Google Cloud Vision. Never references."""
    state = open_state()
    features = _features(state, tenant, helper, on=True)
    who = by or whoever()
    if cap is not None:
        for feature in features:
            state.catalog.usage.set_cap(tenant, feature, cap, by=who)
    state.catalog.opt_ins.turn(tenant, features, on=True, by=who)
    _show(_statuses(state, tenant), as_json=as_json)


@paid.command("off")
def turn_off(tenant: Tenant, helper: Helper = None, by: By = None, as_json: AsJson = False) -> None:
    """Send nothing any more; scans that run notice at once."""
    state = open_state()
    features = _features(state, tenant, helper, on=False)
    state.catalog.opt_ins.turn(tenant, features, on=False, by=by or whoever())
    _show(_statuses(state, tenant), as_json=as_json)


@paid.command("status")
def status(tenant: Tenant, as_json: AsJson = False) -> None:
    """What is on, since when and by whom, and what is left of today's caps."""
    _show(_statuses(open_state(), tenant), as_json=as_json)


def usage(
    tenant: Tenant,
    days: Annotated[int, typer.Option("--days", min=1, help="UTC days back, today included.")] = 30,
    as_json: AsJson = False,
) -> None:
    """What a tenant used of everything that is capped or costs money."""
    from cluster.paid.account import usage_report

    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    report = usage_report(open_state().catalog, tenant, since=since)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
        return
    for row in report["usage"]:
        typer.echo(f"{row['day']}  {row['resource']:<16}{row['units']:>8}  ${row['usd']:.4f}")
    for it in report["scans"]:
        free = f", {it['image_similarity_free']} free" if it["image_similarity_free"] else ""
        typer.echo(
            f"scan {it['scan_id']}: {it['listings']} listings, {it['image_similarity']} counted{free}, "
            f"{it['cache_hits']} model calls saved, ${it['usd']:.4f}"
        )
    typer.echo(f"${report['usd']:.4f} at list price since {report['since']} (UTC), before free units.")


@reference.command("list")
def list_references(tenant: Tenant, as_json: AsJson = False) -> None:
    """Every reference with its id, how it stands, and whether it may be searched for on the web."""
    state = open_state()
    allowed = state.catalog.opt_ins.searchable(tenant)
    standings = state.catalog.standings.of(tenant)
    waiting = state.catalog.standings.waiting(tenant, standings)
    rows = [
        {
            "id": it.id,
            "brand": it.brand,
            "kind": it.kind,
            "name": it.name,
            "web_search": it.id in allowed,
            "standing": standings[it.id].standing if it.id in standings else None,
            "why": standings[it.id].why if it.id in standings else "",
            "listings_waiting": waiting.get(it.id, 0),
        }
        for it in (stored.reference for stored in state.catalog.references.stored(tenant))
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        web = "  web search allowed" if row["web_search"] else ""
        stands = f"  {row['standing']}: {row['why']}" if row["standing"] else ""
        if row["standing"] == "quarantined":
            stands += f"; {row['listings_waiting']} listings wait"
        typer.echo(f"{row['id']}  {row['brand']}  {row['kind']}/{row['name']}{web}{stands}")


@reference.command("allow-web")
def allow_web(reference_id: ReferenceId, tenant: Tenant, by: By = None) -> None:
    """Allow one reference to be sent to Google Cloud Vision for a reverse image search."""
    open_state().catalog.opt_ins.allow_search(tenant, reference_id, by=by or whoever())
    typer.echo(
        f"{reference_id} may be sent: counterfoil reference search-web {reference_id} --tenant {tenant}"
    )


@reference.command("forbid-web")
def forbid_web(reference_id: ReferenceId, tenant: Tenant) -> None:
    """Take that back."""
    open_state().catalog.opt_ins.forbid_search(tenant, reference_id)
    typer.echo(f"{reference_id} stays here.")


@reference.command("search-web")
def search_web(reference_id: ReferenceId, tenant: Tenant, as_json: AsJson = False) -> None:
    """Find where else on the web a reference is shown. It must have been allowed for this reference."""
    from cluster.paid.desk import PaidDesk
    from cluster.paid.search import search_web as search

    state = open_state()
    found = search(state.catalog, state.blobs(tenant), PaidDesk.of(state.settings), reference_id)
    if as_json:
        typer.echo(json.dumps(asdict(found) if found else None, indent=2, ensure_ascii=False))
        return
    for line in _found(found):
        typer.echo(line)


def _found(match: "WebMatch | None") -> list[str]:
    if match is None:
        return ["The web knows nothing like it."]
    return [
        *(f"called       {label}" for label in match.labels),
        *(f"same picture {url}" for url in match.full_urls),
        *(f"part of it   {url}" for url in match.partial_urls),
        *(f"on a page    {url}" for url in match.page_urls),
        *(f"about        {name}" for name, _ in match.entities),
    ]


def _features(state: "State", tenant: str, helper: str | None, *, on: bool) -> list[str]:
    """The features that an option names, or those that make sense without it."""
    from cluster.paid.account import HELPERS
    from scoring.errors import SettingsError

    if helper is None:
        return [it.feature for it in _statuses(state, tenant) if it.read or not on]
    named = [name.strip() for name in helper.split(",")]
    unknown = sorted(set(named) - set(HELPERS))
    if unknown:
        raise SettingsError(f"there is no helper {unknown[0]!r}.", hint=f"Known: {','.join(HELPERS)}.")
    return [HELPERS[name] for name in named]


def _show(helpers: "tuple[HelperStatus, ...]", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in helpers], indent=2, default=str))
        return
    for it in helpers:
        said = (
            f"{it.changed_at:%Y-%m-%d %H:%M} UTC by {it.changed_by}" if it.changed_at else "never turned on"
        )
        typer.echo(
            f"{it.helper:<8} {'on ' if it.on else 'off'}  {it.used_today}/{it.cap} today, "
            f"${it.usd_per_1000:.2f} for 1,000  ({said})"
        )
        if it.on and not it.read:
            typer.echo("         no signal of the recipe reads it, so nothing is sent for it")


def _statuses(state: "State", tenant: str) -> "tuple[HelperStatus, ...]":
    from cluster.paid.account import statuses

    return statuses(state.catalog, state.settings.google_vision, tenant, recipe=state.recipe(tenant))
