"""Words in pictures are read, in several scripts and whichever way they stand, and the same every time."""

import math
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from scoring.errors import UnavailableError
from tests.vision.drawn_text import brushed, card
from vision.text import Line, TextSettings, models, read_text


def words(pixels: np.ndarray) -> list[str]:
    return [line.text for line in read_text(pixels)]


READABLE = [
    ("black on white", card("NORTHPINE"), ["NORTHPINE"]),
    ("white on black", card("NORTHPINE", ink="white", paper="black"), ["NORTHPINE"]),
    ("small letters and a space", card("North Pine"), ["North Pine"]),
    ("accents", card("Crème Brûlée"), ["Crème Brûlée"]),
    ("Han", brushed("日本中"), ["日本中"]),
    ("katakana", brushed("エコ"), ["エコ"]),
    ("digits", card("4 015000 123"), ["4 015000 123"]),
    ("leaning", card("NORTHPINE", turn=20), ["NORTHPINE"]),
    ("running up", card("NORTHPINE", turn=90), ["NORTHPINE"]),
    ("running down", card("NORTHPINE", turn=270), ["NORTHPINE"]),
    ("upside down", card("NORTHPINE", turn=180), ["NORTHPINE"]),
    ("a tiny picture", card("NORTHPINE", size=11, shape=(24, 90)), ["NORTHPINE"]),
    ("small on a huge picture", card("NORTHPINE", size=70, shape=(3000, 4000)), ["NORTHPINE"]),
    ("large on a huge picture", card("NORTHPINE", size=500, shape=(3000, 4000)), ["NORTHPINE"]),
    ("on a page of a product's story", card("NORTHPINE", size=60, shape=(6000, 700)), ["NORTHPINE"]),
    (
        "a long line",
        card("made for the long way " * 3, size=30, shape=(60, 1200)),
        ["made for the long way " * 3],
    ),
]


@pytest.mark.parametrize(
    ("pixels", "expected"), [row[1:] for row in READABLE], ids=[row[0] for row in READABLE]
)
def test_what_can_be_read(pixels, expected):
    assert words(pixels) == [text.strip() for text in expected]


UNREADABLE = [
    ("a plain surface", np.full((300, 400, 3), 200, np.uint8)),
    ("noise", np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)),
    ("one pixel", np.zeros((1, 1, 3), np.uint8)),
    ("a line of pixels", np.zeros((1, 900, 3), np.uint8)),
    ("letters too small for anybody", card("NORTHPINE", size=4, shape=(60, 200))),
]


@pytest.mark.parametrize("pixels", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_where_there_is_nothing_to_read(pixels):
    assert words(pixels) == []


def test_largest_first():
    page = np.vstack([card("second", size=30), card("FIRST", size=80), card("third and longest", size=16)])
    assert words(page) == ["FIRST", "second", "third and longest"]


def test_no_more_lines_than_asked_for():
    page = np.vstack([card(f"word {n}") for n in "ABC"])
    assert len(read_text(page, TextSettings(most_lines=2))) == 2


@pytest.mark.parametrize(
    ("turn", "begins", "ends"),
    [
        (0, "left", "right"),
        (90, "bottom", "top"),
        (180, "right", "left"),
        (270, "top", "bottom"),
    ],
)
def test_the_quad_runs_from_where_the_text_begins_to_where_it_ends(turn, begins, ends):
    (line,) = read_text(card("NORTHPINE", turn=turn))
    first, second, *_ = line.quad
    places = {"left": (0, -1), "right": (0, 1), "top": (1, -1), "bottom": (1, 1)}
    for (axis, side), corner in ((places[begins], first), (places[ends], second)):
        assert (corner[axis] - 0.5) * side > 0.1
    assert all(0.0 <= ordinate <= 1.0 for corner in line.quad for ordinate in corner)


def test_the_same_pixels_give_the_same_lines_whatever_was_read_before():
    first = read_text(card("NORTHPINE"))
    read_text(card("a much longer line of other words", size=24))
    assert read_text(card("NORTHPINE")) == first
    assert isinstance(first[0], Line)
    assert math.isclose(first[0].confidence, 1.0, abs_tol=0.05)


def test_the_pixels_are_left_as_they_were():
    pixels = card("NORTHPINE")
    before = pixels.copy()
    read_text(pixels)
    assert np.array_equal(pixels, before)


def test_threads_that_ask_at_once_share_one_network():
    models._detector.cache_clear()
    together = Barrier(4)

    def ask(_: int) -> models.Network:
        together.wait()
        return models.detector()

    with ThreadPoolExecutor(4) as pool:
        assert len({id(network.session) for network in pool.map(ask, range(4))}) == 1


def test_a_network_that_is_not_installed_is_an_error_that_says_what_to_do():
    with pytest.raises(UnavailableError, match="Install rapidocr"):
        models.load("no-such-network.onnx")
