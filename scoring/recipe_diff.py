"""What differs between two recipes, in words and in values."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from scoring.recipe import Recipe, ShortCircuit, SignalTuning, Step


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes from one recipe to another."""

    what: str
    """Where it stands in the document, e.g. `signals.names.weight`."""
    before: JsonValue
    """None where it was not there."""
    after: JsonValue
    words: str
    """The change as a sentence."""


def differences(before: Recipe, after: Recipe) -> tuple[Difference, ...]:
    """Every difference but the name and the version, in the document's order; none where they judge alike."""
    return (
        *_steps(before, after),
        *_tunings(before.signals, after.signals),
        *_circuits(before.short_circuits, after.short_circuits),
        *_rest(before, after),
    )


def _steps(before: Recipe, after: Recipe) -> Iterator[Difference]:
    old, new = _places(before), _places(after)
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if now is None:
            words = f"{name} no longer runs."
        elif was is None:
            words = f"{name} runs, in {now}."
        else:
            words = f"{name} runs in {now} instead of {was}."
        yield Difference(f"steps.{name}", was, now, words)


def _places(recipe: Recipe) -> dict[str, str]:
    return {
        name: _place(number, step) for number, step in enumerate(recipe.steps, 1) for name in step.signals
    }


def _place(number: int, step: Step) -> str:
    return f"step {number}" if step.when == "always" else f"step {number} (when {step.when})"


def _tunings(before: dict[str, SignalTuning], after: dict[str, SignalTuning]) -> Iterator[Difference]:
    said = {
        "weight": "counts with weight {after} instead of {before}",
        "moderate": "fires from {after} instead of {before}",
        "high": "is high from {after} instead of {before}",
    }
    for name in dict.fromkeys((*before, *after)):
        if name not in before or name not in after:
            words = f"{name} is tuned." if name in after else f"{name} is no longer tuned."
            yield Difference(f"signals.{name}", _dumped(before.get(name)), _dumped(after.get(name)), words)
            continue
        old, new = before[name], after[name]
        for field, words in said.items():
            if (was := getattr(old, field)) != (now := getattr(new, field)):
                yield Difference(
                    f"signals.{name}.{field}", was, now, f"{name} {words.format(before=was, after=now)}."
                )
        if old.auxiliary != new.auxiliary:
            words = "only supports others" if new.auxiliary else "may accuse alone"
            yield Difference(f"signals.{name}.auxiliary", old.auxiliary, new.auxiliary, f"{name} {words}.")
        for option in dict.fromkeys((*old.options, *new.options)):
            if (was := old.options.get(option)) != (now := new.options.get(option)):
                yield Difference(
                    f"signals.{name}.options.{option}", was, now, f"{name}: {_changed(option, was, now)}"
                )


def _circuits(before: tuple[ShortCircuit, ...], after: tuple[ShortCircuit, ...]) -> Iterator[Difference]:
    old = {rule.name: rule.model_dump(mode="json")["require"] for rule in before}
    new = {rule.name: rule.model_dump(mode="json")["require"] for rule in after}
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if now is None:
            words = f"the short circuit {name!r} is gone."
        elif was is None:
            words = f"{_required(now)} now make tier 1 at once ({name!r})."
        else:
            words = f"the short circuit {name!r} asks for {_required(now)} instead of {_required(was)}."
        yield Difference(f"short_circuits.{name}", was, now, words)
    if old == new and list(old) != list(new):
        yield Difference(
            "short_circuits", list(old), list(new), "the short circuits are asked in another order."
        )


def _rest(before: Recipe, after: Recipe) -> Iterator[Difference]:
    for tier, level in (("priority", 1), ("watch", 2), ("low", 3)):
        if (was := getattr(before.tiers, tier)) != (now := getattr(after.tiers, tier)):
            yield Difference(f"tiers.{tier}", was, now, f"tier {level} begins at {now} instead of {was}.")
    for field in ("look_alike", "marks", "second_hand_factor"):
        old, new = (it.model_dump(mode="json")[field] for it in (before, after))
        if old != new:
            yield Difference(field, old, new, _changed(field, old, new))


def _dumped(tuning: SignalTuning | None) -> JsonValue:
    return tuning.model_dump(mode="json") if tuning else None


def _required(levels: dict[str, str]) -> str:
    return " and ".join(f"{name} {level}" for name, level in levels.items())


def _changed(name: str, before: JsonValue, after: JsonValue) -> str:
    if before is None:
        return f"{name} is {_shown(after)} instead of its default."
    if after is None:
        return f"{name} is its default again instead of {_shown(before)}."
    return f"{name} is {_shown(after)} instead of {_shown(before)}."


def _shown(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
