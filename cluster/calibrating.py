"""`counterfoil calibrate`: what an encoder's cosines are worth, from labelled pairs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from catalog.adapters import AdapterName, encoder_of
from catalog.encoder_choices import Place
from cluster.encoder_plan import EncoderPlan
from cluster.encoders import calibrations, load_adapter, load_encoder
from cluster.labelled_pairs import Measured, measure_pairs
from cluster.state import State
from scoring.errors import SettingsError
from vision import calibrating
from vision.adapter import Adapter
from vision.calibration import Calibration
from vision.encoder import Encoder

LEVELS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Cosines of which the report says what they are worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked for; `SettingsError` where it cannot be."""

    pairs: Path | None = None
    """A file of labelled pairs; None: a tenant's decisions."""
    out: Path | None = None
    """A file; None: where the encoder finds it by itself, or the catalogue where it is for a tenant."""
    plot: Path | None = None
    method: str = "auto"
    prior: float = 0.5
    tenant: str | None = None
    """For whom it counts; None: for everybody on this machine."""
    category: str | None = None
    by: str = "unknown"

    def __post_init__(self) -> None:
        if self.method not in get_args(calibrating.Method):
            raise SettingsError(f"{self.method!r} is no method.", hint="Use auto, isotonic or platt.")
        if not 0 < self.prior < 1:
            raise SettingsError(
                f"a prior of {self.prior} is no share of pairs.", hint="Give a number between 0 and 1."
            )
        if self.category is not None and self.tenant is None:
            raise SettingsError("a category is a tenant's.", hint="Name whose with --tenant.")

    @property
    def place(self) -> Place:
        """Where it counts."""
        return Place.of(self.category, None)


@dataclass(frozen=True, slots=True, eq=False)
class InUse:
    """What compares pictures somewhere, and the map that counts there now."""

    encoder: Encoder
    adapter: Adapter | None
    calibration: Calibration | None

    @property
    def key(self) -> str:
        """Names the vectors whose cosines it gives."""
        return self.adapter.key if self.adapter is not None else self.encoder.key


def in_use(wanted: Wanted, state: State) -> InUse:
    """What compares pictures where a map is wanted; SettingsError where nothing does."""
    if wanted.tenant is None:
        name, plan = state.settings.encoder, EncoderPlan()
    else:
        plan = EncoderPlan.of(state, wanted.tenant)
        name = plan.model(wanted.place)
    if name is None:
        raise SettingsError(
            "there is no encoder to calibrate.",
            hint="Set COUNTERFOIL_ENCODER, or choose one for the tenant: counterfoil models use.",
        )
    encoder = load_encoder(state.settings, encoder_of(name))
    adapted = AdapterName.parse(name)
    if adapted is None:
        return InUse(encoder, None, plan.calibration(encoder.key, wanted.place) or encoder.calibration)
    adapter = load_adapter(state.settings, adapted)
    return InUse(encoder, adapter, plan.calibration(adapter.key, wanted.place))


def fit_calibration(
    wanted: Wanted, state: State, *, tell: Callable[[int, int], None] = lambda *_: None
) -> dict[str, Any]:
    """Fit to labelled pairs; `EncoderError` for pairs that are too few or say nothing."""
    if wanted.pairs is None:
        raise SettingsError("there are no pairs to fit to.", hint="Name PAIRS.jsonl.")
    used = in_use(wanted, state)
    measured = measure_pairs(wanted.pairs, used.encoder, adapter=used.adapter, tell=tell)
    described = f"labelled pairs of {wanted.pairs.parent.name}/{wanted.pairs.name}"
    return fit_to(measured, described, used, wanted, state)


def fit_to(measured: Measured, described: str, used: InUse, wanted: Wanted, state: State) -> dict[str, Any]:
    """Fit, keep and say how reliable it is; `EncoderError` for pairs that are too few or say nothing.

    A tenant's map is kept in the catalogue, where both paths find it within seconds; another is a file
    that is read when an encoder is loaded.
    """
    present = used.calibration
    pairs = calibrating.Pairs(measured.cosines, measured.same, described)
    calibration = calibrating.fit(
        pairs, encoder=used.key, method=cast("calibrating.Method", wanted.method), prior=wanted.prior
    )
    fitted = calibration.fitted
    chosen = fitted.method if fitted else "platt"
    told = calibrating.held_out(pairs, method=chosen, prior=wanted.prior)
    before = calibrating.reliability(present, pairs, prior=wanted.prior).error if present else None
    if wanted.plot is not None:
        calibrating.plot(told, wanted.plot, title=used.key)
    return {
        "encoder": used.key,
        "fitted": fitted.model_dump() if fitted else None,
        "error_before": before,
        "levels": {f"{cosine:.2f}": calibration.probability(cosine) for cosine in LEVELS},
        "reliability": [
            {"said": said, "seen": seen, "pairs": count}
            for said, seen, count in zip(told.said, told.seen, told.pairs, strict=True)
        ],
        "left_out": measured.left_out,
        "out": _kept(calibration, wanted, state),
    }


def _kept(calibration: Calibration, wanted: Wanted, state: State) -> str:
    if wanted.tenant is not None and wanted.out is None:
        state.catalog.calibrations.keep(
            wanted.tenant,
            calibration.model_dump(mode="json"),
            encoder=calibration.encoder,
            category=wanted.place.category,
            by=wanted.by,
        )
        return f"the catalogue, for {wanted.tenant}" + (
            f" in {wanted.place.category}" if wanted.place.category else ""
        )
    written = wanted.out or calibrations(state.settings) / f"{calibration.encoder}.json"
    written.parent.mkdir(parents=True, exist_ok=True)
    calibration.save(written)
    return str(written)
