"""What the scorer answers with: a verdict with how it came about, or why there is none."""

from dataclasses import dataclass, fields
from typing import Literal, Self

from cluster.allowance import CapUse
from scoring.evidence import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whether a listing's pictures may be measured, and what that cost."""

    use: CapUse | None = None
    units: int = 0
    cached: int = 0
    limited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(Verdict):
    """A verdict, what went wrong on the way to it, and where the time went."""

    errors: tuple[str, ...]
    """What was left out of the listing and why, and each picture that could not be read."""
    limited: tuple[str, ...]
    """Why fewer than usual had a say: a spent cap, or the kill switch. Empty where nothing was held back."""
    cap: CapUse | None
    """How the tenant's cap on image similarity stands; None where this replica took nothing of it today."""
    units: int
    """What this listing took of it: 1, or 0 where its pictures were not measured or are known."""
    cached: int
    """Pictures whose bytes were measured within the last 30 days, and were not measured again."""
    timings_ms: dict[str, float]
    """Milliseconds in which a stage was under way. Stages overlap: `total` is not their sum."""

    @classmethod
    def of(
        cls, verdict: Verdict, admission: Admission, *, errors: tuple[str, ...], timings_ms: dict[str, float]
    ) -> Self:
        """A verdict with the rest."""
        known = {field.name: getattr(verdict, field.name) for field in fields(Verdict)}
        return cls(
            **known,
            errors=errors,
            limited=admission.limited,
            cap=admission.use,
            units=admission.units,
            cached=admission.cached,
            timings_ms=timings_ms,
        )


Because = Literal[
    "unknown_tenant", "tenant_not_named", "nothing_protected", "cap_spent", "halted", "not_counted"
]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing to judge by; the caller has to change something."""

    because: Because
    message: str
    hint: str
    retry_after: int | None = None
    """Seconds until it is worth asking again, where that is known."""
    cap: CapUse | None = None
    """How the cap stands that refused it."""


def unknown_tenant(name: str) -> Refused:
    """What everybody is told of a tenant that is not there, or is not theirs: the same, to the letter."""
    return Refused(
        "unknown_tenant",
        f"there is no tenant {name[:64]!r}.",
        "Check its spelling, or import a brand kit to make it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether requests can be answered as they should be."""

    ready: bool
    reasons: tuple[str, ...]
    """Why not; empty where it is ready."""
    encoder: str | None
    """The encoder's key; None where none is configured, or it does not answer."""
