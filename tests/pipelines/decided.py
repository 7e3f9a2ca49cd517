"""Decisions of a made-up tenant whose true weights are known, as reviewers who go by them would make them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np

from scoring.decisions import Basis, Decision, Weighed
from scoring.fusion import fuse
from scoring.recipe import Recipe

DEFAULT = Recipe.default()
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
SPEAKS = {
    "geometry": 0.35,
    "names": 0.6,
    "logo": 0.25,
    "text_in_picture": 0.35,
    "appearance": 0.3,
    "watch_terms": 0.15,
    "price": 0.3,
    "colour": 0.2,
}
"""How often each signal has something to say."""
PER_SELLER = 4


def true_weights(**changed: float) -> dict[str, float]:
    """The default recipe's weights, some of them times a factor."""
    return {name: it.weight * changed.get(name, 1.0) for name, it in DEFAULT.signals.items()}


def decisions(
    number: int,
    weights: Mapping[str, float],
    *,
    seed: int = 0,
    at_none: float = -3.0,
    slope: float = 2.0,
    recipe: Recipe = DEFAULT,
) -> list[Decision]:
    """Decisions whose log-odds of `confirmed` are `at_none + slope * exponent`, by true weights."""
    chance = np.random.default_rng(seed)
    made = []
    while len(made) < number:
        said = {
            name: float(chance.uniform(0.3, 0.95))
            for name, often in SPEAKS.items()
            if chance.random() < often
        }
        if not said:
            continue
        exponent = -np.log1p(-fuse(said, weights).score)
        confirmed = chance.random() < 1 / (1 + np.exp(-at_none - slope * exponent))
        made.append(decision(len(made), said, confirmed=confirmed, recipe=recipe))
    return made


def decision(number, said, *, confirmed, recipe=DEFAULT, seller=None, exemption=None, at=None):
    """One decision, on evidence by signal."""
    fused = fuse(said, {name: recipe.signals[name].weight for name in said})
    evidence = tuple(Weighed(name, score, fused.weights[name]) for name, score in said.items())
    basis = Basis(
        scan_id="20260101-000000-00000000",
        recipe_version=recipe.id,
        tier=4,
        score=fused.score,
        seller_id=seller or f"s{number // PER_SELLER}",
        exemption=exemption,
        evidence=evidence,
        abstentions=(),
    )
    return Decision(
        platform="file",
        listing_id=str(number),
        brand="Northpine",
        ruling="confirmed" if confirmed else "dismissed",
        by="ann",
        at=at or BEGUN + timedelta(minutes=number),
        basis=basis,
    )
