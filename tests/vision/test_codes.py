"""Codes are read however they lie, and none where there is none."""

import numpy as np
import pytest

from tests.scenarios.printed_codes import CODES, Camera, ean13, photographed
from vision.codes import read_codes
from vision.decode import decode


def scene(seed=0, side=700):
    """Something to print on: soft blotches."""
    import cv2

    rng = np.random.default_rng(seed)
    small = rng.uniform(60, 200, (6, 6, 3)).astype(np.float32)
    return cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


SEEN = [
    ({"module": 2.0}, "upright"),
    ({"module": 2.0, "turn": 180}, "upside down"),
    ({"module": 2.0, "turn": 90}, "on its side"),
    ({"module": 2.0, "turn": 37}, "askew: the library alone reads along rows and columns"),
    ({"module": 2.0, "inverted": True, "turn": 8}, "light on dark"),
    ({"module": 1.5, "blur": 0.6}, "small and soft: only the enlarged place can be read"),
    ({"module": 2.5, "contrast": 0.35, "glare": 0.3}, "grey on grey in uneven light"),
    ({"module": 2.5, "tilt": 0.1}, "seen from the side"),
]


@pytest.mark.parametrize(("camera", "reason"), SEEN, ids=[case[1] for case in SEEN])
@pytest.mark.parametrize("symbology", ["EAN-13", "QR Digital Link"])
def test_read_however_it_lies(symbology, camera, reason):
    rng = np.random.default_rng(5)
    code = CODES[symbology](rng)
    found = read_codes(photographed(code, scene(), Camera(**camera), rng))
    assert code.text in {it.text for it in found}, reason


SMALL = [
    (0, "sharpened softly: hard makes grain of it"),
    (1, "sharpened hard"),
    (4, "sharpened hard, on other noise"),
    (5, "and on other noise again"),
]


@pytest.mark.parametrize(("seed", "reason"), SMALL, ids=[case[1] for case in SMALL])
def test_squares_of_little_more_than_a_pixel(seed, reason):
    rng = np.random.default_rng(seed)
    code = CODES["GS1 DataMatrix"](rng)
    found = read_codes(photographed(code, scene(), Camera(module=1.25, blur=0.5, turn=10), rng))
    assert [it.text for it in found] == [code.text], reason


@pytest.mark.parametrize("symbology", list(CODES))
def test_every_symbology(symbology):
    rng = np.random.default_rng(1)
    code = CODES[symbology](rng)
    (found,) = read_codes(photographed(code, scene(), Camera(module=2.5, turn=10), rng))
    assert found.text == code.text


def test_several_in_one_picture_each_once_and_where_it_lies():
    rng = np.random.default_rng(3)
    codes = [ean13(rng), CODES["QR Digital Link"](rng), ean13(rng)]
    strip = np.hstack([photographed(code, scene(), Camera(module=2.0, turn=20), rng) for code in codes])
    found = {it.text: it for it in read_codes(strip)}
    assert set(found) == {code.text for code in codes}
    for place, code in enumerate(codes):
        middle = sum(x for x, _ in found[code.text].quad) / 4
        assert place / 3 < middle < (place + 1) / 3


NOTHING = [
    (np.full((300, 300, 3), 128, np.uint8), "one colour"),
    (scene(9), "blotches"),
    (np.zeros((1, 1, 3), np.uint8), "one pixel"),
    (
        np.tile(np.arange(200, dtype=np.uint8)[:, None, None] % 8 * 30, (1, 200, 3)),
        "stripes that say nothing",
    ),
    (np.full((3, 900, 3), 255, np.uint8), "three pixels high"),
]


@pytest.mark.parametrize(("pixels", "reason"), NOTHING, ids=[case[1] for case in NOTHING])
def test_none_where_there_is_none(pixels, reason):
    assert read_codes(pixels) == (), reason


@pytest.mark.data
def test_on_real_photographs(photographs):
    import cv2

    from tests.scenarios.promises import unrelated

    read = 0
    pictures = [decode(path.read_bytes()).pixels for path in unrelated(photographs)[:24]]
    assert not any(read_codes(pixels) for pixels in pictures), "no code lies in fruit and shoes"
    for number, pixels in enumerate(pictures):
        rng = np.random.default_rng(number)
        code = ean13(rng)
        camera = Camera(
            module=float(rng.uniform(1.5, 3)),
            turn=float(rng.uniform(0, 360)),
            tilt=float(rng.uniform(0, 0.06)),
            blur=float(rng.uniform(0, 0.6)),
            quality=80,
        )
        large = cv2.resize(pixels, (700, 700))
        read += code.text in {it.text for it in read_codes(photographed(code, large, camera, rng))}
    assert read >= 22, f"{read} of 24; measured by benchmarks/codes.py"


@pytest.mark.data
def test_what_would_lie_beyond_the_edge_is_no_code(photographs):
    """Cut out and continued past the picture's edge, the last pixels of this one's leaves read as a UPC-E."""
    photo = photographs / "grocery/produce/Papaya/photos/train-Papaya_003.jpg"
    assert read_codes(decode(photo.read_bytes()).pixels) == ()
