"""A brand's logo lies in the picture: its artwork is found by local features."""

from typing import ClassVar

from scoring.brand import ReferenceKind
from scoring.signals.geometry import GeometrySignal, example
from scoring.signals.interface import Example


class Logo(GeometrySignal):
    """Printed and pasted logos, by the geometry of their artwork; trained detectors are not built yet."""

    name: ClassVar[str] = "logo"
    marks: ClassVar[bool] = True
    shows: ClassVar[str] = "bears"
    mirrored: ClassVar[str] = " (mirrored: a modified mark)"
    absent: ClassVar[str] = "no logo of {brand} was found in a picture"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The same threshold as geometry's, and no other kind of reference."""
        return (
            example("as few points as are accepted", 8, ReferenceKind.LOGO, "evidence", (0.70, 0.70)),
            example("one point too few", 7, ReferenceKind.LOGO, "abstention"),
            example("a certification mark is no logo", 40, ReferenceKind.CERTIFICATION, "abstention"),
            example("packaging is geometry's", 40, ReferenceKind.PACKAGING, "abstention"),
        )
