"""How often a package's own colour fires on phone photos of it, in three lights, and on other pictures.

The colour is the studio picture's commonest one that is no grey. Limits were chosen on every other
package; this reports the rest.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._report import options, photographs, show
from scoring.brand import Brand, Colour
from scoring.colour import chroma
from scoring.evidence import Evidence
from scoring.features import COLOURS, ColourShare
from scoring.listing import Listing
from scoring.signals.colour import ColourSignal
from tests.scenarios.promises import packages, unrelated
from vision.colours import dominant_colours
from vision.decode import decode

LIGHTS = {"as they are": (1.0, 1.0, 1.0), "warmer": (1.12, 1.0, 0.78), "cooler": (0.85, 1.0, 1.12)}
_STRONG = 20.0
"""Chroma that a studio picture's colour must have to stand for a registered one."""


def measure(data: Path, *, each: int, others: int) -> dict[str, Any]:
    """So many photos of every package, and so many of other things."""
    owned = {folder: colour for folder in packages(data) if (colour := _own_colour(folder))}
    reported = sorted(owned)[1::2]
    other = [_seen(path, LIGHTS["as they are"]) for path in unrelated(data)[1::2][:others]]
    found = {
        light: np.mean(
            [
                np.mean([_fires(_seen(path, gains), owned[folder]) for path in _photos(folder)[:each]])
                for folder in reported
            ]
        )
        for light, gains in LIGHTS.items()
    }
    alarms = np.mean([_fires(seen, owned[folder]) for folder in reported for seen in other])
    return {
        "packages": len(reported),
        "own photos that fire": {light: float(share) for light, share in found.items()},
        "other photos that fire": float(alarms),
    }


def _photos(folder: Path) -> list[Path]:
    return sorted((folder / "photos").iterdir())


def _own_colour(folder: Path) -> str | None:
    colours = dominant_colours(decode((folder / "iconic.jpg").read_bytes()).pixels)
    strong = [it for it in colours if it.light == "own" and chroma(it.hex) >= _STRONG]
    return max(strong, key=lambda it: it.share).hex if strong else None


def _seen(path: Path, gains: tuple[float, float, float]) -> tuple[ColourShare, ...]:
    lit = np.clip(decode(path.read_bytes()).pixels * np.array(gains), 0, 255).astype(np.uint8)
    return tuple(ColourShare(hex=it.hex, share=it.share, light=it.light) for it in dominant_colours(lit))


def _fires(seen: tuple[ColourShare, ...], colour: str) -> bool:
    brand = Brand(name="X", colours=(Colour(name="own", hex=colour, registered=True),))
    listing = Listing(platform="shop", listing_id="1")
    return isinstance(ColourSignal().weigh(listing, brand, {COLOURS: seen}), Evidence)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", each=16, others=120)
    show(asked, measure(photographs(asked), each=asked.each, others=asked.others))
