"""Certification marks are found where they are, and nothing is taken for one."""

import numpy as np
import pytest

from tests.scenarios.certified_goods import MARKS, certified, drawn
from vision.certifications import CertificationIndex, artwork, shipped_artwork
from vision.decode import decode


@pytest.fixture(scope="module")
def index():
    return CertificationIndex(shipped_artwork())


def plain(tone=225, side=500):
    return np.full((side, side, 3), tone, np.uint8)


@pytest.mark.parametrize("tone", [225, 40], ids=["dark on light", "light on dark"])
@pytest.mark.parametrize("mark", MARKS)
def test_every_shipped_mark_is_found(index, mark, tone):
    found = [
        index.search(certified(mark, plain(tone), np.random.default_rng(n), height=60)) for n in range(4)
    ]
    hits = [it for marks in found for it in marks if it.key == mark]
    assert len(hits) >= 3
    assert all(45 < it.height < 90 for it in hits)
    assert not [it for marks in found for it in marks if it.key != mark], "and taken for no other"


@pytest.mark.parametrize("quarters", [1, 2, 3], ids=["on its side", "upside down", "on its other side"])
def test_any_way_up(index, quarters):
    upright = [certified("FCC", plain(), np.random.default_rng(n), height=48) for n in range(4)]
    found = [index.search(np.ascontiguousarray(np.rot90(picture, quarters))) for picture in upright]
    heights = [it.height for marks in found for it in marks if it.key == "FCC"]
    assert len(heights) >= 3
    assert all(36 < height < 72 for height in heights), "the mark's own height, however it lies"


def test_it_is_told_where_it_lies(index):
    picture = plain()
    ink = drawn("CE", 1.0)[::8, ::8, None] / 255
    high, wide = ink.shape[:2]
    picture[300 : 300 + high, 100 : 100 + wide] = 225 * (1 - ink) + 20 * ink
    (mark,) = index.search(picture)
    xs, ys = zip(*mark.quad, strict=True)
    assert (min(xs) * 500, max(xs) * 500) == pytest.approx((100, 100 + wide), abs=4)
    assert (min(ys) * 500, max(ys) * 500) == pytest.approx((300, 300 + high), abs=4)
    assert mark.height == pytest.approx(high, abs=4)


def test_a_brand_s_own_mark_is_found_beside_the_shipped_ones():
    seal = plain(255, 120)
    seal[20:100, 20:36] = seal[84:100, 20:100] = 0
    seal[20:60, 60:100] = 0
    index = CertificationIndex((*shipped_artwork(), ("own", artwork(seal))))
    picture = plain()
    picture[200:240, 200:240] = seal[20:100:2, 20:100:2]
    assert [it.key for it in index.search(picture)] == ["own"]


NOTHING = [
    (plain(), "nothing"),
    (np.zeros((1, 1, 3), np.uint8), "one pixel"),
    (np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8), "noise"),
]


@pytest.mark.parametrize(("pixels", "reason"), NOTHING, ids=[case[1] for case in NOTHING])
def test_nothing_is_found_in_nothing(index, pixels, reason):
    assert index.search(pixels) == (), reason


def test_an_index_without_artwork_finds_nothing():
    assert CertificationIndex(()).search(plain()) == ()


@pytest.mark.data
def test_photographs_bear_none(index, photographs):
    from tests.scenarios.promises import unrelated

    paths = unrelated(photographs)[400:480]
    alarms = [path.name for path in paths if index.search(decode(path.read_bytes()).pixels)]
    assert len(alarms) <= 1, alarms
