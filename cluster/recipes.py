"""A tenant's recipes: reading one by what a person calls it, and putting one to use.

Both paths follow a change by themselves: the online one within seconds (`deployments.libraries`), the
bulk one with its next scan. Nothing is put to use that cannot work.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from catalog.recipes import StoredRecipe
from cluster.encoder_plan import EncoderPlan
from cluster.state import State
from scoring.errors import RecipeError
from scoring.features import APPEARANCE
from scoring.recipe import Recipe
from scoring.recipe_check import build_signals, notes
from scoring.recipe_diff import Difference, differences

ACTIVE, DEFAULT = "active", "default"
"""What a person may write for a recipe besides a version's number and a file's name."""

MAX_BYTES = 64 * 1024
"""The default recipe has 3 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What putting a recipe to use came to."""

    recipe: Recipe
    version: str | None
    """The kept version that is active now; None for the default recipe."""
    changed: bool
    """Whether another version is active than before."""
    differences: tuple[Difference, ...]
    """From what was active before."""
    notes: tuple[str, ...]
    """What works, and may yet not be meant."""


def find_document(state: State, tenant: str, called: str) -> str:
    """A recipe's text by what a person calls it: `active`, `default`, a version's number, or a file."""
    if called == DEFAULT:
        return Recipe.default_text()
    if called == ACTIVE:
        stored = state.catalog.recipes.active(tenant)
        return Recipe.default_text() if stored is None else stored.document
    if called.isdecimal() and not Path(called).is_file():
        return state.catalog.recipes.get(tenant, called).document
    return read_file(Path(called))


def find_recipe(state: State, tenant: str, called: str) -> Recipe:
    """The same, read and checked; `RecipeError` where it cannot work."""
    return checked(find_document(state, tenant, called))


def checked(text: str) -> Recipe:
    """A recipe that can work, from its text; `RecipeError` says everything that is wrong with it."""
    recipe = Recipe.from_yaml(text)
    build_signals(recipe)
    return recipe


def read_file(path: Path) -> str:
    """A recipe's file as text."""
    hint = f"Give a file, a version's number, {ACTIVE!r} or {DEFAULT!r}."
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
        text = None if data is None else data.decode("utf-8-sig")
    except OSError as error:
        raise RecipeError(f"{path} cannot be read: {error.strerror}.", hint=hint) from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path} is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8.") from error
    if text is None:
        raise RecipeError(f"{path} has more than {MAX_BYTES:,} bytes, which no recipe has.", hint=hint)
    return text


def set_recipe(state: State, tenant: str, text: str, *, by: str) -> Changed:
    """Check a recipe, keep it under the next number, and use it from now on.

    Its own `version` is not believed, and `default` is nobody's own name: verdicts must name the tenant's
    recipe and not the shipped one. A recipe that judges like the tenant's own active one changes nothing;
    one that judges like the default is kept, so that it stays when a newer Counterfoil has another default.
    """
    recipe = checked(text)
    active = state.catalog.recipes.active(tenant)
    before = _working(active)
    changes = differences(before or Recipe.default(), recipe)
    if active is not None and before is not None and not changes:
        return _changed(before, active.version, _notes(state, tenant, before))
    name = tenant if recipe.name == DEFAULT else recipe.name
    kept = state.catalog.recipes.add(tenant, lambda number: _numbered(text, recipe, name, number), by=by)
    kept_recipe = Recipe.from_yaml(kept.document)
    said = _notes(state, tenant, kept_recipe)
    return _changed(kept_recipe, kept.version, said, changes, changed=True)


def set_in(state: State, tenant: str, category: str, text: str, *, by: str) -> Changed:
    """The same for a category's listings alone, which everything else is judged apart from from now on."""
    recipe = checked(text)
    own = state.catalog.recipes.by_category(tenant).get(category)
    before = _working(own) or state.recipe(tenant)
    changes = differences(before, recipe)
    if own is not None and not changes:
        return _changed(before, own.version, _notes(state, tenant, before))
    name = tenant if recipe.name == DEFAULT else recipe.name
    kept = state.catalog.recipes.add_in(
        tenant, category, lambda number: _numbered(text, recipe, name, number), by=by
    )
    kept_recipe = Recipe.from_yaml(kept.document)
    said = _notes(state, tenant, kept_recipe)
    return _changed(kept_recipe, kept.version, said, changes, changed=True)


def use_in(state: State, tenant: str, category: str, version: str, *, by: str) -> Changed:
    """Judge a category by a kept version; by `active`, like everything else again."""
    own = state.catalog.recipes.by_category(tenant).get(category)
    before = _working(own) or state.recipe(tenant)
    if version == ACTIVE:
        dropped = state.catalog.recipes.drop_in(tenant, category)
        active, recipe = state.catalog.recipes.active(tenant), state.recipe(tenant)
        kept, changed = (active.version if active else None), dropped
    else:
        recipe = checked(state.catalog.recipes.get(tenant, version).document)
        kept = state.catalog.recipes.use_in(tenant, category, version, by=by).version
        changed = own is None or own.version != kept
    said = _notes(state, tenant, recipe)
    return _changed(recipe, kept, said, differences(before, recipe), changed=changed)


def roll_back(state: State, tenant: str, version: str, *, by: str) -> Changed:
    """Use a kept version, or the `default` recipe, from now on."""
    back = version == DEFAULT
    recipe = Recipe.default() if back else checked(state.catalog.recipes.get(tenant, version).document)
    active = state.catalog.recipes.active(tenant)
    kept = state.catalog.recipes.activate(tenant, None if back else version, by=by)
    old, new = active.version if active else None, kept.version if kept else None
    found = differences(_working(active) or Recipe.default(), recipe)
    return _changed(recipe, new, _notes(state, tenant, recipe), found, changed=old != new)


def _working(stored: StoredRecipe | None) -> Recipe | None:
    """A kept recipe, unless it can no longer work: a newer Counterfoil may ask for more of one."""
    try:
        return None if stored is None else checked(stored.document)
    except RecipeError:
        return None


def _changed(
    recipe: Recipe,
    version: str | None,
    said: tuple[str, ...],
    found: tuple[Difference, ...] = (),
    *,
    changed: bool = False,
) -> Changed:
    return Changed(recipe=recipe, version=version, changed=changed, differences=found, notes=said)


def _numbered(text: str, recipe: Recipe, name: str, number: int) -> str:
    """The text with its name and number, its comments kept where that can be done by changing two lines."""
    meant = recipe.model_copy(update={"name": name, "version": number})
    edited = re.sub(r"(?m)^name:[^\n#]*", f"name: {name} ", text, count=1)
    edited = re.sub(r"(?m)^version:[^\n#]*", f"version: {number} ", edited, count=1)
    edited = re.sub(r"(?m)[ \t]+$", "", edited)
    try:
        return edited if Recipe.from_yaml(edited) == meant else meant.to_yaml()
    except RecipeError:
        return meant.to_yaml()


def _notes(state: State, tenant: str, recipe: Recipe) -> tuple[str, ...]:
    said = notes(recipe)
    signals = build_signals(recipe)
    seeing = [name for name, signal in signals.items() if APPEARANCE in signal.needs]
    if seeing and not EncoderPlan.of(state, tenant).models:
        waiting = [it.name for it in recipe.short_circuits if not it.require.keys().isdisjoint(seeing)]
        never = f"; until then never: {'; '.join(waiting)}" if waiting else ""
        said += (f"{', '.join(seeing)} will abstain: no encoder is configured (COUNTERFOIL_ENCODER){never}.",)
    return said
