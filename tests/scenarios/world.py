"""What every scenario draws from: one split's sources, its kits, and pictures to put things on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from tests.scenarios.cast import CASTS, Cast
from tests.scenarios.kits import Kit, brand_name, kits
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.sources import ARTWORK, Package, Sources, pixels

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Genuine:
    """A picture that a brand has in its kit and a thief would take."""

    brand: str
    data: bytes
    goods: str


@dataclass(frozen=True)
class World:
    """One split, ready to be sold."""

    sources: Sources

    @cached_property
    def kits(self) -> list[Kit]:
        """Every brand's kit."""
        return kits(self.sources)

    @property
    def cast(self) -> Cast:
        """The drawn brands."""
        return CASTS[self.sources.split]

    @cached_property
    def genuine(self) -> tuple[Genuine, ...]:
        """Photographs and packages in kits, in a fixed order."""
        goods = {self.cast.charger.name: "charger", self.cast.game.name: "game"}
        return tuple(
            Genuine(
                kit.brand,
                content.read_bytes() if isinstance(content, Path) else content,
                goods.get(kit.brand) or grocery_goods(place),
            )
            for kit in self.kits
            for place, content in kit.files.items()
            if place.startswith(("photo/", "packaging/"))
        )

    @property
    def logo_brands(self) -> tuple[tuple[str, Path], ...]:
        """Brands known by their artwork, and the artwork."""
        return tuple((brand_name(stem), self.sources.artwork(stem)) for stem in ARTWORK[self.sources.split])

    @property
    def word_brands(self) -> tuple[str, ...]:
        """Every brand with a name of its own."""
        return tuple(kit.brand for kit in self.kits)

    def ground(self, rng: np.random.Generator, *, shoes: bool = True) -> tuple[Pixels, str]:
        """A photograph of other things to paste a mark on, 640 pixels wide, and what it shows."""
        shoe = shoes and rng.random() < 0.5
        photo = pixels(pick(self.sources.shoes if shoe else self.sources.produce, rng))
        height = round(640 * photo.shape[0] / photo.shape[1])
        wide = np.asarray(cv2.resize(photo, (640, height), interpolation=cv2.INTER_CUBIC), np.uint8)
        return wide, "shoe" if shoe else "produce"


def pick(things: Sequence[_T], rng: np.random.Generator) -> _T:
    """One of them."""
    return things[int(rng.integers(len(things)))]


def grocery_goods(name: str) -> str:
    """What sort of goods a package is, by its name.

    >>> grocery_goods("packaging/Arla-Natural-Yoghurt.jpg"), grocery_goods("Oatly-Oat-Milk")
    ('yoghurt', 'milk')
    """
    lower = name.lower()
    if "juice" in lower:
        return "juice"
    return "yoghurt" if "yog" in lower or "oatghurt" in lower or "sour" in lower else "milk"


def photo_of(package: Package, number: int) -> Pixels:
    """One of a package's photographs; a number gives each once before any twice."""
    # A step that shares no factor with the counts of photographs mixes the shops they were taken in.
    return pixels(package.photos[number * 17 % len(package.photos)])
