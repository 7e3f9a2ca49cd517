"""The promise, on real photographs: modified copies are found, unrelated pictures are not.

A small seeded sample of what was measured: every kind of copy, shop photographs of the same packages,
and pictures of other things, against 20 references.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.scenarios.modified_copies import KINDS
from vision.geometry import GeometryHit, GeometryIndex, describe

DATA = (Path(__file__).parents[2] / "../shared/data").resolve()
PACKAGED = DATA / "grocery" / "packaged"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not PACKAGED.is_dir(), reason="the shared photographs are not on this machine"),
]


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def products() -> list[str]:
    return sorted(folder.name for folder in PACKAGED.iterdir() if folder.is_dir())


@pytest.fixture(scope="module")
def index() -> GeometryIndex:
    index = GeometryIndex()
    for product in products():
        index.add(product, describe(pixels(PACKAGED / product / "iconic.jpg")))
    return index


def match(index: GeometryIndex, picture: np.ndarray) -> list[GeometryHit]:
    return index.match(describe(picture))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_copy_is_found(index: GeometryIndex, kind: str):
    number = list(KINDS).index(kind)
    product = products()[number]
    copy = KINDS[kind](pixels(PACKAGED / product / "iconic.jpg"), np.random.default_rng([11, number]))
    hits = match(index, copy)
    assert hits, f"{kind} of {product} is missed"
    assert hits[0].key == product
    assert hits[0].mirrored is (kind == "mirror")


def test_photographs_in_a_shop_are_found_and_given_to_the_right_brand(index: GeometryIndex):
    found = 0
    for product in products()[::2]:
        photo = sorted((PACKAGED / product / "photos").iterdir())[7]
        hits = match(index, pixels(photo))
        found += bool(hits)
        assert not hits or hits[0].key.split("-")[0] == product.split("-")[0], photo
    assert found >= 8, "of ten"


def test_unrelated_pictures_are_not_found(index: GeometryIndex):
    others = [
        *sorted((DATA / "grocery" / "produce").glob("*/photos/*"))[::75],
        *sorted((DATA / "shoes").glob("*.jpg"))[::65],
        *sorted((DATA / "logos-in-photos").glob("*/*.jpg"))[::70],
        *sorted((DATA / "product-photos" / "abo").glob("*/*.jpg"))[::6],
    ]
    assert len(others) >= 18
    assert [path.name for path in others if match(index, pixels(path))] == []
