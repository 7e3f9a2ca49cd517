"""The colours of the thing, not of what lies behind it, in any light."""

import numpy as np
import pytest

from scoring.colour import difference, lab_of
from vision.colours import dominant_colours

PINE = (11, 93, 59)


def shown(thing=PINE, behind=(240, 240, 240), *, light=(1.0, 1.0, 1.0), share=0.5):
    rng = np.random.default_rng(0)
    picture = np.empty((200, 160, 3), np.float32)
    picture[:] = behind
    high, wide = int(200 * share), int(160 * share)
    top, left = (200 - high) // 2, (160 - wide) // 2
    picture[top : top + high, left : left + wide] = thing
    seen = picture * np.array(light) + rng.normal(0, 3, picture.shape)
    return np.clip(seen, 0, 255).astype(np.uint8)


def nearest(pixels, colour="#0B5D3B", *, light=None):
    """How near the nearest colour comes that takes up a third of the thing."""
    return min(
        difference(lab_of(it.hex), lab_of(colour))
        for it in dominant_colours(pixels)
        if it.share > 0.3 and light in (None, it.light)
    )


CASES = [
    (shown(), "on white"),
    (shown(behind=(120, 90, 60)), "on wood"),
    (shown(behind=(20, 20, 25)), "on black"),
    (shown(share=0.35), "small in the picture"),
    (shown(share=1.0), "filling the picture: there is no background then"),
]


@pytest.mark.parametrize(("pixels", "reason"), CASES, ids=[case[1] for case in CASES])
def test_the_thing_has_its_colour(pixels, reason):
    assert nearest(pixels, light="own") < 3, reason


CASTS = [((1.0, 0.88, 0.7), "#3C6EC8", "warm"), ((0.75, 0.88, 1.0), "#C85A3C", "cool")]


@pytest.mark.parametrize(("light", "colour", "reason"), CASTS, ids=[case[2] for case in CASTS])
def test_a_cast_is_taken_away(light, colour, reason):
    pixels = shown(tuple(bytes.fromhex(colour[1:])), light=light)
    assert nearest(pixels, colour, light="own") > 6, f"by its own {reason} light it is another colour"
    assert nearest(pixels, colour, light="white patch") < 6


def test_shares_add_up_to_no_more_than_the_thing():
    for light in ("own", "white patch"):
        assert 0.9 < sum(it.share for it in dominant_colours(shown()) if it.light == light) <= 1.0001


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (2, 2), (3000, 40)])
def test_any_shape_of_picture_has_colours(shape):
    colours = dominant_colours(np.full((*shape, 3), PINE, np.uint8))
    assert {it.light for it in colours} == {"own", "white patch"}


def test_the_same_picture_has_the_same_colours():
    assert dominant_colours(shown()) == dominant_colours(shown())
