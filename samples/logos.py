"""Logos as files: a PNG, and the same shapes traced into an SVG."""

import cv2
import numpy as np

from samples.drawing import Artboard, Picture
from samples.lettering import Coverage

_ACROSS = 1600  # the size logos are drawn at before tracing: 1 unit is well under a hairline


def coverage(picture: Picture) -> Coverage:
    """White shapes on black as coverage."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def cropped(ink: Coverage, margin: int = 0) -> Coverage:
    """Without the empty border, but for `margin` pixels."""
    rows, columns = np.flatnonzero(ink.max(axis=1)), np.flatnonzero(ink.max(axis=0))
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(np.pad(tight, margin))


def printed(ink: Coverage, colour: str, ground: str, width: int = 1000) -> Picture:
    """Coverage as a picture `width` pixels wide."""
    height = round(ink.shape[0] * width / ink.shape[1])
    board = Artboard(width, height, ground)
    small = np.asarray(cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    board.stamp(small, (0, 0), colour)
    return board.pixels


def traced(ink: Coverage, colour: str) -> str:
    """Coverage as one SVG path, holes left open by the even-odd rule."""
    height, width = ink.shape
    contours, _ = cv2.findContours((ink > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    pieces = []
    for contour in contours:
        smooth = cv2.approxPolyDP(contour, 0.8, closed=True)[:, 0]
        if len(smooth) > 2:
            pieces.append("M" + "L".join(f"{x} {y}" for x, y in smooth.tolist()) + "Z")
    path = "".join(pieces)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
        f'<path fill="{colour}" fill-rule="evenodd" d="{path}"/></svg>\n'
    )


def blank() -> Artboard:
    """Where a logo is drawn in white on black before it is cut out."""
    return Artboard(_ACROSS, _ACROSS, "#000000")
