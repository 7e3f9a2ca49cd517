"""Decisions to learn from and to be measured by: which can teach, whether they suffice, two halves."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import get_args

from scoring.decisions import Decision, Ruling, heard
from scoring.errors import CatalogError
from scoring.recipe import Recipe

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
    by_seller: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for it in decisions:
        by_seller[it.seller].append(it)
    order = sorted(
        by_seller,
        key=lambda seller: (min(it.at for it in by_seller[seller]), sha256(repr(seller).encode()).digest()),
    )
    earlier: list[Decision] = []
    later: list[Decision] = []
    for seller in order:
        (earlier if 2 * len(earlier) < len(decisions) and not later else later).extend(by_seller[seller])
    found = Halves(tuple(earlier), tuple(later))
    _require_enough(decisions, found, tenant)
    return found


def _require_enough(decisions: Sequence[Decision], found: Halves, tenant: str) -> None:
    missing = [
        f"{LEAST - count} more {ruling} ({count} of {LEAST})"
        for ruling, count in _by_ruling(decisions).items()
        if count < LEAST
    ]
    if not missing:
        for name, half in (("earlier", found.earlier), ("later", found.later)):
            missing += [
                f"{LEAST_IN_HALF - count} more {ruling} among the {name} sellers ({count} of {LEAST_IN_HALF})"
                for ruling, count in _by_ruling(half).items()
                if count < LEAST_IN_HALF
            ]
            if (sellers := len({it.seller for it in half})) < LEAST_SELLERS:
                missing.append(
                    f"{LEAST_SELLERS - sellers} more {name} sellers ({sellers} of {LEAST_SELLERS})"
                )
    if missing:
        raise CatalogError(
            f"tenant {tenant} has too few decisions to learn weights from; missing: {'; '.join(missing)}.",
            hint="Record more: counterfoil case decide, or counterfoil case import.",
        )


def _by_ruling(decisions: Sequence[Decision]) -> dict[Ruling, int]:
    return {ruling: sum(it.ruling == ruling for it in decisions) for ruling in get_args(Ruling)}
