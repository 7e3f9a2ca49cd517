"""Names printed on goods, misspelt as sellers misspell them: read and believed, kind by kind.

Drawn shirts, bags, cushions and notebooks of the scenarios (tests/scenarios/marked.py), each photographed in
somebody's home; the other brands of the same split are looked for in the same pictures, and all names of
benchmarks/names.py in photographs.
"""

import time
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._report import options, photographs, show
from benchmarks.names import DEVELOPMENT, REPORT
from benchmarks.text import WORDS, sets
from scoring.brand import Brand
from scoring.evidence import Evidence
from scoring.features import TEXT, TextLine
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.signals.text_in_picture import TextInPicture
from tests.scenarios.drafts import Draft, jpeg
from tests.scenarios.marked import LEGIBLE, name_attack
from tests.scenarios.sources import SPLITS, Sources, Split
from tests.scenarios.world import World
from vision.decode import decode
from vision.text import read_text

_EVERY = 4
"""Of the scenario's listings every fourth is printed."""
_KINDS = _EVERY * len(LEGIBLE)
"""Listings in which each kind of attack comes once in print."""
_SIGNAL = TextInPicture()
_LISTING = Listing(platform="shop", listing_id="1")
_SEEN = Recipe.default().tiers.watch
"""A person sees what reaches this by itself."""


def measure(data: Path, split: Split, *, rounds: int, pictures: int) -> dict[str, Any]:
    """Every kind of attack in as many rounds, and so many photographs of each sort."""
    world = World(Sources(data, split))
    brands = [Brand.model_validate({"name": kit.brand, **_words(kit.fields)}) for kit in world.kits]
    tried, found, others, seconds = Counter[str](), Counter[str](), 0, 0.0
    for number in range(_EVERY - 1, rounds * _KINDS, _EVERY):
        rng = np.random.default_rng([SPLITS.index(split), zlib.crc32(b"printed"), number])
        draft = name_attack(world, rng, number)
        begun = time.process_time()
        lines = _read(_data(draft, rng))
        seconds += time.process_time() - begun
        seen = _seen(brands, lines)
        tried[draft.variant] += 1
        found[draft.variant] += draft.brand in seen
        others += bool(seen - {draft.brand})
    every = [Brand(name=name) for name in sorted({*DEVELOPMENT, *REPORT, *WORDS.values()})]
    return {
        "found": f"{found.total()} of {tried.total()}",
        "by kind": {kind: f"{found[kind]} of {number}" for kind, number in tried.items()},
        "pictures with another brand": f"{others} of {tried.total()}",
        "milliseconds a picture": round(1e3 * seconds / tried.total()),
        **{
            f"other names in {kind} ({len(chosen)})": sorted(
                name
                for path, word in chosen
                for name in _seen(every, _read(path.read_bytes()))
                if name.lower() != word.lower()
            )
            for kind, chosen in sets(data, pictures, half=1).items()
        },
    }


def _words(fields: dict[str, Any]) -> dict[str, Any]:
    return {"marks": fields.get("marks", []), "languages": ["en", "de", "fr", "es", "it"]}


def _data(draft: Draft, rng: np.random.Generator) -> bytes:
    (picture,) = draft.pictures
    return picture if isinstance(picture, bytes) else jpeg(picture, int(rng.integers(78, 93)))


def _read(data: bytes) -> tuple[TextLine, ...]:
    return tuple(
        TextLine(text=line.text, confidence=line.confidence, quad=line.quad)
        for line in read_text(decode(data).pixels)
    )


def _seen(brands: Iterable[Brand], lines: tuple[TextLine, ...]) -> set[str]:
    """The brands that these lines alone bring before a person."""
    return {
        brand.name
        for brand in brands
        if isinstance(said := _SIGNAL.weigh(_LISTING, brand, {TEXT: lines}), Evidence) and said.score >= _SEEN
    }


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", split="report", rounds=12, pictures=60)
    chosen: Split = "report" if asked.split == "report" else "development"
    show(asked, measure(photographs(asked), chosen, rounds=asked.rounds, pictures=asked.pictures))
