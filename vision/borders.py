"""Where a picture ends and what was put around it begins: padding, frames, letterbox bars, captions."""

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, the last two exclusive."""

_TOLERANCE = 16
"""How far, of 255 in any channel, a border's pixel may lie from its colour: JPEG at quality 30 stays
within it."""

_UNIFORM = 0.98
"""Which part of a line must have the border's colour; the rest is ringing beside the picture."""

_CAPTION = 0.3
"""How deep, as a part of the side, a caption's band may reach."""

_LEAST = 0.2
"""Whatever is left must keep this part of each side; less is a speck, not a picture."""

_DEPTH = 3
"""Frames within frames that are taken off."""


def uncovered(pixels: npt.NDArray[np.uint8]) -> tuple[Box, ...]:
    """The boxes that are left as borders come off (H, W, 3) pixels, outermost first; often none.

    First border by border, then, where that reaches further, with everything outside the innermost
    uniform lines taken as a caption.
    """
    height, width = pixels.shape[:2]
    box: Box = (0, 0, width, height)
    boxes: list[Box] = []
    for _ in range(_DEPTH):
        smaller = _without_border(pixels, box, caption=False)
        if smaller == box or not _is_left(smaller, width, height):
            break
        boxes.append(smaller)
        box = smaller
    captioned = _without_border(pixels, (0, 0, width, height), caption=True)
    if captioned not in (box, (0, 0, width, height)) and _is_left(captioned, width, height):
        boxes.append(captioned)
    return tuple(boxes)


def _is_left(box: Box, width: int, height: int) -> bool:
    left, top, right, bottom = box
    return right - left >= _LEAST * width and bottom - top >= _LEAST * height


def _without_border(pixels: npt.NDArray[np.uint8], box: Box, *, caption: bool) -> Box:
    """One border taken off: rows first, then the columns of what is left, then rows again."""
    left, top, right, bottom = box
    for _ in range(2):
        above, below = _ends(pixels[top:bottom, left:right], caption=caption)
        top, bottom = top + above, bottom - below
        before, after = _ends(pixels[top:bottom, left:right].transpose(1, 0, 2), caption=caption)
        left, right = left + before, right - after
        if not (above or below or before or after):
            break
        if bottom - top < 2 or right - left < 2:
            break
    return left, top, right, bottom


def _ends(lines: npt.NDArray[np.uint8], *, caption: bool) -> tuple[int, int]:
    """How many lines at the start and at the end of (N, M, 3) belong to a border."""
    return _start(lines, caption=caption), _start(lines[::-1], caption=caption)


def _start(lines: npt.NDArray[np.uint8], *, caption: bool) -> int:
    count = len(lines)
    if count < 2 or lines.shape[1] < 2:
        return 0
    colour = np.median(lines[0], axis=0)
    deep = lines[: max(1, int(count * _CAPTION))] if caption else lines[: count - 1]
    like = (np.abs(deep.astype(np.int16) - colour.astype(np.int16)).max(axis=2) <= _TOLERANCE).mean(axis=1)
    uniform = like >= _UNIFORM
    if not uniform[0]:
        return 0
    if caption:
        return int(np.flatnonzero(uniform)[-1]) + 1
    broken = np.flatnonzero(~uniform)
    return int(broken[0]) if len(broken) else len(uniform)
