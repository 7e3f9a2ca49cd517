"""Fitting what a cosine is worth, from pairs of pictures that somebody has labelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from scoring.errors import EncoderError
from vision.calibration import Calibration, Fitted

Floats = npt.NDArray[np.float64]
Method = Literal["auto", "isotonic", "platt"]

FEWEST = 30
"""Pairs of each sort below which nothing is fitted: a tenth of thirty is three pairs, which is chance."""
ISOTONIC_FROM = 1000
"""Pairs from which `auto` trusts a free form: scikit-learn's advice; with fewer, isotonic follows noise."""
BINS = 10
MOST_POINTS = 40
"""Points of a map: a file that a person can read; linear between them."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Labelled pairs, as one encoder sees them."""

    cosines: Sequence[float]
    """-1 to 1."""
    same: Sequence[bool]
    """Whether each shows one product."""
    description: str = ""
    """What the pairs are, for whoever reads the calibration's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How often pairs were the same product, against how often the map said so, bin by bin."""

    edges: tuple[float, ...]
    said: tuple[float, ...]
    """Mean probability in each bin that holds pairs."""
    seen: tuple[float, ...]
    """Share of them that are the same product, with the weights of the fit."""
    pairs: tuple[int, ...]
    error: float
    """Expected calibration error: the mean distance of the two, weighted by pairs."""


def weights(same: npt.NDArray[np.bool_], prior: float) -> Floats:
    """Weights that make the share of same pairs `prior`, however many of each were labelled."""
    positive = same.sum()
    return np.asarray(
        np.where(same, prior / max(1, positive), (1 - prior) / max(1, len(same) - positive)) * len(same)
    )


def fit(pairs: Pairs, *, encoder: str, method: Method = "auto", prior: float = 0.5) -> Calibration:
    """The map of one encoder, with what it rests on.

    Args:
        pairs: by this very encoder.
        encoder: its key.
        method: isotonic regression, Platt's logistic curve, or whichever suits the number of pairs.
        prior: how often pairs that will be asked about are the same product.

    Raises EncoderError where there are too few pairs of either sort, or cosines that say nothing.
    """
    measured, labels = np.asarray(pairs.cosines, float), np.asarray(pairs.same, bool)
    _check(labels)
    chosen = method if method != "auto" else "isotonic" if len(labels) >= ISOTONIC_FROM else "platt"
    curve = _isotonic if chosen == "isotonic" else _platt
    points = curve(measured, labels, weights(labels, prior))
    fitted = Fitted(
        description=pairs.description,
        method=chosen,
        same=int(labels.sum()),
        different=int((~labels).sum()),
        prior=prior,
        held_out_error=round(held_out(pairs, method=chosen, prior=prior).error, 4),
    )
    return Calibration(encoder=encoder, points=points, fitted=fitted)


def reliability(calibration: Calibration, pairs: Pairs, *, prior: float = 0.5) -> Reliability:
    """What the map says of pairs against what they are; the pairs should not be those it was fitted on."""
    labels = np.asarray(pairs.same, bool)
    said = np.array([calibration.probability(cosine) for cosine in pairs.cosines])
    return _reliability(said, labels, weights(labels, prior))


