"""Parts of a picture in which a match counts, as a recipe names them.

    logo: {weight: 1.0, options: {regions: [top_right, [0.4, 0.4, 0.2, 0.2]]}}

A region is a name or a rectangle `[x, y, w, h]` in fractions of the picture's width and height, from its
top left. A match lies where the centre of its quad lies; several regions are one or the other, and none
are the whole picture. Regions choose among what was measured: they cost nothing and save nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, NamedTuple, Protocol, TypeVar

from pydantic import BeforeValidator, PlainSerializer

_SLACK = 1e-6
"""What a rectangle may stick out: 0.7 + 0.3 is not quite 1."""

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Corners in fractions of the picture; some may lie outside of it."""


class Region(NamedTuple):
    """A rectangle in fractions of a picture, its edges included."""

    x: float
    y: float
    w: float
    h: float

    def holds(self, quad: Quad) -> bool:
        """Whether the centre of a quad lies inside.

        >>> REGIONS["top_right"].holds(((0.8, 0.1), (0.9, 0.1), (0.9, 0.2), (0.8, 0.2)))
        True
        """
        x, y = centre(quad)
        return (
            self.x - _SLACK <= x <= self.x + self.w + _SLACK
            and self.y - _SLACK <= y <= self.y + self.h + _SLACK
        )


REGIONS: Mapping[str, Region] = {
    "top": Region(0, 0, 1, 0.5),
    "bottom": Region(0, 0.5, 1, 0.5),
    "left": Region(0, 0, 0.5, 1),
    "right": Region(0.5, 0, 0.5, 1),
    "centre": Region(0.25, 0.25, 0.5, 0.5),
    "top_left": Region(0, 0, 0.5, 0.5),
    "top_right": Region(0.5, 0, 0.5, 0.5),
    "bottom_left": Region(0, 0.5, 0.5, 0.5),
    "bottom_right": Region(0.5, 0.5, 0.5, 0.5),
}
"""Halves, quarters, and the middle, by name."""


class Placed(Protocol):
    """A match that knows where in its picture it lies."""

    @property
    def quad(self) -> Quad:
        """Its corners."""


_P = TypeVar("_P", bound=Placed)


def centre(quad: Quad) -> tuple[float, float]:
    """The mean of a quad's corners."""
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def inside(matches: Iterable[_P], regions: tuple[Region, ...]) -> list[_P]:
    """The matches that lie in one of the regions; all of them where no region is named."""
    return [match for match in matches if not regions or any(region.holds(match.quad) for region in regions)]


def _read(written: object) -> Region:
    if isinstance(written, str):
        if written not in REGIONS:
            raise ValueError(
                f"{written!r} is no region: name one of {', '.join(REGIONS)}, or give [x, y, w, h]"
            )
        return REGIONS[written]
    if not isinstance(written, (list, tuple)) or len(written) != 4:
        raise ValueError(
            f"{written!r} is no region: name one, or give [x, y, w, h] in fractions of the picture"
        )
    try:
        region = Region(*(float(value) for value in written))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{written!r} is no region: its four values must be numbers") from error
    x, y, w, h = region
    if not (w > 0 and h > 0 and x >= 0 and y >= 0 and x + w <= 1 + _SLACK and y + h <= 1 + _SLACK):
        raise ValueError(f"{list(region)} does not lie in the picture: x, y, w and h are fractions of it")
    return region


def _written(region: Region) -> str | list[float]:
    return next((name for name, known in REGIONS.items() if known == region), list(region))


WrittenRegion = Annotated[Region, BeforeValidator(_read), PlainSerializer(_written)]
"""A region as a recipe writes it."""
