"""How good a reference is: what was measured on its picture, and what there is to say about it."""

from dataclasses import dataclass
from typing import Any, Literal

FindingCode = Literal["too_small", "blurred", "flat", "duplicated", "same_as_other_brand", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What vision measured on one picture; the import is handed the function that does it."""

    width: int
    """Of the picture as shown, after EXIF orientation, pixels."""
    height: int
    sharpness: float
    """Variance of the Laplacian of the grey picture (0..255), scaled to 512 px on its long side."""
    dhash: int
    """64-bit difference hash of the whole picture."""
    phash: int
    """64-bit perceptual hash of the whole picture."""
    flat: bool
    """Whether the picture is (nearly) one colour, so that its hashes mean nothing."""

    def distance(self, other: "Inspection") -> int:
        """Differing bits of 64: the larger of the two hashes' distances."""
        return max((self.dhash ^ other.dhash).bit_count(), (self.phash ^ other.phash).bit_count())


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a reference, and what to do about it."""

    code: FindingCode
    text: str


@dataclass(frozen=True, slots=True)
class Quality:
    """A reference's quality as the catalogue keeps it; no findings is the best there is."""

    inspection: Inspection
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the reference."""
        return not self.findings

    def document(self) -> dict[str, Any]:
        """The JSON that the record store keeps. Hashes are hex: JSON numbers end at 53 bits elsewhere."""
        seen = self.inspection
        return {
            "width": seen.width,
            "height": seen.height,
            "sharpness": seen.sharpness,
            "dhash": f"{seen.dhash:016x}",
            "phash": f"{seen.phash:016x}",
            "flat": seen.flat,
            "findings": [{"code": finding.code, "text": finding.text} for finding in self.findings],
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Quality":
        """The inverse of `document`."""
        return cls(
            inspection=Inspection(
                width=document["width"],
                height=document["height"],
                sharpness=document["sharpness"],
                dhash=int(document["dhash"], 16),
                phash=int(document["phash"], 16),
                flat=document["flat"],
            ),
            findings=tuple(Finding(finding["code"], finding["text"]) for finding in document["findings"]),
        )