def plot(told: Reliability, path: Path, *, title: str) -> None:
    """Draw the reliability diagram; the file's ending says as what (.png, .svg, .pdf)."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import, and only a picture needs it

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="said = seen")
    axes.plot(told.said, told.seen, marker="o", color="#0b5d3b", label=f"expected error {told.error:.3f}")
    for said, seen, pairs in zip(told.said, told.seen, told.pairs, strict=True):
        axes.annotate(str(pairs), (said, seen), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="probability that the map says", title=title)
    axes.set_ylabel("share that shows the same product")
    axes.legend(loc="upper left")
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"The diagram cannot be written: {error}.", hint="Name a .png or .svg file."
        ) from error


def _check(labels: npt.NDArray[np.bool_]) -> None:
    positive = int(labels.sum())
    if min(positive, len(labels) - positive) < FEWEST:
        raise EncoderError(
            f"{positive} pairs of one product and {len(labels) - positive} of two are too few.",
            hint=f"Label at least {FEWEST} of each.",
        )


def _isotonic(
    cosines: Floats, labels: npt.NDArray[np.bool_], weight: Floats
) -> tuple[tuple[float, float], ...]:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - a second to import

    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(cosines, labels, weight)
    # Where every pair agrees, one more of the other sort is still to be expected: nothing is certain.
    margin = 1 / (len(labels) + 2)
    grid = np.quantile(model.X_thresholds_, np.linspace(0, 1, MOST_POINTS))
    return _points(grid, np.clip(model.predict(grid), margin, 1 - margin))


def _platt(cosines: Floats, labels: npt.NDArray[np.bool_], weight: Floats) -> tuple[tuple[float, float], ...]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a second to import

    # Encoders spread their cosines over 0.05 or over 1: the slope must not depend on which.
    middle, spread = cosines.mean(), max(float(cosines.std()), 1e-6)
    model = LogisticRegression(C=100.0).fit((cosines[:, None] - middle) / spread, labels, weight)
    if model.coef_[0, 0] <= 0:
        raise EncoderError(
            "Higher cosines do not mean the same product in these pairs.",
            hint="Check the labels, or the encoder.",
        )
    grid = np.linspace(cosines.min(), cosines.max(), MOST_POINTS)
    return _points(grid, model.predict_proba((grid[:, None] - middle) / spread)[:, 1])


def _points(cosines: Floats, probabilities: Floats) -> tuple[tuple[float, float], ...]:
    """Rounded, rising, and without points on the straight line between their neighbours."""
    rounded = np.round(np.clip(cosines, -1, 1), 4)
    kept, first = np.unique(rounded, return_index=True)
    level = np.round(np.maximum.accumulate(probabilities[first]), 4)
    return tuple((float(x), float(y)) for x, y in zip(kept, level, strict=True))


def held_out(pairs: Pairs, *, method: Literal["isotonic", "platt"], prior: float = 0.5) -> Reliability:
    """How reliable a fit to such pairs is on pairs it has not seen: two turns over interleaved halves."""
    cosines, labels = np.asarray(pairs.cosines, float), np.asarray(pairs.same, bool)
    make = _isotonic if method == "isotonic" else _platt
    said, turn = np.empty(len(labels)), np.empty(len(labels), bool)
    for sort in (labels, ~labels):
        # In order of cosine, so that both halves hold easy pairs and hard ones.
        order = np.flatnonzero(sort)[np.argsort(cosines[sort], kind="stable")]
        turn[order] = np.arange(len(order)) % 2 == 0
    for held in (turn, ~turn):
        points = make(cosines[~held], labels[~held], weights(labels[~held], prior))
        x, y = zip(*points, strict=True)
        said[held] = np.interp(cosines[held], x, y)
    return _reliability(said, labels, weights(labels, prior))


def _reliability(said: Floats, labels: npt.NDArray[np.bool_], weight: Floats) -> Reliability:
    edges = np.linspace(0, 1, BINS + 1)
    where = np.clip(np.digitize(said, edges) - 1, 0, BINS - 1)
    filled = [number for number in range(BINS) if (where == number).any()]
    mean = [float(np.average(said[where == it], weights=weight[where == it])) for it in filled]
    share = [float(np.average(labels[where == it], weights=weight[where == it])) for it in filled]
    mass = [float(weight[where == it].sum() / weight.sum()) for it in filled]
    return Reliability(
        edges=tuple(edges.tolist()),
        said=tuple(mean),
        seen=tuple(share),
        pairs=tuple(int((where == it).sum()) for it in filled),
        error=float(sum(part * abs(a - b) for part, a, b in zip(mass, mean, share, strict=True))),
    )
