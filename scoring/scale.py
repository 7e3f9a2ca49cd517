"""A monotone piecewise-linear scale from a measurement to a score."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Anchors (measurement, score), both rising; below the first anchor it says 0, above the last its score.

    >>> inliers = Scale(((8, 0.7), (20, 0.9)))
    >>> inliers(7), inliers(8), inliers(14), inliers(100)
    (0.0, 0.7, 0.8, 0.9)
    """

    anchors: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.anchors) < 2:
            raise ValueError("a scale needs at least two anchors")
        for (x, y), (next_x, next_y) in zip(self.anchors, self.anchors[1:], strict=False):
            if next_x <= x or next_y < y:
                raise ValueError(f"anchors must rise: ({x}, {y}) then ({next_x}, {next_y})")

    def __call__(self, measured: float) -> float:
        """The score of a measurement."""
        if measured < self.anchors[0][0]:
            return 0.0
        for (x, y), (next_x, next_y) in zip(self.anchors, self.anchors[1:], strict=False):
            if measured <= next_x:
                return round(y + (next_y - y) * (measured - x) / (next_x - x), 12)
        return self.anchors[-1][1]
