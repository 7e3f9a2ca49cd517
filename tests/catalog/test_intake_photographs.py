"""The quality report on real package photographs: silent on good ones, and not on spoilt ones."""

import io
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from catalog.intake import import_kit
from tests.catalog.pictures import encoded, inspect

PACKAGED = (Path(__file__).parents[2] / "../shared/data/grocery/packaged").resolve()

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not PACKAGED.is_dir(), reason=f"there are no photographs in {PACKAGED}"),
]


def same(picture):
    return picture


def blurred(picture):
    """By 3 pixels of the 512 to which sharpness refers."""
    return picture.filter(ImageFilter.GaussianBlur(3 * max(picture.size) / 512))


def shrunk(picture):
    return picture.resize((picture.width // 2, picture.height // 2))


@pytest.mark.parametrize(
    ("spoil", "expected", "reason"),
    [
        (same, {}, "20 sound references; the closest of 5 brands' siblings are no duplicates"),
        (blurred, {"blurred": 20}, "every one of them blurred"),
        (shrunk, {"too_small": 20}, "99 pixels are too few, and enlarging them is not blur"),
    ],
)
def test_what_is_said_of_twenty_packages(catalog, blobs, tmp_path, spoil, expected, reason):
    codes = Counter()
    pictures = sorted(PACKAGED.glob("*/iconic.jpg"))
    assert len(pictures) == 20
    brands = {path.parent.name.split("-")[0] for path in pictures}
    for brand in brands:
        folder = tmp_path / brand
        (folder / "references/packaging").mkdir(parents=True)
        (folder / "brand.yaml").write_text(f"brand: {brand}\n")
        for path in pictures:
            if path.parent.name.split("-")[0] == brand:
                data = encoded(spoil(Image.open(io.BytesIO(path.read_bytes())).convert("RGB")))
                (folder / "references/packaging" / f"{path.parent.name}.png").write_bytes(data)
        report = import_kit(catalog, blobs, folder, "acme", inspect=inspect)
        codes.update(finding.code for file in report.files for finding in file.findings)
    assert codes == expected, reason
    assert catalog.references.count("acme") == 20
