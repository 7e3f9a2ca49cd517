"""A drawn market to scan, of any size: what it shows, who protects what, and a recipe of one model."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import yaml
from PIL import Image

from catalog.intake import import_kit
from cluster.inspect import inspect
from cluster.settings import Settings
from cluster.state import State
from scoring.recipe import Recipe

TENANT = "bench"
REFERENCES = 20
SIDE = 300


def draw(seed: int, side: int = SIDE) -> Image.Image:
    """Discs and boxes on paper: no two seeds share a detail."""
    rng = np.random.default_rng(seed)
    canvas = np.full((side, side, 3), 245, np.uint8)
    for _ in range(60):
        x, y, size = (int(value) for value in rng.integers((0, 0, 8), (side, side, 40)))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        if rng.random() < 0.5:
            cv2.circle(canvas, (x, y), size // 2, colour, -1)
        else:
            cv2.rectangle(canvas, (x, y), (x + size, y + size // 2), colour, -1)
    return Image.fromarray(canvas)


def jpeg(image: Image.Image) -> bytes:
    """The picture as most marketplaces serve it."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def write_pictures(folder: Path, number: int, *, copies: bool = True, side: int = SIDE) -> None:
    """`number` pictures, each its own; with `copies` every second holds a reference, turned and framed."""
    (folder / "images").mkdir(parents=True)
    for at in range(number):
        picture = draw(10_000 + at, side)
        if copies and at % 2:
            turned = draw(at % REFERENCES).rotate(5 + at % 20, expand=True)
            picture = picture.resize((2 * side, 2 * side))
            picture.paste(turned, (at % 90, at % 110))
        (folder / "images" / f"{at}.jpg").write_bytes(jpeg(picture))


def write_listings(path: Path, pictures: Iterator[str] | list[str]) -> str:
    """A listing for each of these names of pictures, in a file beside their folder; the source to scan."""
    with path.open("w") as file:
        for number, name in enumerate(pictures):
            listing = {
                "platform": "shop",
                "listing_id": str(number),
                "title": f"A thing of use, number {number}",
                "description": "Made for every day, and as good as new. " * 5,
                "price": {"amount": "19.99", "currency": "EUR"},
                "seller": {"id": f"seller {number % 997}"},
                "images": [name],
            }
            file.write(json.dumps(listing) + "\n")
    return f"file:{path}"


def protect(settings: Settings, folder: Path) -> None:
    """A brand with its references, imported."""
    references = folder / "references" / "packaging"
    references.mkdir(parents=True)
    (folder / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"}))
    for seed in range(REFERENCES):
        (references / f"{seed}.jpg").write_bytes(jpeg(draw(seed)))
    state = State(settings)
    import_kit(state.catalog, state.blobs(TENANT), folder, TENANT, inspect=inspect)


def ask_only(settings: Settings, *signals: str) -> None:
    """Give the tenant the default recipe with nothing but these signals, in one step."""
    document = yaml.safe_load(Recipe.default().to_yaml())
    document |= {
        "name": "bench",
        "steps": [list(signals)],
        "signals": {name: said for name, said in document["signals"].items() if name in signals},
        "short_circuits": [it for it in document["short_circuits"] if set(it["require"]) <= set(signals)],
        "marks": [it for it in document["marks"] if it in signals],
    }
    name = f"{'+'.join(signals)}@1"
    State(settings).catalog.recipes.put(TENANT, version=name, document=yaml.safe_dump(document))
