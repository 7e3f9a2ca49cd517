"""`counterfoil learn …`: what reviewers' decisions say, measured before it is put to use."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cluster.commands import whoever
from pipelines.commands import AsJson, Tenant

learn = typer.Typer(help="Learn from reviewers' decisions.", no_args_is_help=True)


@learn.callback()
def _learn() -> None:
    """Learn from reviewers' decisions."""


@learn.command()
def weights(
    tenant: Tenant,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the candidate goes; default: learned-TENANT.yaml.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Use it from now on, where it wins on held-out decisions.")
    ] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: whoever runs this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the weights of a tenant's recipe to its decisions, and compare them on decisions held out."""
    from cluster.recipe_commands import in_words
    from cluster.recipes import set_recipe
    from cluster.settings import Settings
    from cluster.state import State
    from pipelines.learning import learn_weights

    state = State(Settings.load())
    before = state.catalog.recipes.active(tenant)
    learned = learn_weights(state, tenant)
    path = out or Path(f"learned-{tenant}.yaml")
    path.write_text(learned.candidate, "utf-8")
    if not as_json:
        typer.echo(in_words(learned.differences) or "  the weights come out as they are")
        typer.echo(f"Fitted to {learned.fitted_to} decisions.")
        for why, count in learned.left_out.items():
            typer.echo(f"Left out: {count} with {why}.")
        typer.echo(f"\n{learned.comparison.to_text()}\n\nWritten to {path}.")
    elif not adopt or learned.against:
        typer.echo(json.dumps(learned.to_json() | {"out": str(path)}, indent=2, ensure_ascii=False))
    if not adopt:
        if not as_json:
            verdict = (
                f"It does not win: {'; '.join(learned.against)}."
                if learned.against
                else "It wins: --adopt uses it."
            )
            typer.echo(verdict)
        return
    learned.require_win()
    changed = set_recipe(state, tenant, learned.candidate, by=by or whoever())
    back = before.version if before else "default"
    if as_json:
        said = learned.to_json() | {"out": str(path), "adopted": changed.version, "back": back}
        typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    typer.echo(f"Tenant {tenant} is judged by {changed.recipe.id} (version {changed.version}) from now on.")
    typer.echo(f"Back again: counterfoil recipe set --tenant {tenant} --version {back}")


@learn.command()
def adapter(
    tenant: Tenant,
    pairs: Annotated[
        Path | None,
        typer.Argument(metavar="[PAIRS.jsonl]", help="Labelled pairs; default: the tenant's decisions."),
    ] = None,
    category: Annotated[str | None, typer.Option("--category", help="Only in this category.")] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Use it from now on, where it wins on held-out pairs.")
    ] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: whoever runs this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit a small projection on a tenant's encoder to what was decided, and compare it on pairs held out."""
    from catalog.encoder_choices import Place
    from cluster.encoder_use import Switch
    from cluster.encoders import Embedders
    from cluster.settings import Settings
    from cluster.state import State
    from cluster.vectors import vectors_here
    from pipelines.learning import Lesson, adopt_adapter, learn_adapter

    state, place = State(Settings.load()), Place.of(category, None)
    state.catalog.tenants.require(tenant)
    with vectors_here(state.settings) as vectors:
        embedders = Embedders(state.settings, vectors)
        learned = learn_adapter(state, embedders, Lesson(tenant, place, pairs))
        said = learned.to_json()
        if not as_json:
            typer.echo(learned.to_text())
        elif not adopt or learned.against:
            typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
        if not adopt:
            if not as_json:
                reasons = "; ".join(learned.against)
                typer.echo(f"It does not win: {reasons}." if reasons else "It wins: --adopt uses it.")
            return
        chosen = any(
            (it.category, it.region) == (place.category, None)
            for it in state.catalog.encoder_choices.of(tenant)
        )
        kept = adopt_adapter(state, Switch(state, vectors, embedders=embedders), learned, by=by or whoever())
    words = f"counterfoil models use {learned.before if chosen else '--drop'} --tenant {tenant}"
    back = words + (f" --category {place.category}" if place.category else "")
    if as_json:
        typer.echo(json.dumps(said | {"adopted": str(kept.name), "back": back}, indent=2, ensure_ascii=False))
        return
    typer.echo(f"\n{tenant} is compared by {kept.key} ({kept.name}) from now on.\nBack again: {back}")
