"""The projection that tells a tenant's pairs apart best, drawn towards none at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from pipelines.learning.fit import Array, Odds, losses_of
from pipelines.learning.pairs import Pair
from vision.adapter import Adapter

RANK = 16
"""Columns of the projection at most: a hundred pairs cannot tell more directions apart, and a hundred and
thirty kilobytes hold it for the widest encoder."""
RIDGES = (0.3, 1.0, 3.0, 10.0, 30.0)
"""Pulls towards no projection that are tried; which one, the pairs of the first half say among themselves."""
FOLDS = 3
_STEPS = 150
_BEGINNING = 0.05
"""Length of V's rows before the first step. With U at nothing there, the fit begins at the encoder itself."""
_SURE = [(-100.0, 100.0), (0.0, 100.0)]
_SLACK = 0.01
"""A ridge on the slope, so that pairs which cosines separate fully still have a best fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Pairs as arrays."""

    a: Array
    b: Array
    same: Array
    groups: npt.NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "Told":
        """In their order."""
        return cls(
            np.stack([it.a for it in pairs]).astype(np.float64),
            np.stack([it.b for it in pairs]).astype(np.float64),
            np.array([it.same for it in pairs], np.float64),
            np.array([it.group for it in pairs], np.int64),
        )

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Told":
        """Some of them."""
        return Told(self.a[chosen], self.b[chosen], self.same[chosen], self.groups[chosen])

    def folds(self, number: int) -> npt.NDArray[np.int64]:
        """Which of so many folds each pair is in; a group is in one."""
        order = {group: at for at, group in enumerate(dict.fromkeys(self.groups.tolist()))}
        return np.array([order[int(group)] % number for group in self.groups], np.int64)

    def cosines(self, adapter: Adapter | None) -> Array:
        """Of each pair, by the encoder or by an adapter of it; as a search computes them, in float32."""
        a, b = self.a.astype(np.float32), self.b.astype(np.float32)
        if adapter is not None:
            a, b = adapter.apply(a), adapter.apply(b)
        return np.asarray(np.einsum("ij,ij->i", a, b), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Projected:
    """An adapter, and how strongly it was drawn towards none."""

    adapter: Adapter
    ridge: float


def fit_projection(told: Told, *, base: str) -> Projected:
    """The adapter of these pairs; the pull towards none is chosen by folds of whole groups among them."""
    fold = told.folds(FOLDS)

    def loss(ridge: float) -> float:
        apart = np.empty(len(fold))
        for number in np.unique(fold):
            held = fold == number
            apart[held] = told.where(held).cosines(_fit(told.where(~held), base=base, ridge=ridge))
        return float(odds_of(apart, told.same).losses(apart, told.same).mean())

    ridge = min(RIDGES, key=loss)
    return Projected(_fit(told, base=base, ridge=ridge), ridge)


def odds_of(cosines: Array, same: Array) -> Odds:
    """What cosines are worth: log-odds that are a line in them."""

    def loss(at: Array) -> tuple[float, Array]:
        logits = at[0] + at[1] * cosines
        off = expit(logits) - same
        total = losses_of(logits, same).sum() + _SLACK / 2 * at[1] ** 2
        return float(total), np.array([off.sum(), off @ cosines + _SLACK * at[1]])

    found = minimize(loss, np.array([-5.0, 10.0]), jac=True, method="L-BFGS-B", bounds=_SURE)
    return Odds(*map(float, found.x))


def _fit(told: Told, *, base: str, ridge: float) -> Adapter:
    """By the logistic loss of a line in the projected cosine, with a ridge on both factors."""
    size = told.a.shape[1]
    rank = min(RANK, size)
    begun = np.random.default_rng(0).standard_normal((rank, size)) * (_BEGINNING / np.sqrt(size))
    first = odds_of(np.einsum("ij,ij->i", told.a, told.b), told.same)

    def loss(at: Array) -> tuple[float, Array]:
        at_none, slope = at[0], at[1]
        outward, inward = (
            at[2 : 2 + size * rank].reshape(size, rank),
            at[2 + size * rank :].reshape(rank, size),
        )
        moved_a, moved_b = told.a + (told.a @ inward.T) @ outward.T, told.b + (told.b @ inward.T) @ outward.T
        long_a, long_b = np.linalg.norm(moved_a, axis=1), np.linalg.norm(moved_b, axis=1)
        to_a, to_b = moved_a / long_a[:, None], moved_b / long_b[:, None]
        cosines = np.einsum("ij,ij->i", to_a, to_b)
        logits = at_none + slope * cosines
        off = expit(logits) - told.same
        weight = (slope * off)[:, None]
        by_a = weight * (to_b - cosines[:, None] * to_a) / long_a[:, None]
        by_b = weight * (to_a - cosines[:, None] * to_b) / long_b[:, None]
        by_outward = by_a.T @ (told.a @ inward.T) + by_b.T @ (told.b @ inward.T) + ridge * outward
        by_inward = (by_a @ outward).T @ told.a + (by_b @ outward).T @ told.b + ridge * inward
        total = losses_of(logits, told.same).sum() + _SLACK / 2 * slope**2
        total += ridge / 2 * ((outward**2).sum() + (inward**2).sum())
        ends = [off.sum(), off @ cosines + _SLACK * slope]
        return float(total), np.concatenate([ends, by_outward.ravel(), by_inward.ravel()])

    found = minimize(
        loss,
        np.concatenate([[first.at_none, first.slope], np.zeros(size * rank), begun.ravel()]),
        jac=True,
        method="L-BFGS-B",
        bounds=[*_SURE, *[(None, None)] * (2 * size * rank)],
        options={"maxiter": _STEPS},
    )
    outward = found.x[2 : 2 + size * rank].reshape(size, rank).astype(np.float32)
    return Adapter(base, outward, found.x[2 + size * rank :].reshape(rank, size).astype(np.float32))
