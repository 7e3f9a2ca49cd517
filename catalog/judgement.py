"""What speaks against a picture as a reference, on its own and beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.quality import Finding, Inspection

MINIMUM_SIDE = 160
"""Long side, pixels. Package photos found by their local features in 100 phone photos, with the
reference scaled to 198 px: 89; 160: 85; 128: 81; 96: 68; 64: 41; 48: 16."""

BLURRED_BELOW = 15.0
"""Sharpness. 20 package photos of 198 px have 25 to 153; blurred with 2 px at 512 px, 3 to 14."""

NEAR_DISTANCE = 4
"""Bits of 64 in either hash: re-encoded and resized copies, not siblings in other colours."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that was looked at."""

    place: str
    """Where it lies, as findings name it."""
    sha256: str
    inspection: Inspection


def on_its_own(inspection: Inspection) -> list[Finding]:
    """What a picture shows against itself."""
    findings = []
    side = max(inspection.width, inspection.height)
    if side < MINIMUM_SIDE:
        findings.append(
            Finding(
                "too_small",
                f"{inspection.width} x {inspection.height} pixels: copies are found reliably where the long "
                f"side has {MINIMUM_SIDE} or more, this has {side}",
            )
        )
    if inspection.flat:
        findings.append(Finding("flat", "(nearly) one colour: nothing in it can be recognised"))
    elif inspection.sharpness < BLURRED_BELOW and side >= MINIMUM_SIDE:  # enlarging a small one blurs it
        findings.append(
            Finding(
                "blurred",
                f"sharpness {inspection.sharpness:.0f}, below {BLURRED_BELOW:.0f}: use a sharper picture",
            )
        )
    return findings


def beside(here: Seen, earlier: Sequence[Seen], others: Sequence[Seen]) -> list[Finding]:
    """What its neighbours show against it: `earlier` ones of its brand, and those of other brands."""
    findings = []
    if twin := _nearest(here, earlier):
        findings.append(Finding("duplicated", f"{_likeness(here, twin)} {twin.place}: one of them is enough"))
    if twin := _nearest(here, others):
        text = f"{_likeness(here, twin)} {twin.place}: a match would not tell the brands apart"
        findings.append(Finding("same_as_other_brand", text))
    return findings


def _nearest(here: Seen, among: Sequence[Seen]) -> Seen | None:
    """The first of the nearest, where it is near enough to be the same picture."""

    def distance(other: Seen) -> int:
        if other.sha256 == here.sha256:
            return -1
        flat = here.inspection.flat or other.inspection.flat  # a blank picture's hashes mean nothing
        return NEAR_DISTANCE + 1 if flat else here.inspection.distance(other.inspection)

    nearest = min(among, key=distance, default=None)
    return nearest if nearest is not None and distance(nearest) <= NEAR_DISTANCE else None


def _likeness(here: Seen, twin: Seen) -> str:
    return "the same file as" if here.sha256 == twin.sha256 else "the same picture as"
