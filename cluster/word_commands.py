"""Commands that read words: `counterfoil search` and `counterfoil categorise`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cluster.commands import AsJson

Tenant = Annotated[str, typer.Option("--tenant", help="Whose scans and encoder.")]


def search(
    words: Annotated[str, typer.Argument(help='What the picture shows, e.g. "red leather bag".')],
    tenant: Tenant,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Pictures to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find pictures that scans have seen by what they show."""
    from cluster.searching import search_words
    from cluster.settings import Settings
    from cluster.state import State
    from cluster.vectors import vectors_here

    state = State(Settings.load())
    state.catalog.tenants.require(tenant)
    with vectors_here(state.settings) as vectors:
        answer = search_words(words, tenant, state, vectors, limit=limit)
    if as_json:
        typer.echo(json.dumps(asdict(answer), indent=2, ensure_ascii=False))
        return
    for found in answer.found:
        rest = ", ".join(f"{key} {value}" for key, value in sorted(found.payload.items()))
        typer.echo(f"{found.cosine:.3f}  {found.sha256}  {rest}")
    typer.echo(f"{len(answer.found)} of {answer.seen} pictures seen, by {answer.encoder}.")


def categorise(
    listings: Annotated[Path, typer.Argument(metavar="LISTINGS.jsonl", help="Listings, one a line.")],
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", help="The same with categories, beside it.")],
    category: Annotated[
        list[str] | None,
        typer.Option(
            "--category",
            help="One to choose from, named often; default: those of `models use`, `recipe set`.",
        ),
    ] = None,
    sure: Annotated[float, typer.Option("--sure", help="How probable it must be, to be written.")] = 0.5,
    as_json: AsJson = False,
) -> None:
    """Write the category into listings that name none, by what their pictures show."""
    from catalog.adapters import encoder_of
    from cluster.categorising import Categoriser
    from cluster.encoder_plan import EVERYWHERE, EncoderPlan
    from cluster.encoders import load_encoder
    from cluster.settings import Settings
    from cluster.state import State
    from scoring.errors import SettingsError

    state = State(Settings.load())
    plan = EncoderPlan.of(state, tenant)
    own = (*(it.category for it in plan.choices if it.category), *state.catalog.recipes.by_category(tenant))
    labels = tuple(category or dict.fromkeys(own))
    model = plan.model(EVERYWHERE)
    if len(labels) < 2 or model is None:
        raise SettingsError(
            f"tenant {tenant!r} has no two categories and an encoder to choose by.",
            hint="Name categories with --category, each by itself; choose an encoder with models use.",
        )
    encoder = load_encoder(state.settings, encoder_of(model), words=True)
    private = state.settings.private_addresses
    done = Categoriser(encoder, labels, sure=sure, private=private).rewrite(listings, out)
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2, ensure_ascii=False))
        return
    for label, number in sorted(done.set.items(), key=lambda it: -it[1]):
        typer.echo(f"{label:<30}{number:>8}")
    typer.echo(
        f"{done.named} named theirs, {done.unsure} unsure, {done.unreadable} without a readable picture."
    )
