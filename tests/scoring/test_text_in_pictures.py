"""Lines that follow each other, misread letters, and one grading for titles and pictures."""

import math
from dataclasses import replace

import pytest

from scoring.brand import Brand
from scoring.evidence import Evidence
from scoring.features import TEXT, TextLine
from scoring.listing import Listing
from scoring.names import index_of, read
from scoring.names.misread import blurred, search_misread
from scoring.names.senses import TITLE, Mention, Sense, sense_of
from scoring.passages import MOST_LINES, passages
from scoring.signals.text_in_picture import TextInPicture, line


def at(text: str, x: float, y: float, *, wide: float = 0.2, tall: float = 0.08, turn: int = 0) -> TextLine:
    """A line with its upper left corner at x and y, in a picture turned about its middle by degrees."""
    corners = ((x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall))
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    turned = [
        (0.5 + (px - 0.5) * cos - (py - 0.5) * sin, 0.5 + (px - 0.5) * sin + (py - 0.5) * cos)
        for px, py in corners
    ]
    return TextLine(text=text, confidence=0.95, quad=tuple(turned))


def joined(*lines: TextLine) -> set[str]:
    return {passage.text for passage in passages(lines) if len(passage.lines) > 1}


FOLLOWING = [
    (at("B", 0.1, 0.2), {"A B"}, "right below"),
    (at("B", 0.1, 0.255), {"A B"}, "below, just near enough"),
    (at("B", 0.1, 0.27), set(), "below, just too far"),
    (at("B", 0.32, 0.1), {"A B"}, "right beside"),
    (at("B", 0.39, 0.1), set(), "beside, more than a line's height away"),
    (at("B", 0.19, 0.2), {"A B"}, "below, half of it under the line"),
    (at("B", 0.22, 0.2), set(), "below, less than half of it under the line"),
    (at("B", 0.1, 0.2, tall=0.19), {"A B"}, "below, twice as tall"),
    (at("B", 0.1, 0.2, tall=0.21), set(), "below, far taller"),
    (replace(at("B", 0.1, 0.2), image=1), set(), "on another picture"),
]


@pytest.mark.parametrize("turn", [0, 30, 90, 180])
@pytest.mark.parametrize(("other", "expected", "reason"), FOLLOWING, ids=[row[2] for row in FOLLOWING])
def test_what_follows_a_line(other, expected, reason, turn):
    first = at("A", 0.1, 0.1, turn=turn)
    xs, ys = [x for x, _ in other.quad], [y for _, y in other.quad]
    second = at("B", xs[0], ys[0], wide=xs[1] - xs[0], tall=ys[2] - ys[0], turn=turn)
    assert joined(first, replace(second, image=other.image)) == expected


def test_the_order_of_lines_changes_nothing():
    lines = [at("GOD", 0.1, 0.1), at("MOR", 0.1, 0.2), at("GON", 0.1, 0.3)]
    assert joined(*lines) == joined(*lines[::-1]) == {"GOD MOR", "GOD MOR GON", "MOR GON"}


def test_a_passage_is_no_longer_than_a_name():
    column = [at(letter, 0.1, 0.1 * number) for number, letter in enumerate("ABCDEF")]
    assert max(len(passage.lines) for passage in passages(column)) == MOST_LINES


def test_a_line_without_an_extent_follows_nothing():
    flat = TextLine(text="A", confidence=0.9, quad=((0.1, 0.1),) * 4)
    assert joined(flat, at("B", 0.1, 0.2)) == set()


MISREAD = [
    ("Aria", "Arla", "Aria", "an ordinary word by one stroke"),
    ("cold Ar1a milk", "Arla", "Ar1a", "a digit"),
    ("yog9i", "Yoggi", "yog9i", "a digit for a letter"),
    ("THE B0SS", "Boss", "B0SS", "zero for O"),
    ("area", "Arla", None, "another word"),
    ("90 550", "Gosso", None, "numbers"),
]


@pytest.mark.parametrize(("text", "name", "written", "reason"), MISREAD, ids=[row[3] for row in MISREAD])
def test_letters_taken_for_one_another(text, name, written, reason):
    hits = search_misread((name,), read(text))
    assert [(hit.word, hit.written) for hit in hits] == ([(name, written)] if written else [])


def test_blurring_keeps_every_letter_in_its_place():
    text = "l0I1Q 5689 a5 fits Ärla, 北 2L!"
    assert len(blurred(text)) == len(text)
    assert blurred(blurred(text)) == blurred(text)
    assert len(read(blurred(text)).tokens) == len(read(text).tokens)


@pytest.mark.parametrize(
    ("text", "typed", "printed"),
    [
        ("N0rthpine bottle", Sense.DISGUISED, Sense.DISGUISED),
        ("lid for N0rthpine", Sense.DISGUISED, Sense.REFERRING),
        ("lid for Nortphine", Sense.MISSPELT, Sense.REFERRING),
        ("lid for Northpine", Sense.REFERRING, Sense.REFERRING),
        ("Northpine bottle", Sense.OPEN, Sense.OPEN),
    ],
)
def test_whoever_disguises_a_name_does_not_refer_to_it_but_a_machine_that_misreads_may(text, typed, printed):
    reading = read(text)
    (hit,) = index_of(("Northpine",)).search(reading)
    mention = Mention(hit, reading, TITLE)
    assert sense_of(mention, [mention], ("en",)) is typed
    assert sense_of(mention, [mention], ("en",), deliberate=False) is printed


def test_the_evidence_says_which_picture_and_what_was_read():
    lines = (line("STEEL"), replace(line("N0RTHPINE"), image=3))
    listing = Listing(platform="ebay", listing_id="1")
    said = TextInPicture().weigh(listing, Brand(name="Northpine"), {TEXT: lines})
    assert isinstance(said, Evidence)
    assert said.detail.startswith("picture 4 shows 'Northpine', read as 'N0RTHPINE'")
