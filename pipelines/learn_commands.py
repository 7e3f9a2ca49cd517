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
