"""Barcodes and matrix codes in a picture, by zxing-cpp: retail symbologies, QR and Data Matrix.

The whole picture is read once, as it is; then the places that look like a code are cut out, enlarged
three times, turned until their bars stand upright (the library reads along rows and columns only), and
sharpened, and read again; where that shows nothing, sharpened harder. `benchmarks/codes.py` measures what
each pass finds: of EAN-13 with 1.25 pixels to the thinnest bar the first reads a quarter, the others nine
of ten; enlarging the whole picture finds fewer and costs five times as much.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

_FORMATS = [
    zxingcpp.BarcodeFormat.EANUPC,
    zxingcpp.BarcodeFormat.ITF,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.DataBar,
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.DataMatrix,
]
"""What carries a GTIN on goods and on their cases; others (PDF417, Aztec, Code 39) carry none."""

_LARGEST = 2048
"""Long side, pixels, at which the whole picture is read; places are cut out of the full picture."""
_MAP = 4
"""Pixels to a side of a cell of the map of places; of the picture at `_LARGEST` or less."""
_WINDOW = 7
"""Cells, 28 pixels: two or three digits of an EAN-13 with 1.5 pixels to the bar."""
_EDGES = 400.0
"""Mean square of the gradient, grey levels a pixel, below which nothing is printed in black on white."""
_SHARE = 0.35
"""Of the strongest place of the picture: weaker ones are lettering or texture."""
_PLACES = 3
"""Places of each sort, stripes and chequers, that are read again."""
_CELLS = 30
_MARGIN = 24
_STRIP = 80
"""Pixels along the bars that are read of a place of bars: any line across them tells all. Reading all of it
took twice as long and found not one code more (`benchmarks/codes.py`)."""
_ENLARGED = 3
_LONGEST = 1800
"""Pixels after enlarging: a larger code needs no enlarging."""


class _Sharpening(NamedTuple):
    """How a place is enlarged and its edges are raised."""

    enlarging: int
    reach: float
    """Sigma of the unsharp mask, in pixels of the picture."""
    amount: float


_SHARPENINGS = (_Sharpening(cv2.INTER_CUBIC, 1.5, 1.0), _Sharpening(cv2.INTER_LANCZOS4, 1.0, 3.0))
"""Softly, then hard. Of 288 codes of four symbologies with 1 to 1.5 pixels to the module the first reads 165,
the second 187, both 192; long codes of 2 pixels and more need the first. Of nine others, tried as a third,
none added more than three; means along the bars were among them."""

Pixels = npt.NDArray[np.uint8]
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
_Grey = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a code may be, in pixels of the picture at `_LARGEST` or less."""

    middle: tuple[float, float]
    size: tuple[float, float]
    lean: float
    """Degrees by which bars are turned; 0 where there are none."""
    bars: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was read, its checksum right."""

    symbology: str
    """As zxing-cpp calls it: `EAN-13`, `QR Code` …"""
    text: str
    """Its content; GS1 element strings with identifiers in brackets."""
    quad: Quad
    """Its corners as fractions of the picture's width and height."""


