"""CIEDE2000 against pairs of the table of Sharma, Wu and Dalal (2005)."""

import pytest

from scoring.colour import chroma, difference, lab_of

TABLE = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425, "blue, where hue and chroma turn together"),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065, "near grey"),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792, "opposite hues, one way round"),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195, "opposite hues, the other way round"),
    ((50, -1, 2), (50, 0, 0), 2.3669, "one of them without hue"),
    ((50, 2.5, 0), (73, 25, -18), 27.1492, "far apart"),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441, "light"),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377, "dark"),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373, "dark blue"),
]


@pytest.mark.parametrize(("one", "other", "expected", "reason"), TABLE, ids=[case[3] for case in TABLE])
def test_the_published_table(one, other, expected, reason):
    assert difference(one, other) == pytest.approx(expected, abs=5e-5), reason
    assert difference(other, one) == pytest.approx(expected, abs=5e-5), "symmetrical"


def test_from_srgb():
    assert lab_of("#FFFFFF") == pytest.approx((100, 0, 0), abs=0.01)
    assert lab_of("#0B5D3B") == pytest.approx((34.427, -32.014, 13.159), abs=0.01), "as scikit-image has it"
    assert chroma("#808080") == pytest.approx(0, abs=0.01)
    assert chroma("#FF0000") > 100
