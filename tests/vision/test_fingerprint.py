"""The same picture is found however it was saved, cut or framed; another one never."""

import io
from functools import cache
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from vision.fingerprint import (
    MAX_DISTANCE,
    Fingerprint,
    View,
    fingerprint,
    query_views,
    reference_views,
)

SHARED = Path(__file__).parents[2].parent / "shared/data/grocery"


@cache
def poster(seed: int = 0, size: tuple[int, int] = (300, 400)) -> Image.Image:
    """A made-up package: blocks, discs and print on a coloured ground."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", size, tuple(random.integers(90, 230, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for _ in range(20):
        x, y = random.integers(0, size[0]), random.integers(0, size[1])
        w, h = random.integers(20, 130, 2)
        colour = tuple(random.integers(0, 256, 3).tolist())
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((int(x - w / 2), int(y - h / 2), int(x + w / 2), int(y + h / 2)), fill=colour)
    return image


def saved(image: Image.Image, kind: str, **options) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return Image.open(buffer).convert("RGB")


def scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.resize((round(image.width * factor), round(image.height * factor)))


def cut(image: Image.Image, keep: float, across: float, down: float) -> Image.Image:
    width, height = round(image.width * keep), round(image.height * keep)
    x, y = round((image.width - width) * across), round((image.height - height) * down)
    return image.crop((x, y, x + width, y + height))


def padded(image: Image.Image, part: float, colour: str) -> Image.Image:
    return ImageOps.expand(image, round(max(image.size) * part), colour)


def caption(image: Image.Image) -> Image.Image:
    out = Image.new("RGB", (image.width + 30, image.height + 120), "white")
    out.paste(image, (15, 60))
    ImageDraw.Draw(out).text((30, 15), "SO CHEAP", fill="black", font_size=30)
    return out


RE_ENCODED = [
    ("the same", lambda image: image),
    ("JPEG at 30", lambda image: saved(image, "JPEG", quality=30)),
    ("JPEG at 75", lambda image: saved(image, "JPEG", quality=75)),
    ("WebP at 50", lambda image: saved(image, "WEBP", quality=50)),
    ("PNG", lambda image: saved(image, "PNG")),
    ("GIF, 256 colours", lambda image: saved(image.quantize(256), "GIF")),
    ("a quarter the size", lambda image: scaled(image, 0.25)),
    ("twice the size", lambda image: scaled(image, 2)),
    ("a quarter, then JPEG at 30", lambda image: saved(scaled(image, 0.25), "JPEG", quality=30)),
    ("grey", lambda image: image.convert("L").convert("RGB")),
]

ALTERED = [
    ("mirrored", ImageOps.mirror),
    ("padded with white", lambda image: padded(image, 0.1, "white")),
    ("padded with a lot of black", lambda image: padded(image, 0.3, "black")),
    ("framed twice", lambda image: padded(padded(image, 0.06, "white"), 0.03, "navy")),
    ("letterboxed", lambda image: ImageOps.expand(image, (0, 80), "black")),
    ("captioned", caption),
    ("mirrored and padded", lambda image: padded(ImageOps.mirror(image), 0.1, "#cc2255")),
    ("padded, JPEG at 30", lambda image: saved(padded(image, 0.1, "#cc2255"), "JPEG", quality=30)),
    ("cut to 95 %, from a corner", lambda image: cut(image, 0.95, 0, 1)),
    ("cut to 90 %, off centre", lambda image: cut(image, 0.9, 0.3, 0.6)),
    ("cut to 80 %", lambda image: cut(image, 0.8, 0.5, 0.75)),
    ("cut to 80 %, mirrored", lambda image: ImageOps.mirror(cut(image, 0.8, 0.5, 0.75))),
    ("cut to 70 %, from the middle", lambda image: cut(image, 0.7, 0.5, 0.5)),
]  # fmt: skip


def closest(image: Image.Image, views: tuple[View, ...]) -> int:
    """The least distance between the listing's views of a picture and a reference's."""
    theirs = np.array([(view.fingerprint.dhash, view.fingerprint.phash) for view in views], np.uint64)
    ours = [(view.fingerprint.dhash, view.fingerprint.phash) for view in query_views(np.asarray(image))]
    differing = np.bitwise_count(np.array(ours, np.uint64).reshape(-1, 1, 2) ^ theirs)
    return int(differing.max(axis=2).min(initial=64))


@cache
def poster_views(seed: int) -> tuple[View, ...]:
    return reference_views(np.asarray(poster(seed)))


@pytest.mark.parametrize(
    ("reason", "copy"), RE_ENCODED + ALTERED, ids=[row[0] for row in RE_ENCODED + ALTERED]
)
def test_a_copy_is_found(reason, copy):
    for seed in range(3):
        assert closest(copy(poster(seed)), poster_views(seed)) <= MAX_DISTANCE, (reason, seed)


def test_another_picture_is_not():
    for seed in range(1, 8):
        assert closest(poster(seed), poster_views(0)) > MAX_DISTANCE


def test_the_hashes_are_imagehash_s():
    image = poster(0, (180, 240))  # small enough not to be scaled first
    found = fingerprint(np.asarray(image))
    assert found == Fingerprint(int(str(imagehash.dhash(image)), 16), int(str(imagehash.phash(image)), 16))


def test_whole_comes_first_and_names_are_unique():
    for views in (
        reference_views(np.asarray(poster())),
        query_views(np.asarray(padded(poster(), 0.1, "white"))),
    ):
        names = [view.name for view in views]
        assert names[0] == "whole"
        assert len(set(names)) == len(names)
    assert {"mirror", "crop 0.8 0,4", "mirror crop 0.8 0,4"} <= {
        view.name for view in reference_views(np.asarray(poster()))
    }


RAMP = np.repeat(np.linspace(200, 215, 300).astype(np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)


def edge() -> np.ndarray:
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[:, 240:] = 0
    return pixels


FLAT = [
    ("black", np.zeros((200, 300, 3), np.uint8)),
    ("white", np.full((200, 300, 3), 255, np.uint8)),
    ("noise of a dark room", np.random.default_rng(3).integers(0, 6, (200, 300, 3), dtype=np.uint8)),
    ("a sky", RAMP),
    ("a product's edge on white", edge()),
    ("one pixel", np.zeros((1, 1, 3), np.uint8)),
]


@pytest.mark.parametrize(("reason", "pixels"), FLAT, ids=[row[0] for row in FLAT])
def test_what_would_match_everything_has_no_fingerprint(reason, pixels):
    assert fingerprint(pixels) is None, reason
    assert query_views(pixels) == ()
    assert reference_views(pixels) == ()


def pictures(pattern: str, every: int = 1) -> list[Image.Image]:
    return [Image.open(path).convert("RGB") for path in sorted(SHARED.glob(pattern))[::every]]


@pytest.fixture(scope="module")
def packages():
    if not SHARED.is_dir():
        pytest.skip("the shared folder of grocery photographs is not here")
    return [
        (image, reference_views(np.asarray(image))) for image in pictures("packaged/*/iconic.jpg", every=3)
    ]


@pytest.mark.data
@pytest.mark.parametrize(("reason", "copy"), RE_ENCODED, ids=[row[0] for row in RE_ENCODED])
def test_every_re_encoded_package_is_found(packages, reason, copy):
    assert max(closest(copy(image), views) for image, views in packages) <= MAX_DISTANCE, reason


@pytest.mark.data
@pytest.mark.parametrize(("reason", "copy"), ALTERED, ids=[row[0] for row in ALTERED])
def test_most_altered_packages_are_found(packages, reason, copy):
    found = [closest(copy(image), views) <= MAX_DISTANCE for image, views in packages]
    assert np.mean(found) >= 0.7, reason


@pytest.mark.data
@pytest.mark.parametrize(
    ("pattern", "every"),
    [("produce/*/iconic.jpg", 2), ("produce/*/*/*.jpg", 25), ("packaged/*/photos/*.jpg", 45)],
)
def test_no_other_photograph_is_taken_for_a_package(packages, pattern, every):
    images = pictures(pattern, every)
    assert len(images) >= 20
    assert min(closest(image, views) for image in images for _, views in packages) > MAX_DISTANCE + 2
