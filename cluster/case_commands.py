"""`counterfoil case …`: what reviewers decided, kept with what it rested on."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cluster.commands import AsJson

case = typer.Typer(help="What reviewers decided on listings.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose case it is.")]


@case.command()
def decide(
    results: Annotated[Path, typer.Argument(metavar="RESULTS.parquet", help="What the reviewer looked at.")],
    listings: Annotated[list[str], typer.Argument(metavar="LISTING…", help="Listing ids, or platform:id.")],
    tenant: Tenant,
    by: Annotated[str, typer.Option("--by", help="Who decides.")],
    confirm: Annotated[bool, typer.Option("--confirm", help="They infringe.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="They do not.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record a decision on one or more listings of a scan; a later decision replaces an earlier one."""
    from cluster import cases
    from cluster.settings import Settings
    from cluster.state import State
    from scoring.errors import SettingsError

    if confirm == dismiss:
        raise SettingsError("a case is either confirmed or dismissed.", hint="Give --confirm or --dismiss.")
    catalog = State(Settings.load()).catalog
    catalog.tenants.require(tenant)
    decided = cases.decide(
        results, listings, tenant=tenant, ruling="confirmed" if confirm else "dismissed", by=by
    )
    kept = catalog.decisions.keep(tenant, decided)
    typer.echo(json.dumps(asdict(kept)) if as_json else _in_words(kept.new, kept.replaced, kept.known))


@case.command("import")
def import_(
    decisions: Annotated[
        Path, typer.Argument(metavar="DECISIONS", help="CSV or JSONL: listing_id, outcome, by, at …")
    ],
    tenant: Tenant,
    results: Annotated[
        list[Path], typer.Option("--results", help="The results they were made on; may be repeated.")
    ],
    by: Annotated[str | None, typer.Option("--by", help="Who decided, where a line does not say.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record the decisions of a file; the same file again changes nothing."""
    from cluster import cases
    from cluster.settings import Settings
    from cluster.state import State

    catalog = State(Settings.load()).catalog
    catalog.tenants.require(tenant)
    joined = cases.join(decisions, results, tenant=tenant, by=by)
    kept = catalog.decisions.keep(tenant, joined.decisions)
    if as_json:
        typer.echo(json.dumps(asdict(kept) | {"left_out": joined.left_out}, indent=2, ensure_ascii=False))
        return
    for line in joined.left_out:
        typer.echo(f"Left out: {line}", err=True)
    typer.echo(_in_words(kept.new, kept.replaced, kept.known))


@case.command("list")
def list_(
    tenant: Tenant,
    listing: Annotated[
        str | None, typer.Option("--listing", help="The whole history of one: platform:id.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the decisions that stand, the oldest first."""
    from cluster.settings import Settings
    from cluster.state import State
    from scoring.errors import SettingsError

    decisions = State(Settings.load()).catalog.decisions
    if listing is None:
        shown = decisions.of(tenant)
    else:
        platform, colon, listing_id = listing.partition(":")
        if not colon:
            raise SettingsError(f"{listing!r} names no platform.", hint="Write it as platform:id.")
        shown = decisions.history(tenant, platform, listing_id)
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in shown], indent=2, ensure_ascii=False, default=str))
        return
    for it in shown:
        typer.echo(
            f"{it.at:%Y-%m-%d %H:%M}  {it.ruling:<9}  tier {it.basis.tier}  {it.basis.score:.2f}  "
            f"{it.platform}:{it.listing_id}  {it.brand or '-'}  by {it.by}"
        )
    confirmed = sum(it.ruling == "confirmed" for it in shown)
    typer.echo(f"{confirmed} confirmed, {len(shown) - confirmed} dismissed.")


def _in_words(new: int, replaced: int, known: int) -> str:
    return f"{new} new, {replaced} replacing an earlier decision, {known} known already."
