"""Commands that hold things back: `counterfoil caps …` and `counterfoil kill-switch …`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import open_state, whoever

if TYPE_CHECKING:
    from catalog.kill_switch import Turn

caps = typer.Typer(help="How much of what a tenant may use in a UTC day.", no_args_is_help=True)
kill_switch = typer.Typer(help="Stop every model and paid call within a second.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose.")]
Whose = Annotated[
    str | None, typer.Option("--tenant", help="Only this tenant's calls. Default: everybody's.")
]
Which = Annotated[
    str | None,
    typer.Option("--resource", help="Only these: image_similarity, paid, marks, calls_ebay … Default: all."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides this. Default: you.")]
_DEFAULT = "default"


@caps.command("show")
def show(tenant: Tenant, as_json: AsJson = False) -> None:
    """Each cap and what is used of it today, and what the tenant gets where it is spent."""
    from cluster.paid.account import cap_use

    state = open_state()
    use = cap_use(state.catalog, state.settings, tenant)
    own = state.catalog.usage.caps(tenant)
    otherwise = state.catalog.tenants.without_pictures(tenant)
    if as_json:
        typer.echo(json.dumps({"caps": use, "own": own, "without_pictures": otherwise}, indent=2))
        return
    for resource, it in use.items():
        whose = "the tenant's own" if resource in own else "the settings'"
        typer.echo(f"{resource:<20}{it['used']:>8} of {it['cap']:,} today ({whose})")
    for resource in sorted(own.keys() - use.keys()):
        typer.echo(f"{resource:<20}cap of {own[resource]:,} (the tenant's own)")
    typer.echo(f"Where pictures may not be measured: {otherwise}")


@caps.command("set")
def set_cap(
    tenant: Tenant,
    resource: Annotated[str, typer.Argument(help="image_similarity, vision_logo, calls_ebay …")],
    units: Annotated[str, typer.Argument(help="Units a UTC day, or `default` for the settings' cap.")],
    by: By = None,
) -> None:
    """Give a tenant a cap of its own. It holds at once."""
    from scoring.errors import SettingsError

    if units != _DEFAULT and not (units.isascii() and units.isdigit() and len(units) < 16):
        raise SettingsError(f"{units!r} is no number of units.", hint="Write 0 or more, or `default`.")
    wanted = None if units == _DEFAULT else int(units)
    open_state().catalog.usage.set_cap(tenant, resource, wanted, by=by or whoever())
    typer.echo(
        f"{tenant}: {resource} is capped at {'the default' if wanted is None else f'{wanted:,} a day'}."
    )


@caps.command("history")
def history(tenant: Tenant, as_json: AsJson = False) -> None:
    """Who changed which cap when, the newest first."""
    changes = open_state().catalog.usage.cap_changes(tenant)
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in changes], indent=2, default=str))
        return
    for it in changes:
        units = _DEFAULT if it.units is None else f"{it.units:,}"
        typer.echo(f"{it.at:%Y-%m-%d %H:%M:%S} UTC  {it.resource:<20}{units:>10}  by {it.by}")


@caps.command("prefer")
def prefer(
    tenant: Tenant,
    choice: Annotated[
        str,
        typer.Argument(
            help="`refuse`: an error that says when to come again; `text`: "
            "a verdict without the pictures, marked as such."
        ),
    ],
) -> None:
    """What a request gets whose pictures may not be measured: the cap is spent, or the kill switch is on."""
    from scoring.errors import SettingsError

    if choice not in {"refuse", "text"}:
        raise SettingsError(f"{choice!r} cannot be preferred.", hint="Choose `refuse` or `text`.")
    open_state().catalog.tenants.prefer(tenant, "text" if choice == "text" else "refuse")
    typer.echo(f"{tenant}: {choice}.")


@kill_switch.command("on")
def turn_on(
    tenant: Whose = None,
    resource: Which = None,
    why: Annotated[str, typer.Option("--why", help="What whoever is stopped is told.")] = "",
    by: By = None,
) -> None:
    """Stop calls. Scans that run wait; online requests are refused or answered without pictures."""
    turn = open_state().catalog.kill_switch.turn(
        on=True, tenant=tenant, resource=resource, why=why, by=by or whoever()
    )
    typer.echo(f"Stopped: {turn.scope}. It goes on with the same options: counterfoil kill-switch off.")


@kill_switch.command("off")
def turn_off(tenant: Whose = None, resource: Which = None, by: By = None) -> None:
    """Let calls go on. Each scope is turned off by itself."""
    state = open_state()
    turn = state.catalog.kill_switch.turn(on=False, tenant=tenant, resource=resource, by=by or whoever())
    typer.echo(f"Goes on: {turn.scope}.")
    for it in state.catalog.kill_switch.standing():
        typer.echo(f"Still stopped: {_line(it)}")


@kill_switch.command("status")
def status(tenant: Whose = None, as_json: AsJson = False) -> None:
    """What is stopped now, and the last turns."""
    switch = open_state().catalog.kill_switch
    standing, turns = switch.standing(), switch.history(tenant=tenant, limit=20)
    if as_json:
        shown = {"standing": standing, "history": turns}
        typer.echo(json.dumps({k: [asdict(it) for it in v] for k, v in shown.items()}, indent=2, default=str))
        return
    for it in standing:
        typer.echo(f"Stopped: {_line(it)}")
    if not standing:
        typer.echo("Nothing is stopped.")
    for it in turns:
        typer.echo(
            f"{it.at:%Y-%m-%d %H:%M:%S} UTC  {'on ' if it.on else 'off'}  {it.scope}, by {it.by}  {it.why}"
        )


def _line(turn: "Turn") -> str:
    why = f" ({turn.why})" if turn.why else ""
    return f"{turn.scope}, since {turn.at:%Y-%m-%d %H:%M:%S} UTC, by {turn.by}{why}"
