"""Decisions to learn from and to be measured by: which can teach, whether they suffice, two halves."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar, get_args

from scoring.decisions import Decision, Ruling, heard
from scoring.errors import CatalogError
from scoring.recipe import Recipe

_T = TypeVar("_T")

LEAST = 100
"""Decisions of each outcome below which nothing is learned..."""
LEAST_IN_HALF = 30
"""...and of each in either half..."""
LEAST_SELLERS = 10
"""...from so many sellers in either half: a seller's listings are much alike, and intervals count sellers."""


@dataclass(frozen=True, slots=True)
class Halves:
    """The sellers who were decided on first, and all others; no seller is in both."""

    earlier: tuple[Decision, ...]
    later: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Teaching:
    """The decisions that say something about weights, and how many do not, by the reason."""

    decisions: tuple[Decision, ...]
    left_out: dict[str, int]


def teaching(decisions: Sequence[Decision], recipe: Recipe) -> Teaching:
    """Those that rest on evidence which the recipe weighs."""
    teach = []
    left_out: Counter[str] = Counter()
    for it in decisions:
        if it.basis.exemption is not None:
            # Whether resale is lawful is another question than what a signal's word is worth.
            left_out[f"{it.basis.exemption.replace('_', ' ')} exemption"] += 1
        elif not heard(it.basis, recipe):
            left_out["no evidence that the recipe weighs"] += 1
        else:
            teach.append(it)
    return Teaching(tuple(teach), dict(left_out))


def halves(decisions: Sequence[Decision], *, tenant: str) -> Halves:
    """Split decisions in two by the moment at which each seller was first decided on.

    Sellers first seen at one moment, as after an import without moments, are in no order of ours.
    Raises `CatalogError` below the floor, and says which decisions are missing and how many.
    """
    found = Halves(*divided(decisions, owner=lambda it: it.seller, at=lambda it: it.at))
    kinds = {ruling: _ruled(ruling) for ruling in get_args(Ruling)}
    missing = shortfalls(
        decisions, (found.earlier, found.later), kinds, owner=lambda it: it.seller, owners="sellers"
    )
    if missing:
        raise CatalogError(
            f"tenant {tenant} has too few decisions to learn weights from; missing: {'; '.join(missing)}.",
            hint="Record more: counterfoil case decide, or counterfoil case import.",
        )
    return found


def _ruled(ruling: Ruling) -> Callable[[Decision], bool]:
    return lambda it: it.ruling == ruling


def divided(
    items: Sequence[_T], *, owner: Callable[[_T], Hashable], at: Callable[[_T], Any]
) -> tuple[tuple[_T, ...], tuple[_T, ...]]:
    """Two halves, those of the earlier owners and those of all others; no owner is in both.

    Owners of one moment come in the order of a hash, which is nobody's.
    """
    by_owner: dict[Hashable, list[_T]] = defaultdict(list)
    for it in items:
        by_owner[owner(it)].append(it)
    order = sorted(
        by_owner,
        key=lambda one: (min(at(it) for it in by_owner[one]), sha256(repr(one).encode()).digest()),
    )
    earlier: list[_T] = []
    later: list[_T] = []
    for one in order:
        (earlier if 2 * len(earlier) < len(items) and not later else later).extend(by_owner[one])
    return tuple(earlier), tuple(later)


def shortfalls(
    items: Sequence[_T],
    parts: tuple[Sequence[_T], Sequence[_T]],
    kinds: Mapping[str, Callable[[_T], bool]],
    *,
    owner: Callable[[_T], Hashable],
    owners: str,
) -> list[str]:
    """What is missing to learn from one half and measure on the other, in words."""
    counts = {kind: sum(map(is_one, items)) for kind, is_one in kinds.items()}
    missing = [
        f"{LEAST - count} more {kind} ({count} of {LEAST})" for kind, count in counts.items() if count < LEAST
    ]
    if missing:
        return missing
    for name, half in zip(("earlier", "later"), parts, strict=True):
        for kind, is_one in kinds.items():
            if (count := sum(map(is_one, half))) < LEAST_IN_HALF:
                missing.append(
                    f"{LEAST_IN_HALF - count} more {kind} among the {name} {owners} "
                    f"({count} of {LEAST_IN_HALF})"
                )
        if (there := len({owner(it) for it in half})) < LEAST_SELLERS:
            missing.append(f"{LEAST_SELLERS - there} more {name} {owners} ({there} of {LEAST_SELLERS})")
    return missing
