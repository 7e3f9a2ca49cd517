"""Photographs of printed codes: a code drawn module by module, seen by a camera.

EAN-13 is drawn by the samples' own code; the other symbologies by the library that the product reads
with, so their figures say how well it reads pictures, not how well it knows the standards.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image

from samples.barcodes import barcode, check_digit

Pixels = npt.NDArray[np.uint8]

_DRAWN = 8
"""Pixels a module is drawn with before the camera sees it: more than any picture shows."""
_QUIET = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One code, flat and sharp, with its quiet zone, `_DRAWN` pixels to the module."""

    symbology: str
    text: str
    """What a reader must answer."""
    pixels: Pixels
    """(H, W, 3) uint8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """How a printed code comes into the picture; lengths are in pixels of the picture."""

    module: float
    """Width of the narrowest bar, or of a square, before it is turned and tilted."""
    turn: float = 0.0
    """Degrees."""
    tilt: float = 0.0
    """How much each corner is moved, as a share of the code's height."""
    blur: float = 0.0
    """Sigma of a Gaussian."""
    contrast: float = 1.0
    """1 keeps black and white; 0.3 is grey on grey."""
    glare: float = 0.0
    """How much brighter one end is lit than the other, as a share of white."""
    inverted: bool = False
    quality: int = 90
    """Of the JPEG."""


def gtin13(rng: np.random.Generator) -> str:
    """A random 13-digit GTIN of the range that GS1 keeps for examples."""
    body = "952" + "".join(map(str, rng.integers(0, 10, 9)))
    return body + check_digit(body)


def ean13(rng: np.random.Generator) -> Printed:
    """With its digits below the bars."""
    gtin = gtin13(rng)
    return Printed(symbology="EAN-13", text=gtin, pixels=np.array(barcode(gtin, _DRAWN))[..., :3])


def _created(symbology: zxingcpp.BarcodeFormat, content: str, text: str, **options: object) -> Printed:
    code = np.array(zxingcpp.create_barcode(content, symbology, **options).to_image(scale=1))
    drawn = np.pad(code, _QUIET, constant_values=255).repeat(_DRAWN, 0).repeat(_DRAWN, 1)
    return Printed(symbology=str(symbology), text=text, pixels=np.stack([drawn] * 3, -1))


def upc_a(rng: np.random.Generator) -> Printed:
    """Read as the 13-digit number that it is."""
    body = "0" + "".join(map(str, rng.integers(0, 10, 10)))
    gtin = body + check_digit(body)
    return _created(zxingcpp.BarcodeFormat.UPCA, gtin, f"0{gtin}")


def ean8(rng: np.random.Generator) -> Printed:
    """The short one of small packages."""
    body = "952" + "".join(map(str, rng.integers(0, 10, 4)))
    gtin = body + check_digit(body)
    return _created(zxingcpp.BarcodeFormat.EAN8, gtin, gtin)


def itf14(rng: np.random.Generator) -> Printed:
    """On a case of goods."""
    body = "1" + gtin13(rng)[:-1]
    gtin = body + check_digit(body)
    return _created(zxingcpp.BarcodeFormat.ITF14, gtin, gtin)


def gs1_128(rng: np.random.Generator) -> Printed:
    """A GTIN and a batch."""
    gtin = f"0{gtin13(rng)}"
    return _created(zxingcpp.BarcodeFormat.Code128, f"[01]{gtin}[10]A1B2", f"(01){gtin}(10)A1B2", gs1=True)


def digital_link(rng: np.random.Generator) -> Printed:
    """A QR code with a web address."""
    uri = f"https://id.gs1.org/01/0{gtin13(rng)}/10/A1B2"
    return _created(zxingcpp.BarcodeFormat.QRCode, uri, uri)


def data_matrix(rng: np.random.Generator) -> Printed:
    """A GS1 DataMatrix as on medicines."""
    gtin = f"0{gtin13(rng)}"
    return _created(
        zxingcpp.BarcodeFormat.DataMatrix,
        f"[01]{gtin}[17]271231[10]A1B2",
        f"(01){gtin}(17)271231(10)A1B2",
        gs1=True,
    )


CODES: dict[str, Callable[[np.random.Generator], Printed]] = {
    "EAN-13": ean13,
    "UPC-A": upc_a,
    "EAN-8": ean8,
    "ITF-14": itf14,
    "GS1-128": gs1_128,
    "QR Digital Link": digital_link,
    "GS1 DataMatrix": data_matrix,
}
"""What is printed, by the words of the reports."""


def photographed(code: Printed, scene: Pixels, camera: Camera, rng: np.random.Generator) -> Pixels:
    """The code somewhere in a scene (H, W, 3); the scene is enlarged where the code would not fit."""
    scale = camera.module / _DRAWN
    height, width = code.pixels.shape[:2]
    reach = int(np.ceil(np.hypot(height, width) * scale * (1 + 2 * camera.tilt))) + 4
    scene = _at_least(scene, reach)
    printed = code.pixels.astype(np.float32)
    if camera.inverted:
        printed = 255 - printed
    printed = 128 + (printed - 128) * camera.contrast
    printed += camera.glare * 255 * (np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :, None])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(camera.turn)
    turned = (corners - corners[2] / 2) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32
    )
    turned += rng.uniform(-1, 1, (4, 2)).astype(np.float32) * camera.tilt * height
    free = np.array(scene.shape[1::-1]) - reach
    left, top = (rng.uniform(0, 1, 2) * np.maximum(free, 0)).astype(int)
    # Twice the size first, then halved by areas: a camera's pixel averages what falls on it.
    target = ((turned * scale + reach / 2) * 2).astype(np.float32)
    warp = cv2.getPerspectiveTransform(corners, target)
    soft = cv2.GaussianBlur(printed, (0, 0), max(0.3, 0.25 / scale))  # what the finer grid cannot show
    ink = cv2.warpPerspective(soft, warp, (reach * 2, reach * 2))
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), warp, (reach * 2, reach * 2))
    ink = cv2.resize(ink, (reach, reach), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(cover, (reach, reach), interpolation=cv2.INTER_AREA)[..., None]
    seen: npt.NDArray[Any] = scene.astype(np.float32)
    place = seen[top : top + reach, left : left + reach]
    place[:] = place * (1 - cover) + ink
    if camera.blur:
        seen = cv2.GaussianBlur(seen, (0, 0), camera.blur)
    seen += rng.normal(0, 3, seen.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=camera.quality)
    return np.asarray(Image.open(io.BytesIO(buffer.getvalue())).convert("RGB"))


def _at_least(scene: Pixels, side: int) -> Pixels:
    factor = side / min(scene.shape[:2])
    if factor <= 1:
        return scene
    larger = cv2.resize(scene, None, fx=factor * 1.02, fy=factor * 1.02, interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, np.uint8)
