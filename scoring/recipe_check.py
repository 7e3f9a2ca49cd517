"""Whether a recipe can work with the signals there are, and what one should know before using it."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from rapidfuzz import process

from scoring.errors import RecipeError
from scoring.features import FEATURES
from scoring.recipe import Recipe, faults
from scoring.signals import SIGNALS, Signal


def build_signals(recipe: Recipe, signals: Mapping[str, type[Signal]] = SIGNALS) -> dict[str, Signal]:
    """The recipe's signals as it tunes them, by name; `RecipeError` with everything that cannot work."""
    built: dict[str, Signal] = {}
    wrong: list[str] = []
    for name in (name for step in recipe.steps for name in step.signals):
        try:
            built[name] = _build(name, recipe, signals)
        except RecipeError as error:
            wrong.append(str(error))
    wrong += _roles(recipe, {**SIGNALS, **signals})
    if not wrong:
        wrong = [*_order(recipe, built), *_unmeasured(built)]
    if wrong:
        raise RecipeError(
            f"recipe {recipe.id} cannot work: {'; '.join(wrong)}.", hint="Correct it and try again."
        )
    return built


def notes(recipe: Recipe) -> tuple[str, ...]:
    """What works, and may yet not be meant: each a sentence."""
    running = {name for step in recipe.steps for name in step.signals}
    default = Recipe.default()
    said = []
    if "authorised_seller" not in running:
        said.append("It does not run authorised_seller: the brand's own shops will be accused.")
    if "second_hand" not in running:
        said.append("It does not run second_hand: people who resell what they own may come to tier 1.")
    usual = [name for step in default.steps for name in step.signals]
    absent = [name for name in usual if name not in running | {"authorised_seller", "second_hand"}]
    if absent:
        said.append(f"It does not run {', '.join(absent)}, which the default recipe runs.")
    stronger = [
        name
        for name, tuning in recipe.signals.items()
        if not tuning.auxiliary and name in default.signals and default.signals[name].auxiliary
    ]
    if stronger:
        said.append(f"It lets {', '.join(stronger)} accuse alone, which is auxiliary in the default recipe.")
    return tuple(said)


def _build(name: str, recipe: Recipe, signals: Mapping[str, type[Signal]]) -> Signal:
    if name not in signals:
        raise RecipeError(f"it runs {name!r}, which is no signal{_meant(name, signals)}")
    tuning = recipe.signals.get(name)
    if tuning is None and signals[name].weighs:
        raise RecipeError(
            f"it runs {name!r} without a weight: add `{name}: {{weight: 1.0}}` to `signals`, or leave it out"
        )
    if tuning is not None and not signals[name].weighs and "options" not in tuning.model_fields_set:
        raise RecipeError(f"it gives {name!r} a weight, and it weighs nothing: it only clears")
    try:
        return signals[name].model_validate(tuning.options if tuning else {})
    except ValidationError as error:
        known = ", ".join(signals[name].model_fields) or "none"
        raise RecipeError(f"it tunes {name!r} wrongly ({faults(error)}; its options: {known})") from error


def _roles(recipe: Recipe, known: Mapping[str, type[Signal]]) -> Iterator[str]:
    for role, names in (("look_alike", (recipe.look_alike,)), ("marks", recipe.marks)):
        for name in names:
            if name not in known:
                yield f"`{role}` names {name!r}, which is no signal{_meant(name, known)}"
            elif not known[name].weighs:
                yield f"`{role}` names {name!r}, which only clears and never gives evidence"
    if recipe.look_alike in recipe.marks:
        yield f"{recipe.look_alike!r} cannot be a mark and a look alike at once"


def _order(recipe: Recipe, built: Mapping[str, Signal]) -> Iterator[str]:
    weighed: set[str] = set()
    for number, step in enumerate(recipe.steps, start=1):
        for name in step.signals:
            if built[name].weighs:
                continue
            stops = [it.name for it in recipe.short_circuits if set(it.require) <= weighed]
            if stops:
                yield (f"{name!r} clears, but runs after {stops[0]!r} may have decided: move it to step 1")
            elif step.when != "always":
                yield f"{name!r} clears, so its step must run always, not only when {step.when}"
        if step.when == "suspicious" and not weighed:
            yield f"step {number} ({', '.join(step.signals)}) never runs: nothing before it can be suspicious"
        weighed |= {name for name in step.signals if built[name].weighs}


def _unmeasured(built: Mapping[str, Signal]) -> Iterator[str]:
    for name, signal in built.items():
        for need in signal.needs:
            if need not in FEATURES:
                yield f"{name!r} needs {need!r}, which nothing measures: leave the signal out"


def _meant(name: str, known: Mapping[str, object]) -> str:
    near = process.extractOne(name, sorted(known), score_cutoff=70)
    return f": did you mean {near[0]!r}?" if near else f" (there are {', '.join(sorted(known))})"
