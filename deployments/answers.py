"""What the scorer answers with: a verdict with how it came about, or why there is none."""

from dataclasses import dataclass, fields
from typing import Literal, Self

from scoring.evidence import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(Verdict):
    """A verdict, what went wrong on the way to it, and where the time went."""

    errors: tuple[str, ...]
    """What was left out of the listing and why, and each picture that could not be read."""
    timings_ms: dict[str, float]
    """Milliseconds in which a stage was under way. Stages overlap: `total` is not their sum."""

    @classmethod
    def of(cls, verdict: Verdict, *, errors: tuple[str, ...], timings_ms: dict[str, float]) -> Self:
        """A verdict with the rest."""
        known = {field.name: getattr(verdict, field.name) for field in fields(Verdict)}
        return cls(**known, errors=errors, timings_ms=timings_ms)


Because = Literal["unknown_tenant", "tenant_not_named", "nothing_protected"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing to judge by; the caller has to change something."""

    because: Because
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether requests can be answered as they should be."""

    ready: bool
    reasons: tuple[str, ...]
    """Why not; empty where it is ready."""
    encoder: str | None
    """The encoder's key; None where none is configured, or it does not answer."""