def read_codes(pixels: Pixels) -> tuple[Code, ...]:
    """Every code in a picture, (H, W, 3) uint8 RGB, in any direction, dark on light or light on dark.

    A code is told once, however often it is seen: which copy of a text is kept does not matter.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    scale = min(1.0, _LARGEST / max(height, width))
    whole = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found: dict[tuple[str, str], Code] = {}
    _keep(found, whole, np.array([[scale, 0, 0], [0, scale, 0]]), grey.shape)
    for place in _places(whole):
        if any(_fills(code.quad, place, whole.shape) for code in found.values()):
            continue
        for sharpening in _SHARPENINGS:
            cut, into = _cut_out(grey, place, scale, sharpening)
            if _keep(found, cut, into, grey.shape):
                break
            # The library inverts squares, not bars.
            if place.bars and _keep(found, cv2.bitwise_not(cut), into, grey.shape):
                break
    return tuple(found[key] for key in sorted(found))


def _keep(
    found: dict[tuple[str, str], Code],
    image: _Grey,
    into: npt.NDArray[Any],
    shape: tuple[int, int],
) -> bool:
    """Add what is read in an image that the affine map `into`, (2, 3), made from the picture; True if any."""
    back = cv2.invertAffineTransform(into)
    barcodes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(_FORMATS))
    for barcode in barcodes:
        spot = barcode.position
        corners = [
            (it.x, it.y, 1) for it in (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)
        ]
        a, b, c, d = (
            (round(float(x) / shape[1], 4), round(float(y) / shape[0], 4))
            for x, y in np.array(corners) @ back.T
        )
        code = Code(symbology=str(barcode.format), text=barcode.text, quad=(a, b, c, d))
        if _inside(code.quad):
            found.setdefault((code.symbology, code.text), code)
    return bool(barcodes)


def _inside(quad: Quad) -> bool:
    """Whether its middle is in the picture: a cut goes on beyond the edge with stripes of the last pixels."""
    return all(0 <= sum(corner[axis] for corner in quad) / 4 <= 1 for axis in (0, 1))


def _places(grey: _Grey) -> Iterator[_Place]:
    """Where codes may be: dense edges, all one way (bars) or both ways (squares)."""
    height, width = grey.shape
    across = cv2.Scharr(grey, cv2.CV_32F, 1, 0) / 32
    down = cv2.Scharr(grey, cv2.CV_32F, 0, 1) / 32
    cells = (max(1, width // _MAP), max(1, height // _MAP))

    def mean(product: _Grey) -> _Grey:
        coarse = cv2.resize(product, cells, interpolation=cv2.INTER_AREA)
        smooth: _Grey = cv2.boxFilter(coarse, -1, (_WINDOW, _WINDOW))
        return smooth

    xx, yy, xy = mean(across * across), mean(down * down), mean(across * down)
    one_way = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
    for bars, strength in ((True, one_way), (False, xx + yy - one_way)):
        least = max(_EDGES, _SHARE * float(np.percentile(strength, 99.8)))
        count, labels, stats, _ = cv2.connectedComponentsWithStats((strength > least).astype(np.uint8))
        sums = np.bincount(labels.ravel(), strength.ravel(), count)
        large = [at for at in range(1, count) if stats[at][cv2.CC_STAT_AREA] >= _CELLS]
        for at in sorted(large, key=lambda at: -sums[at])[:_PLACES]:
            left, top, wide, high = (int(value) * _MAP for value in stats[at][:4])
            here = labels == at
            lean = 0.5 * np.arctan2(2 * xy[here].sum(), (xx - yy)[here].sum()) if bars else 0.0
            yield _Place(
                (left + wide / 2, top + high / 2),
                (wide + 2 * _MARGIN, high + 2 * _MARGIN),
                float(np.degrees(lean)),
                bars,
            )


def _cut_out(grey: _Grey, place: _Place, scale: float, how: _Sharpening) -> tuple[_Grey, npt.NDArray[Any]]:
    """A place enlarged, turned until its bars stand upright, and sharpened; with the map that did it."""
    x, y = (value / scale for value in place.middle)
    width, height = (value / scale for value in place.size)
    factor = min(float(_ENLARGED), max(1.0, _LONGEST / max(width, height)))
    lean = abs(np.radians(place.lean))
    along = width * np.sin(lean) + height * np.cos(lean)
    if place.bars:
        along = min(along, _STRIP / scale)
    size = (round(factor * (width * np.cos(lean) + height * np.sin(lean))), round(factor * along))
    into = cv2.getRotationMatrix2D((x, y), place.lean, factor)
    into[0, 2] += size[0] / 2 - x
    into[1, 2] += size[1] / 2 - y
    larger = cv2.warpAffine(grey, into, size, flags=how.enlarging, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(larger, (0, 0), how.reach * factor)
    return cv2.addWeighted(larger, 1 + how.amount, soft, -how.amount, 0), into


def _fills(quad: Quad, place: _Place, shape: tuple[int, int]) -> bool:
    """Whether a code that was read takes up most of a place, so that nothing is left to read there."""
    spans = []
    for axis, (middle, size) in enumerate(zip(place.middle, place.size, strict=True)):
        values = [corner[axis] * shape[1 - axis] for corner in quad]
        if abs(sum(values) / 4 - middle) > size / 2:
            return False
        spans.append(max(values) - min(values))
    return max(spans) >= 0.5 * max(place.size)
