"""The only way out for a picture: a marketplace's, or a reference whose owner allowed exactly that.

Whoever asks a paid service must hand over an `Outgoing`, and only the two functions here make one.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from catalog.opt_ins import WebSearchPermit
from cluster.paid.terms import PaidTerms
from scoring.errors import UnavailableError
from scoring.features import Unavailable
from vision.decode import Picture

_QUALITY = 90
"""JPEG. A picture of at most 1,024 pixels, as large as the service recommends for text
(https://cloud.google.com/vision/docs/supported-files), then takes about 200 kB."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A picture as it leaves: its pixels written anew, without the place and camera its file may name."""

    content: bytes = field(repr=False)
    width: int
    height: int


def from_listing(picture: Picture, terms: PaidTerms) -> Outgoing | Unavailable:
    """A marketplace's picture, unless it is byte for byte a reference: those never leave this way."""
    if picture.sha256 in terms.withheld:
        return Unavailable(
            "not sent to a paid service: the picture is byte for byte one of your references",
            because="not_set_up",
        )
    return _written(picture.pixels)


def from_reference(picture: Picture, permit: WebSearchPermit) -> Outgoing:
    """A reference's picture, by the permission for this very reference."""
    if picture.sha256 != permit.sha256:
        raise UnavailableError(
            f"the permission is for reference {permit.reference_id}, and the picture is another.",
            hint="Allow this one: counterfoil reference allow-web ID.",
        )
    return _written(picture.pixels)


def _written(pixels: npt.NDArray[np.uint8]) -> Outgoing:
    height, width = pixels.shape[:2]
    _, content = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    return Outgoing(content.tobytes(), width, height)
