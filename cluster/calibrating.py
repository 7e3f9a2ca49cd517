"""`counterfoil calibrate`: what the configured encoder's cosines are worth, from labelled pairs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from cluster.encoders import calibrations, load_encoder
from cluster.labelled_pairs import measure_pairs
from cluster.settings import Settings
from scoring.errors import SettingsError
from vision import calibrating

LEVELS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Cosines of which the report says what they are worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked for; `SettingsError` where it cannot be."""

    pairs: Path
    out: Path | None = None
    """None: where the encoder finds it by itself."""
    plot: Path | None = None
    method: str = "auto"
    prior: float = 0.5

    def __post_init__(self) -> None:
        if self.method not in get_args(calibrating.Method):
            raise SettingsError(f"{self.method!r} is no method.", hint="Use auto, isotonic or platt.")
        if not 0 < self.prior < 1:
            raise SettingsError(
                f"a prior of {self.prior} is no share of pairs.", hint="Give a number between 0 and 1."
            )


def fit_calibration(
    wanted: Wanted, settings: Settings, *, tell: Callable[[int, int], None] = lambda *_: None
) -> dict[str, Any]:
    """Fit, write and say how reliable it is; `EncoderError` for pairs that are too few or say nothing."""
    if settings.encoder is None:
        raise SettingsError("there is no encoder to calibrate.", hint="Set COUNTERFOIL_ENCODER.")
    encoder = load_encoder(settings)
    measured = measure_pairs(wanted.pairs, encoder, tell=tell)
    pairs = calibrating.Pairs(
        measured.cosines, measured.same, f"labelled pairs of {wanted.pairs.parent.name}/{wanted.pairs.name}"
    )
    calibration = calibrating.fit(
        pairs,
        encoder=encoder.key,
        method=wanted.method,  # type: ignore[arg-type]  # Wanted has checked it
        prior=wanted.prior,
    )
    told = calibrating.reliability(calibration, pairs, prior=wanted.prior)
    if wanted.plot is not None:
        calibrating.plot(told, wanted.plot, title=encoder.key)
    written = wanted.out or calibrations(settings) / f"{encoder.key}.json"
    written.parent.mkdir(parents=True, exist_ok=True)
    calibration.save(written)
    return {
        "encoder": encoder.key,
        "fitted": calibration.fitted.model_dump() if calibration.fitted else None,
        "levels": {f"{cosine:.2f}": calibration.probability(cosine) for cosine in LEVELS},
        "reliability": [
            {"said": said, "seen": seen, "pairs": count}
            for said, seen, count in zip(told.said, told.seen, told.pairs, strict=True)
        ],
        "left_out": measured.left_out,
        "out": str(written),
    }
