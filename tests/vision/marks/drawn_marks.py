"""Marks and grounds drawn for the tests: an arrow that has a left and a right, and speckled cloth."""

import cv2
import numpy as np

from vision.marks.backbone import Pixels


def arrow(side: int = 200) -> Pixels:
    """A hooked arrow, black on white."""
    drawn = np.full((side, side, 3), 255, np.uint8)
    points = np.array(
        [[20, 160], [60, 160], [60, 90], [110, 90], [110, 130], [180, 65], [110, 10], [110, 50], [20, 50]]
    )
    cv2.fillPoly(drawn, [(points * side // 200).astype(np.int32)], (0, 0, 0))
    cv2.circle(drawn, (150 * side // 200, 160 * side // 200), 22 * side // 200, (0, 0, 0), -1)
    return drawn


def cloth(seed: int, size: tuple[int, int] = (360, 480)) -> Pixels:
    """Speckled cloth with some folds, (height, width, 3)."""
    random = np.random.default_rng(seed)
    height, width = size
    base = random.integers(90, 170, 3)
    noise = cv2.resize(random.normal(0, 12, (height // 4, width // 4, 3)).astype(np.float32), (width, height))
    folds = 18 * np.sin(np.linspace(0, 9, width) + random.uniform(0, 6))[None, :, None]
    return np.clip(base + noise + folds, 0, 255).astype(np.uint8)
