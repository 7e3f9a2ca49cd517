"""The real pictures and titles that scenarios are built from, and which split may use which.

A source picture serves one split only: packages and kinds of fruit are parted by product, logos by
brand, photographs and titles by their place in an alphabetical list. What is tuned on the development
split has therefore never seen a picture of the report split.
"""

import csv
import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from tests.scenarios.modified_copies import Pixels

Split = Literal["development", "report"]
SPLITS: tuple[Split, ...] = ("development", "report")

GROCERS: dict[Split, tuple[str, ...]] = {
    "development": ("Arla", "God-Morgon", "Oatly"),
    "report": ("Arla", "Bravo", "Yoggi"),
}
"""Whose packages a split protects; the packages of the others are lawful look-alikes."""
PHOTO_BRANDS = ("adidas0", "chanel", "gucci", "lacoste", "nike")
"""Brands whose marks were photographed in the wild; both splits have them, each with its own photos."""
ARTWORK: dict[Split, tuple[str, ...]] = {
    "development": (
        "fila",
        "burton",
        "jordan",
        "ferrari",
        "ikea",
        "alienware",
        "underarmour",
        "vespa",
        "pioneerdj",
        "kando",
        "uniqlo",
        "dungeonsanddragons",
    ),
    "report": (
        "reebok",
        "thenorthface",
        "newbalance",
        "maserati",
        "chupachups",
        "celestron",
        "dior",
        "honda",
        "playstation",
        "beats",
        "vauxhall",
        "jameson",
    ),
}
"""Logos that a split protects, of goods that are copied; all other artwork is somebody else's."""
FOREIGN: dict[Split, tuple[str, ...]] = {
    "development": (
        "linux",
        "perl",
        "ruby",
        "sqlite",
        "vlcmediaplayer",
        "penpot",
        "tokio",
        "zulip",
        "mazda",
        "fiat",
    ),
    "report": (
        "django",
        "neo4j",
        "nestjs",
        "gnuprivacyguard",
        "owncloud",
        "pfsense",
        "typst",
        "ford",
        "lada",
    ),
}
"""Logos that nobody in the split protects."""

_KIT_PHOTOS = 10
"""What a brand uploads to have a mark learnt."""


@dataclass(frozen=True, slots=True)
class Package:
    """A packaged product: its maker, one studio picture and photographs by phone."""

    name: str
    brand: str
    iconic: Path
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class MarkPhoto:
    """A photograph in which a brand's mark can be seen, and where."""

    path: Path
    boxes_xywh: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Sources:
    """Everything that one split may use."""

    data: Path
    split: Split

    def ours(self, place: int) -> bool:
        """Whether what stands at this place of a list belongs to this split."""
        return place % 2 == SPLITS.index(self.split)

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """This split's half of each maker's products."""
        found: list[Package] = []
        seen: dict[str, int] = {}
        for folder in sorted((self.data / "grocery" / "packaged").iterdir()):
            words = folder.name.split("-")
            brand = "God-Morgon" if words[0] == "God" else words[0]
            place = seen[brand] = seen.get(brand, -1) + 1
            if self.ours(place):
                photos = tuple(sorted((folder / "photos").iterdir()))
                found.append(Package(folder.name, brand, folder / "iconic.jpg", photos))
        return tuple(found)

    @property
    def protected(self) -> tuple[Package, ...]:
        """Packages whose makers have a kit."""
        return tuple(it for it in self.packages if it.brand in GROCERS[self.split])

    @property
    def others(self) -> tuple[Package, ...]:
        """Packages whose makers have none: what stands beside the protected ones on the shelf."""
        return tuple(it for it in self.packages if it.brand not in GROCERS[self.split])

    @cached_property
    def produce(self) -> tuple[Path, ...]:
        """Photographs of this split's kinds of fruit and vegetables."""
        kinds = sorted((self.data / "grocery" / "produce").iterdir())
        return tuple(
            photo
            for place, kind in enumerate(kinds)
            if self.ours(place)
            for photo in sorted((kind / "photos").iterdir())
        )

    @cached_property
    def shoes(self) -> tuple[Path, ...]:
        """Photographs of sneakers. Nearly all bear a mark of one protected brand: never a lawful listing."""
        return tuple(
            it for place, it in enumerate(sorted((self.data / "shoes").glob("*.jpg"))) if self.ours(place)
        )

    @cached_property
    def _marked(self) -> dict[str, tuple[tuple[MarkPhoto, bool], ...]]:
        folder = self.data / "logos-in-photos"
        found: dict[str, list[tuple[MarkPhoto, bool]]] = {brand: [] for brand in PHOTO_BRANDS}
        for line in (folder / "boxes.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            boxes = tuple((x, y, w, h) for x, y, w, h in row["boxes_xywh"])
            found[row["brand"]].append((MarkPhoto(folder / row["file"], boxes), row["few_shot"]))
        return {
            brand: tuple(sorted(rows, key=lambda row: zlib.crc32(row[0].path.name.encode())))
            for brand, rows in found.items()
        }

    def _half(self, brand: str) -> list[MarkPhoto]:
        plain = [photo for photo, few_shot in self._marked[brand] if not few_shot]
        return [photo for place, photo in enumerate(plain) if self.ours(place)]

    def mark_examples(self, brand: str) -> list[MarkPhoto]:
        """What the brand's kit has its mark learnt from.

        The ten chosen ones in the development split, ten of the split's own in the report split.
        """
        if self.split == "development":
            return [photo for photo, few_shot in self._marked[brand] if few_shot]
        return self._half(brand)[:_KIT_PHOTOS]

    def mark_photos(self, brand: str) -> list[MarkPhoto]:
        """Photographs with the brand's mark that no kit has."""
        return self._half(brand)[_KIT_PHOTOS if self.split == "report" else 0 :]

    def artwork(self, name: str) -> Path:
        """A logo's SVG file."""
        return self.data / "logo-artwork" / f"{name}.svg"

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Titles of real listings, in several languages."""
        folder = self.data / "titles" / "listings"
        found: set[str] = set()
        for path in sorted(folder.glob("*.json")):
            found |= {row["title"] for row in json.loads(path.read_text("utf-8")) if row.get("title")}
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                found |= {row["title"] for row in csv.DictReader(file) if row["title"]}
        return tuple(title for place, title in enumerate(sorted(found)) if self.ours(place))


def pixels(path: Path) -> Pixels:
    """A picture file as (H, W, 3) uint8 RGB."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
