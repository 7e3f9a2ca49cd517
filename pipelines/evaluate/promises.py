"""What is promised of lawful listings, checked on those that the labels call so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.evaluate.interval import Interval
from pipelines.evaluate.outcomes import FLAGGED, Outcome


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise: of listings of a kind, at most a share may do what they must not."""

    kind: str
    says: str
    breaks: Callable[[Outcome], bool]
    at_most: float = 0.0


RULES = (
    Rule(
        "authorised_seller",
        "no authorised seller reaches a person",
        lambda it: it.flagged or it.exemption != "authorised_seller",
    ),
    Rule(
        "second_hand",
        "second-hand goods are never accused at once (tier 1)",
        lambda it: it.tier == 1,
    ),
    Rule(
        "second_hand_abuse",
        "calling hundreds of pieces used exempts none of them",
        lambda it: it.exemption == "second_hand",
    ),
    Rule("look_alike", "no lawful look-alike is accused at once (tier 1)", lambda it: it.tier == 1),
    Rule(
        "look_alike",
        "at most 5 % of lawful look-alikes are watched (tier 2)",
        lambda it: it.tier == FLAGGED,
        at_most=0.05,
    ),
    Rule(
        "irrelevant",
        "at most 0.5 % of what has nothing to do with a brand reaches a person",
        lambda it: it.flagged,
        at_most=0.005,
    ),
)
"""DESIGN section 3, rules 1, 6 and 7, and the shares that reviewers can bear."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise and what became of it."""

    kind: str
    says: str
    broken: Interval
    """Of the listings of this kind, those that broke it."""
    at_most: float
    culprits: tuple[str, ...]
    """Ids of the listings that broke it."""

    @property
    def kept(self) -> bool | None:
        """None where the set has no listing that could have broken it."""
        return None if self.broken.share is None else self.broken.share <= self.at_most

    @property
    def word(self) -> str:
        """`kept`, `broken` or `not tested`."""
        return {True: "kept", False: "broken", None: "not tested"}[self.kept]


def promises(judged: Sequence[Outcome]) -> tuple[Promise, ...]:
    """Every promise, in the order of `RULES`."""
    made = []
    for rule in RULES:
        concerned = [it for it in judged if it.label.kind == rule.kind]
        culprits = tuple(it.listing_id for it in concerned if rule.breaks(it))
        broken = Interval.wilson(len(culprits), len(concerned))
        made.append(Promise(rule.kind, rule.says, broken, rule.at_most, culprits))
    return tuple(made)
