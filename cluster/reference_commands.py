"""Commands about references that match too much, and pictures that must never: `counterfoil reference …`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import open_state, whoever

if TYPE_CHECKING:
    from catalog.blobs import BlobStore
    from cluster.state import State

Tenant = Annotated[str, typer.Option("--tenant", help="Whose it is.")]
Whose = Annotated[str | None, typer.Option("--tenant", help="Whose.")]
Shared = Annotated[bool, typer.Option("--shared", help="Everybody's: for the operator to decide.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides this. Default: you.")]
Why = Annotated[str, typer.Option("--why", help="For whoever reads it later.")]
ReferenceId = Annotated[str, typer.Argument(metavar="ID", help="As `counterfoil reference list` shows it.")]


def add_to(reference: typer.Typer) -> None:
    """Put these commands beside the others about references."""
    reference.command("release")(release)
    reference.command("negate")(negate)
    reference.command("history")(history)
    reference.command("add-negative")(add_negative)
    reference.command("negatives")(list_negatives)
    reference.command("remove-negative")(remove_negative)


def release(reference_id: ReferenceId, tenant: Tenant, why: Why = "", by: By = None) -> None:
    """Let a reference match again: out of quarantine, or no longer negative."""
    state = open_state()
    standings = state.catalog.standings
    known = standings.of(tenant).get(reference_id)
    waiting = standings.waiting(tenant, [reference_id]).get(reference_id, 0)
    news = standings.say(
        tenant,
        reference_id,
        "released",
        by=by or whoever(),
        why=why,
        figures={"listings": known.figures.get("listings", 0)} if known else {},
    )
    if not news:
        typer.echo(f"{reference_id} is released already.")
        return
    typer.echo(
        f"{reference_id} matches again. {waiting} listings waited: they are judged again with the next scan "
        f"that sees them, or now, from what is stored: counterfoil rescan --tenant {tenant}"
    )


def negate(reference_id: ReferenceId, tenant: Tenant, why: Why = "", by: By = None) -> None:
    """Make a reference negative: its picture must never match. Importing its kit again changes nothing."""
    state = open_state()
    news = state.catalog.standings.say(tenant, reference_id, "negated", by=by or whoever(), why=why)
    typer.echo(
        f"{reference_id} never matches from now on. Undo it: counterfoil reference release {reference_id} "
        f"--tenant {tenant}"
        if news
        else f"{reference_id} is negative already."
    )


def history(reference_id: ReferenceId, tenant: Tenant, as_json: AsJson = False) -> None:
    """Who said what of a reference, and when."""
    said = open_state().catalog.standings.history(tenant, reference_id)
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in said], indent=2, ensure_ascii=False, default=str))
        return
    for it in said:
        typer.echo(f"{it.at:%Y-%m-%d %H:%M} UTC  {it.standing:<12} by {it.by}  {it.why}")


def add_negative(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pictures.")],
    tenant: Whose = None,
    shared: Shared = False,
    why: Why = "",
    by: By = None,
) -> None:
    """Add pictures that must never match, for one tenant or for all."""
    from cluster.inspect import inspect

    state = open_state()
    blobs = _blobs(state, tenant, shared=shared)
    looked = [(file, data := _read(file), inspect(data, file.name)) for file in files]
    for file, data, inspection in looked:
        made = state.catalog.negatives.add(
            tenant,
            blobs.put(data),
            name=file.name,
            size=(inspection.width, inspection.height),
            by=by or whoever(),
            why=why,
        )
        typer.echo(f"{made.id}  {made.name}")


def list_negatives(tenant: Whose = None, as_json: AsJson = False) -> None:
    """What must never match: for a tenant, with its kits' own and everybody's; without one, everybody's."""
    state = open_state()
    rows = [asdict(it) for it in state.catalog.negatives.for_(tenant)]
    kits = state.catalog.references.negative(tenant) if tenant is not None else ()
    if as_json:
        rows += [it.model_dump(mode="json") for it in kits]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
        return
    for row in rows:
        whose = row["tenant"] or "everybody"
        typer.echo(
            f"{row['id']}  {whose:<16} {row['name']}  {row['added_at']:%Y-%m-%d} by {row['added_by']}  "
            f"{row['why']}"
        )
    for it in kits:
        typer.echo(f"{it.id}  {it.tenant:<16} {it.kind}/{it.name} of {it.brand}")


def remove_negative(
    negative_id: Annotated[str, typer.Argument(metavar="ID", help="As `reference negatives` shows it.")],
    tenant: Whose = None,
    shared: Shared = False,
) -> None:
    """Let a picture match again. A kit's own goes with its file; a negated reference is released."""
    state = open_state()
    blobs = _blobs(state, tenant, shared=shared)
    digest = state.catalog.negatives.remove(tenant, negative_id)
    if (
        tenant is None
    ):  # a tenant's own picture may be something else of the tenant's too: retention sweeps it
        blobs.delete(digest)
        state.shared_derived().forget(digest)
    typer.echo(f"{negative_id} is negative no more.")


def _blobs(state: "State", tenant: str | None, *, shared: bool) -> "BlobStore":
    """Where the pictures lie of whoever was named: a tenant, or everybody."""
    from scoring.errors import SettingsError

    if shared == (tenant is not None):
        raise SettingsError("it is not said whose.", hint="Give --tenant T, or --shared for everybody.")
    if tenant is None:
        return state.shared_blobs()
    state.catalog.tenants.require(tenant)
    return state.blobs(tenant)


def _read(file: Path) -> bytes:
    from scoring.errors import SettingsError

    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", hint="Name a picture.") from error
