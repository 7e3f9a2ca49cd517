"""`counterfoil recipe …`: how a tenant's listings are judged, looked at and changed while everything runs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import AsJson, whoever

if TYPE_CHECKING:
    from catalog.recipes import RecipeChange, StoredRecipe
    from cluster.recipes import Changed
    from scoring.recipe_diff import Difference

recipe = typer.Typer(help="How a tenant's listings are judged.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose recipe it is.")]


@recipe.command()
def show(
    tenant: Tenant,
    version: Annotated[
        str, typer.Option("--version", help="A version's number, `active` or `default`.")
    ] = "active",
    history: Annotated[
        bool, typer.Option("--history", help="Instead, every version, and who used it when.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print a recipe as YAML, comments included: edit that and give it to `recipe set`."""
    from cluster.recipes import find_document
    from cluster.settings import Settings
    from cluster.state import State
    from scoring.recipe import Recipe

    state = State(Settings.load())
    if history:
        versions, changes = state.catalog.recipes.of(tenant), state.catalog.recipes.changes(tenant)
        typer.echo(_history_json(versions, changes) if as_json else _history(tenant, versions, changes))
        return
    state.catalog.tenants.require(tenant)
    text = find_document(state, tenant, version)
    if as_json:
        text = json.dumps(Recipe.from_yaml(text).model_dump(mode="json"), indent=2, ensure_ascii=False)
    typer.echo(text.rstrip("\n"))


@recipe.command("set")
def set_(
    tenant: Tenant,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The recipe to keep as a new version.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(
            "--version", help="Instead, a kept version's number, or `default`; `active` with --category."
        ),
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only for listings of this category.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: whoever runs this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Use a recipe from now on: online within seconds, in bulk from the next scan."""
    from catalog.encoder_choices import Place
    from cluster.recipes import read_file, roll_back, set_in, set_recipe, use_in
    from cluster.settings import Settings
    from cluster.state import State
    from scoring.errors import SettingsError

    if (file is None) == (version is None):
        raise SettingsError(
            "one recipe can be set.",
            hint="Name a FILE, or a kept one: --version 3, or --version default.",
        )
    state = State(Settings.load())
    who = by or whoever()
    place = Place.of(category, None).category
    if place is not None:
        changed = (
            set_in(state, tenant, place, read_file(file), by=who)
            if file is not None
            else use_in(state, tenant, place, version or "", by=who)
        )
    elif file is not None:
        changed = set_recipe(state, tenant, read_file(file), by=who)
    else:
        changed = roll_back(state, tenant, version or "", by=who)
    typer.echo(_changed_json(changed) if as_json else _changed(tenant, changed, place))


@recipe.command()
def diff(
    tenant: Tenant,
    before: Annotated[str, typer.Argument(help="A file, a version's number, `active` or `default`.")],
    after: Annotated[str, typer.Argument(help="The same; the active one where left out.")] = "active",
    as_json: AsJson = False,
) -> None:
    """Say what differs between two recipes."""
    from cluster.recipes import find_recipe
    from cluster.settings import Settings
    from cluster.state import State
    from scoring.recipe_diff import differences

    state = State(Settings.load())
    state.catalog.tenants.require(tenant)
    found = differences(find_recipe(state, tenant, before), find_recipe(state, tenant, after))
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in found], indent=2, ensure_ascii=False))
        return
    typer.echo(in_words(found) or "They judge alike.")


def in_words(found: "tuple[Difference, ...]") -> str:
    """Differences for a person: a line each, with the place it stands in."""
    return "\n".join(f"  {it.what:<34} {it.words}" for it in found)


def _changed(tenant: str, changed: "Changed", category: str | None) -> str:
    whose = f"tenant {tenant}" if category is None else f"{category} of tenant {tenant}"
    if not changed.changed:
        lines = [f"Nothing changes: {whose} is judged by {changed.recipe.id} already."]
    else:
        kept = f"version {changed.version}" if changed.version else "the default"
        lines = [f"{whose[0].upper()}{whose[1:]} is judged by {changed.recipe.id} ({kept}) from now on:"]
        lines.append(in_words(changed.differences) or "  as it was before.")
    return "\n".join([*lines, *(f"Note: {note}" for note in changed.notes)])


def _changed_json(changed: "Changed") -> str:
    said = asdict(changed) | {"recipe": changed.recipe.id}
    return json.dumps(said, indent=2, ensure_ascii=False)


def _history(tenant: str, versions: "tuple[StoredRecipe, ...]", changes: "tuple[RecipeChange, ...]") -> str:
    if not versions:
        return f"Tenant {tenant} has no recipe of its own: it is judged by the default."
    lines = [
        f"version {it.version:<6} kept {it.created_at:%Y-%m-%d %H:%M}{'  active' * it.active}"
        for it in versions
    ]
    lines += [f"{it.at:%Y-%m-%d %H:%M}  {it.version or 'default':<8} by {it.by}" for it in changes]
    return "\n".join(lines)


def _history_json(versions: "tuple[StoredRecipe, ...]", changes: "tuple[RecipeChange, ...]") -> str:
    said = {"versions": [asdict(it) for it in versions], "changes": [asdict(it) for it in changes]}
    return json.dumps(said, indent=2, ensure_ascii=False, default=str)
