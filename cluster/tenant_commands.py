"""Commands about who may ask: `counterfoil tenant …` and `counterfoil key …`."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import open_state, whoever

if TYPE_CHECKING:
    from catalog.keys import ApiKey

tenant = typer.Typer(help="Who protects brands here.", no_args_is_help=True)
key = typer.Typer(help="Keys to the API. Without one it answers this machine alone.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TENANT", help="Its name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who does this. Default: you.")]
KeyId = Annotated[str, typer.Argument(metavar="ID", help="As `counterfoil key list` shows it.")]
Days = Annotated[int | None, typer.Option("--days", min=1, help="How long it works. Default: until revoked.")]


@tenant.command("list")
def list_tenants(as_json: AsJson = False) -> None:
    """Every tenant."""
    names = open_state().catalog.tenants.names()
    typer.echo(json.dumps(names, indent=2) if as_json else "\n".join(names))


@tenant.command("add")
def add_tenant(name: Name) -> None:
    """Make a tenant; one that is there stays as it is."""
    made = open_state().catalog.tenants.ensure(name)
    typer.echo(f"{name} was made." if made else f"{name} is there already.")


@tenant.command("remove")
def remove_tenant(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Remove nothing: list every store with what it holds.")
    ] = False,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="Write usage, caps and switches there, as JSON.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Delete a tenant and everything of it in every store, and show what is left: nothing.

    That cannot be taken back. What has to be kept for accounting goes into the receipt, not into the stores.
    """
    from cluster.removal import holdings
    from cluster.removal import remove_tenant as remove
    from cluster.vectors import vectors_here

    state = open_state()
    if not verify and not yes:
        typer.confirm(f"Forget {name} and everything of it?", abort=True)
    with vectors_here(state.settings) as vectors:
        if verify:
            left = holdings(state, vectors, name)
            _show_left(name, left, as_json=as_json)
            return
        removal = remove(state, vectors, name, by=by or whoever())
    if receipt is not None:
        receipt.write_text(json.dumps(removal.receipt, indent=2, default=str) + "\n", "utf-8")
    if as_json:
        typer.echo(json.dumps(asdict(removal), indent=2, default=str))
        return
    for store, number in removal.found.items():
        if number:
            typer.echo(f"{store:<44}{number:>9} deleted")
    if not removal.overwritten:
        typer.echo(
            "The record store is open elsewhere, so its file still holds deleted pages: stop what uses it, "
            f"and run this again: counterfoil tenant remove {name} --yes",
            err=True,
        )
    _show_left(name, removal.left, as_json=False)


@tenant.command("strays")
def list_strays(as_json: AsJson = False) -> None:
    """Names that own something in some store and are no tenants: what an interrupted removal left."""
    from cluster.removal import strays
    from cluster.vectors import vectors_here

    state = open_state()
    with vectors_here(state.settings) as vectors:
        found = strays(state, vectors)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for name, held in found.items():
        typer.echo(f"{name}: {sum(held.values())} things. Finish it: counterfoil tenant remove {name}")


def _show_left(name: str, left: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(left, indent=2))
    else:
        for store, number in left.items():
            typer.echo(f"{store:<44}{number:>9} left")
        typer.echo(f"{sum(left.values())} of {name} in {len(left)} places.")
    if any(left.values()):
        raise typer.Exit(1)


@tenant.command("keep")
def keep_pictures(
    name: Name,
    pictures: Annotated[
        str | None,
        typer.Argument(
            help="routed, one_of_each, all, or `default` for what the settings say. Without: show."
        ),
    ] = None,
) -> None:
    """Which pictures of listings a tenant's scans keep, for `rescan` to match without fetching."""
    from typing import get_args

    from catalog.tenants import KeepPictures
    from scoring.errors import SettingsError

    state = open_state()
    if pictures is not None:
        known = (*get_args(KeepPictures), "default")
        if pictures not in known:
            raise SettingsError(f"{pictures!r} cannot be kept.", hint=f"Choose one of {', '.join(known)}.")
        chosen = next((it for it in get_args(KeepPictures) if it == pictures), None)
        state.catalog.tenants.choose_pictures(name, chosen)
    standing = state.catalog.tenants.keep_pictures(name)
    typer.echo(f"{name}: {standing or f'{state.settings.keep_pictures}, as the settings say'}")


@key.command("create")
def create_key(
    name: Annotated[str | None, typer.Option("--tenant", help="Whose. Without: the operator's own.")] = None,
    role: Annotated[str, typer.Option("--role", help="scorer, reviewer or admin.")] = "scorer",
    label: Annotated[str, typer.Option("--label", help="What it is for.")] = "",
    days: Days = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once."""
    from catalog.keys import ROLES, KeyTerms
    from cluster.pepper import pepper_of
    from scoring.errors import SettingsError

    known = next((it for it in ROLES if it == role), None)
    if known is None:
        raise SettingsError(f"there is no role {role!r}.", hint=f"Known: {', '.join(ROLES)}.")
    state = open_state()
    terms = KeyTerms(tenant=name, role=known, label=label, lifetime=_days(days))
    made, token = state.catalog.keys.make(terms, by=by or whoever(), pepper=pepper_of(state.settings))
    _show_new(made, token, as_json=as_json)


@key.command("list")
def list_keys(
    name: Annotated[str | None, typer.Option("--tenant", help="Only this tenant's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every key, without its secret: what it opens, until when, and when it was last used."""
    state = open_state()
    keys = state.catalog.keys.of(name)
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in keys], indent=2, default=str))
        return
    now = state.catalog.clock()
    for it in keys:
        if it.revoked_at is not None:
            stands = f"revoked {it.revoked_at:%Y-%m-%d}"
        elif it.expires_at is not None:
            stands = f"{'until' if it.usable(now) else 'expired'} {it.expires_at:%Y-%m-%d %H:%M} UTC"
        else:
            stands = "until revoked"
        used = f"{it.last_used_at:%Y-%m-%d %H:%M} UTC" if it.last_used_at else "never"
        whose = it.tenant or "(operator)"
        typer.echo(f"{it.id}  {whose:<16} {it.role:<9} {stands}; last used {used}  {it.label}")


@key.command("rotate")
def rotate_key(
    key_id: KeyId,
    overlap: Annotated[
        float, typer.Option("--overlap-hours", min=0, help="How long the old one works.")
    ] = 24,
    days: Days = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a key in the place of another, which works for a while yet."""
    from cluster.pepper import pepper_of

    state = open_state()
    made, token = state.catalog.keys.rotate(
        key_id,
        by=by or whoever(),
        pepper=pepper_of(state.settings),
        overlap=timedelta(hours=overlap),
        lifetime=_days(days),
    )
    _show_new(made, token, as_json=as_json)


@key.command("revoke")
def revoke_key(key_id: KeyId) -> None:
    """Let a key open nothing any more; replicas notice within a second."""
    open_state().catalog.keys.revoke(key_id)
    typer.echo(f"{key_id} opens nothing any more.")


def _show_new(made: "ApiKey", token: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**asdict(made), "key": token}, indent=2, default=str))
        return
    typer.echo(token)
    typer.echo("Keep it: it is not shown again. Send it as: Authorization: Bearer …", err=True)


def _days(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days is not None else None
