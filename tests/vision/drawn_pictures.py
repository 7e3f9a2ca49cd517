"""Pictures with detail, drawn from a seed, for tests that need no photographs."""

import cv2
import numpy as np


def poster(seed: int, shape: tuple[int, int] = (300, 300)) -> np.ndarray:
    """Discs, boxes and strokes on paper, (height, width, 3): no two seeds share a detail."""
    rng = np.random.default_rng(seed)
    height, width = shape
    canvas = np.full((height, width, 3), 245, np.uint8)
    side = min(shape)
    for _ in range(60):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        size = int(rng.integers(max(2, side // 40), max(3, side // 8)))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        kind = rng.integers(3)
        if kind == 0:
            cv2.circle(canvas, (x, y), size, colour, -1)
        elif kind == 1:
            cv2.rectangle(canvas, (x, y), (x + 2 * size, y + size), colour, -1)
        else:
            end = (x + int(rng.integers(-3, 4)) * size, y + int(rng.integers(-3, 4)) * size)
            cv2.line(canvas, (x, y), end, colour, max(1, size // 4))
    return canvas
