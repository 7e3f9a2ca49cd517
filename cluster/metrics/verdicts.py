"""What a verdict and its measurements count as, the same on both paths."""

from typing import Literal

from cluster.encoder_plan import is_appearance
from cluster.metrics.definitions import (
    ABSTENTIONS,
    BATCH_PICTURES,
    BATCH_PLACES,
    BATCHES,
    MEASUREMENTS,
    VERDICTS,
)
from cluster.metrics.meters import Meters
from scoring.evidence import Verdict
from scoring.features import APPEARANCE, Because, Features, FeatureValue, Unavailable
from scoring.funnel import NOT_ASKED

Path = Literal["online", "bulk"]

Silence = Literal["not_asked", "found_nothing"] | Because
"""Why a signal abstained, as one word."""

_WITHHELD: frozenset[Because] = frozenset({"cap_spent", "halted", "not_set_up"})


def count_verdict(meters: Meters, verdict: Verdict, features: Features, *, path: Path) -> None:
    """Count a verdict by its tier, and each abstention by the class of its reason."""
    meters.add(VERDICTS, path=path, tenant=verdict.tenant, tier=str(verdict.tier))
    gone = unavailable(features)
    for it in verdict.abstentions:
        meters.add(ABSTENTIONS, path=path, signal=it.signal, reason=silence(it.reason, gone))


def unavailable(features: Features) -> dict[str, Because]:
    """Why features are unavailable: each reason in words with its class."""
    return {value.reason: value.because for value in features.values() if isinstance(value, Unavailable)}


def silence(reason: str, gone: dict[str, Because]) -> Silence:
    """The class of an abstention's reason. A signal speaks for itself where no feature that it reads is gone.

    >>> silence("no picture of it can be read", {"no picture of it can be read": "unreadable"})
    'unreadable'
    >>> silence("not asked: nothing before it was suspicious", {}), silence("nothing says second-hand", {})
    ('not_asked', 'found_nothing')
    """
    if reason in gone:
        return gone[reason]
    return "not_asked" if reason.startswith(NOT_ASKED) else "found_nothing"


def count_measured(
    meters: Meters, feature: str, value: FeatureValue, *, path: Path, known: bool = False
) -> None:
    """Count what became of one feature of one picture."""
    outcome = "known" if known else "measured"
    if isinstance(value, Unavailable):
        outcome = "withheld" if value.because in _WITHHELD else "failed"
    name = APPEARANCE if is_appearance(feature) else feature
    meters.add(MEASUREMENTS, path=path, feature=name, outcome=outcome)


def count_batch(meters: Meters, pictures: int, *, most: int, path: Path) -> None:
    """Count one batch of an encoder's, which `most` pictures fit into."""
    meters.add(BATCHES, path=path)
    meters.add(BATCH_PICTURES, pictures, path=path)
    meters.add(BATCH_PLACES, max(most, pictures), path=path)
