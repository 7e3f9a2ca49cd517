"""A recipe: which signals run, in which order, with which thresholds. Data, not code.

A recipe is a versioned document, kept for each tenant and changed while everything runs.
Whether its signals exist, and can do what it asks of them, is checked where they are built
(`scoring.recipe_check`).
"""

from importlib import resources
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from scoring import strict_yaml
from scoring.errors import RecipeError

_COMPARE = "Compare it with the default: counterfoil recipe show --version default."

Level = Literal["moderate", "high"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SignalTuning(_Document):
    """How much one signal counts, and from where its evidence counts as fired."""

    weight: float = Field(gt=0, description="relative to the other signals that do not abstain")
    moderate: Share = Field(default=0.5, description="evidence from here on has fired")
    high: Share = Field(default=0.85, description="evidence from here on is high, or confirmed")
    auxiliary: bool = Field(default=False, description="alone it never reaches tier 2")
    options: dict[str, JsonValue] = Field(default={}, description="the signal's own fields")

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.moderate > self.high:
            raise ValueError(f"moderate {self.moderate} lies above high {self.high}")
        return self

    def reaches(self, score: float, level: Level) -> bool:
        """Whether a score reaches a level of this signal."""
        return score >= (self.high if level == "high" else self.moderate)


class Step(_Document):
    """Signals that run together, and for which listings; a bare list of names runs for all."""

    signals: tuple[str, ...] = Field(min_length=1)
    when: Literal["always", "open", "suspicious"] = Field(
        default="always",
        description="`open`: unless the evidence so far makes tier 1 already; `suspicious`: only where it "
        "makes tier 3 or better, and not tier 1",
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, written: object) -> object:
        return {"signals": written} if isinstance(written, (list, tuple)) else written


class ShortCircuit(_Document):
    """Evidence that settles the matter at once: tier 1, and the later steps do not run."""

    name: str
    require: dict[str, Level] = Field(min_length=1, description="every signal named, at that level")

    def implied_by(self, other: "ShortCircuit") -> bool:
        """Whether this holds wherever the other does."""
        return all(other.require.get(name) in (level, "high") for name, level in self.require.items())


class Tiers(_Document):
    """The lowest fused score of each tier above the last."""

    priority: Share = Field(default=0.85, description="tier 1, where two or more signals fired")
    watch: Share = Field(default=0.65, description="tier 2")
    low: Share = Field(default=0.40, description="tier 3")

    @model_validator(mode="after")
    def _descend(self) -> Self:
        if not self.priority > self.watch > self.low > 0:
            raise ValueError(f"tiers must descend: {self.priority} > {self.watch} > {self.low} > 0")
        return self


class Recipe(_Document):
    """The whole document. Field descriptions are its documentation."""

    name: str = Field(description="who it is for, e.g. `default` or a tenant's own word")
    version: int = Field(ge=1, description="raised with every change; a verdict names it")
    steps: tuple[Step, ...] = Field(
        min_length=1, description="cheapest first; a short circuit stops after any step"
    )
    signals: dict[str, SignalTuning] = Field(description="tuning of every signal that weighs evidence")
    short_circuits: tuple[ShortCircuit, ...] = ()
    tiers: Tiers = Tiers()
    look_alike: str = Field(
        default="appearance", description="this signal without a mark makes a lawful look-alike"
    )
    marks: tuple[str, ...] = Field(
        default=("fingerprint", "geometry", "logo", "names", "pattern", "text_in_picture", "vision_logo"),
        description="signals that, once fired, have found the brand's own mark or artwork; tier 1 needs one",
    )
    second_hand_factor: Share = Field(
        default=0.7, description="what a second-hand listing's score is multiplied by"
    )

    @property
    def id(self) -> str:
        """What verdicts and results call it, e.g. `default@1`."""
        return f"{self.name}@{self.version}"

    @model_validator(mode="after")
    def _can_work(self) -> Self:
        running = [name for step in self.steps for name in step.signals]
        twice = sorted({name for name in running if running.count(name) > 1})
        if twice:
            raise ValueError(f"steps name {', '.join(twice)} more than once")
        never = sorted(set(self.signals) - set(running))
        if never:
            raise ValueError(f"{', '.join(never)} is tuned but runs in no step")
        for number, rule in enumerate(self.short_circuits):
            self._can_happen(number, rule)
        return self

    def _can_happen(self, number: int, rule: ShortCircuit) -> None:
        missing = sorted(set(rule.require) - set(self.signals))
        if missing:
            raise ValueError(
                f"short circuit {rule.name!r} waits for {', '.join(missing)}, which weighs no evidence "
                "in this recipe: tune it under `signals` and run it in a step"
            )
        if set(rule.require).isdisjoint(self.marks):
            raise ValueError(
                f"short circuit {rule.name!r} would make tier 1 of what bears no mark: require one of "
                f"`marks` ({', '.join(self.marks)}) as well"
            )
        for place, other in enumerate(self.short_circuits):
            sooner = self._complete(other) < self._complete(rule) or place < number
            if place != number and sooner and other.implied_by(rule):
                raise ValueError(
                    f"short circuit {rule.name!r} never decides: wherever it holds, {other.name!r} has held "
                    "before it"
                )

    def _complete(self, rule: ShortCircuit) -> int:
        """The step after which all evidence that a rule asks for has been given."""
        return max(
            at for at, step in enumerate(self.steps) if not rule.require.keys().isdisjoint(step.signals)
        )

    @classmethod
    def default(cls) -> Self:
        """The recipe of every tenant that has none of its own."""
        return cls.from_yaml(cls.default_text())

    @staticmethod
    def default_text() -> str:
        """Its document, with the comments that give the reasons."""
        return (resources.files("scoring") / "recipes" / "default.yaml").read_text("utf-8")

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read a recipe; `RecipeError` says what is wrong with it and where."""
        try:
            return cls.model_validate(strict_yaml.load(text))
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, ValidationError):
                raise RecipeError(f"the recipe cannot work: {faults(error)}.", hint=_COMPARE) from error
            raise RecipeError(f"the recipe is not YAML: {error}", hint=_COMPARE) from error

    def to_yaml(self) -> str:
        """The document as YAML; reading it back gives an equal recipe."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def faults(error: ValidationError) -> str:
    """What was refused in a document and where, in one line."""
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'recipe'}: {fault['msg']}" for fault in error.errors()
    )
