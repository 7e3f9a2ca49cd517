"""A classifier of one pattern's windows, trained on photographs of goods that bear it; arrays and JSON.

Logistic regression over a window's place in the space and its similarity to the reference. What it says is
set against a threshold from cross-validation by photograph, so that 0.5 means what was measured there.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from scoring.errors import CatalogError, SetupError

Vectors = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

FEWEST = 5
"""Photographs that bear the pattern, at least: cross-validation holds out a fifth at a time."""

_FOLDS = 5
_ALLOWED = 0.02
"""Share of the photographs without the pattern that may pass the threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One photograph's windows."""

    vectors: Vectors
    """(N, K) in the pattern space."""
    cosines: Scores
    """(N,) similarity to the reference."""
    bears: npt.NDArray[np.bool_]
    """(N,) whether the window shows the pattern; all False for a photograph without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReport:
    """What cross-validation by photograph found."""

    with_pattern: int
    """Photographs that bear it."""
    without: int
    precision: float
    """Of the photographs that passed, those that bear it."""
    recall: float
    """Of the photographs that bear it, those that passed."""
    untrained_recall: float
    """The same by similarity alone, with as many false alarms."""


@dataclass(frozen=True, slots=True, eq=False)
class PatternHead:
    """The classifier."""

    weights: Scores
    """(K + 1,): of a window's place and of its similarity."""
    bias: float
    threshold: float
    """Log odds that count as 0.5."""
    report: HeadReport

    def probabilities(self, vectors: Vectors, cosines: Scores) -> Scores:
        """(N,) that a window shows the pattern."""
        odds = _inputs(vectors, cosines) @ self.weights + self.bias - self.threshold
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def to_bytes(self) -> bytes:
        """An npz archive of the arrays, with the report as JSON."""
        about = json.dumps(asdict(self.report))
        buffer = io.BytesIO()
        np.savez(
            buffer,
            weights=self.weights,
            offsets=np.array([self.bias, self.threshold]),
            about=np.frombuffer(about.encode(), np.uint8),
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse of `to_bytes`. Raises CatalogError for anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                about = json.loads(kept["about"].tobytes())
                bias, threshold = (float(value) for value in kept["offsets"])
                return cls(kept["weights"], bias, threshold, HeadReport(**about))
        except (ValueError, KeyError, OSError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise CatalogError(
                f"These bytes are no trained pattern of this version: {error}.",
                hint="Train it again: counterfoil pattern train.",
            ) from error


def train_head(examples: Sequence[Example], *, others: tuple[Vectors, Scores], witnesses: int) -> PatternHead:
    """Train on photographs with and without the pattern.

    Args:
        examples: photographs; those that bear the pattern nowhere are the ones without it.
        others: windows that belong to nobody, and their similarity to the reference.
        witnesses: how many windows' mean decides over a photograph, as when it is looked for.

    Raises SetupError where there are too few photographs to say how good it is.
    """
    positive = [example for example in examples if example.bears.any()]
    negative = [example for example in examples if not example.bears.any()]
    if len(positive) < FEWEST or len(negative) < FEWEST:
        raise SetupError(
            f"{len(positive)} photographs bear the pattern and {len(negative)} do not: "
            f"training takes {FEWEST} of each.",
            hint="Add photographs, or import more references of other things.",
        )
    everything = [*positive, *negative]
    folds = np.concatenate([np.arange(len(positive)), np.arange(len(negative))]) % _FOLDS
    held_out = np.zeros(len(everything))
    for fold in range(_FOLDS):
        learnt = [example for example, at in zip(everything, folds, strict=True) if at != fold]
        weights, bias = _fit(learnt, others)
        for at in np.flatnonzero(folds == fold):
            odds = _inputs(everything[at].vectors, everything[at].cosines) @ weights + bias
            held_out[at] = _decisive(odds, witnesses)
    bears = np.arange(len(everything)) < len(positive)
    threshold = max(0.0, _passed_by(held_out[~bears], _ALLOWED))
    passed = held_out > threshold
    similar = np.array([_decisive(example.cosines, witnesses) for example in everything])
    alone = similar > _passed_by(similar[~bears], float(passed[~bears].mean()))
    weights, bias = _fit(everything, others)
    report = HeadReport(
        with_pattern=len(positive),
        without=len(negative),
        precision=float((passed & bears).sum() / max(1, passed.sum())),
        recall=float(passed[bears].mean()),
        untrained_recall=float(alone[bears].mean()),
    )
    return PatternHead(weights, bias, threshold, report)


def _fit(examples: Sequence[Example], others: tuple[Vectors, Scores]) -> tuple[Scores, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only training needs it, and it is slow

    inputs = np.concatenate([*(_inputs(it.vectors, it.cosines) for it in examples), _inputs(*others)])
    bears = np.concatenate([*(it.bears for it in examples), np.zeros(len(others[0]), np.bool_)])
    model = LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=2000)
    model.fit(inputs, bears)
    return np.asarray(model.coef_[0], np.float64), float(model.intercept_[0])


_PENALTY = 1.0
_SIMILARITY_SCALE = 6.0
"""Similarity is told apart from 64 other numbers that are each an eighth as large."""


def _inputs(vectors: Vectors, cosines: Scores) -> Scores:
    return np.column_stack([vectors.astype(np.float64), _SIMILARITY_SCALE * np.asarray(cosines, np.float64)])


def _decisive(values: Scores, witnesses: int) -> float:
    return float(np.sort(values)[-witnesses:].mean())


def _passed_by(values: Scores, share: float) -> float:
    """The least value that no more than this share of the values exceeds."""
    ranked = np.sort(values)[::-1]
    return float(ranked[min(int(share * len(ranked)), len(ranked) - 1)])
