"""Google's answers in our terms, case by case."""

import pytest
from google.cloud.vision_v1 import AnnotateImageResponse, Feature

from connectors.google_vision import EXTRACTORS, matches_of
from scoring.features import PAID, PaidLogo, PaidObject, PaidText, WebMatch
from tests.contracts.image_annotator import logo, text, thing, web, word

SIZE = (200, 100)
BOX = ((0.05, 0.1), (0.55, 0.1), (0.55, 0.6), (0.05, 0.6))
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def test_every_paid_feature_has_an_extractor_that_asks_for_something_of_its_own():
    assert set(EXTRACTORS) == set(PAID)
    assert {Feature.Type(it.asks).name for it in EXTRACTORS.values()} == {
        "LOGO_DETECTION",
        "TEXT_DETECTION",
        "WEB_DETECTION",
        "OBJECT_LOCALIZATION",
    }


@pytest.mark.parametrize("feature", PAID)
def test_an_empty_answer_is_nothing_found(feature):
    assert matches_of(feature, AnnotateImageResponse(), SIZE) == ()


LOGOS = [
    ([logo("Northpine", 0.75)], [("Northpine", 0.75, BOX)], "pixels become fractions"),
    ([logo("A"), logo("B")], [("A", 0.9, BOX), ("B", 0.9, BOX)], "in the service's order"),
    ([logo("")], [], "a logo without a name says nothing"),
    ([logo("A", 1.25)], [("A", 1.0, BOX)], "a score above one counts as one"),
    ([logo("A", corners=())], [("A", 0.9, WHOLE)], "no place: the whole picture"),
    (
        [logo("A", corners=((-20, -1), (210, 0), (210, 101), (0, 101)))],
        [("A", 0.9, WHOLE)],
        "what lies outside the picture lies on its edge",
    ),
    (
        [logo("A", corners=((10, 10), (110, 60)))],
        [("A", 0.9, BOX)],
        "two corners make an upright box",
    ),
    (
        [logo("A", corners=((110, 10), (110, 60), (10, 60), (10, 10)))],
        [("A", 0.9, (BOX[1], BOX[2], BOX[3], BOX[0]))],
        "a turned logo keeps its first corner",
    ),
]


@pytest.mark.parametrize(("given", "expected", "reason"), LOGOS, ids=[case[2] for case in LOGOS])
def test_logos(given, expected, reason):
    found = matches_of("vision_logo", AnnotateImageResponse(logo_annotations=given), SIZE)
    assert found == tuple(PaidLogo(description=d, score=pytest.approx(s), quad=q) for d, s, q in expected)


RIGHT = ((60, 0), (110, 0), (110, 20), (60, 20))
TEXTS = [
    ([word("NORTHPINE", "LINE_BREAK")], ["NORTHPINE"], "one line"),
    ([word("NORTH"), word("PINE", "LINE_BREAK")], ["NORTH PINE"], "a space between words"),
    ([word("NORTH", "EOL_SURE_SPACE"), word("PINE", "LINE_BREAK")], ["NORTH", "PINE"], "two lines"),
    ([word("NORTH", "UNKNOWN"), word("PINE", "UNKNOWN")], ["NORTHPINE"], "words of a script without spaces"),
    (
        [word("NORTH", "HYPHEN"), word("PINE", "LINE_BREAK")],
        ["NORTH", "PINE"],
        "a word broken at a line's end",
    ),
    ([word("750", "SURE_SPACE"), word("ml", "UNKNOWN")], ["750 ml"], "the last line needs no break"),
]


@pytest.mark.parametrize(("given", "expected", "reason"), TEXTS, ids=[case[2] for case in TEXTS])
def test_text_comes_in_lines(given, expected, reason):
    found = matches_of("vision_text", AnnotateImageResponse(full_text_annotation=text(*given)), SIZE)
    assert [line.text for line in found] == expected


def test_a_line_lies_around_its_words_and_has_the_first_language_known():
    words = [word("NORTH", language=""), word("PINE", "LINE_BREAK", language="de", corners=RIGHT)]
    found = matches_of("vision_text", AnnotateImageResponse(full_text_annotation=text(*words)), SIZE)
    around = ((0.0, 0.0), (0.55, 0.0), (0.55, 0.2), (0.0, 0.2))
    assert found == (PaidText(text="NORTH PINE", language="de", quad=around),)


def test_what_the_web_knows_is_one_match():
    answer = web(
        labels=("northpine bottle", ""),
        entities=(("Bottle", 0.4), ("Northpine", 1.25), ("", 9.0)),
        full=("https://northpine.example/1.jpg",),
        partial=("https://a.test/crop.jpg",),
        pages=("https://a.test/p",),
        partial_pages=("https://b.test/p",),
    )
    assert matches_of("vision_web", AnnotateImageResponse(web_detection=answer), SIZE) == (
        WebMatch(
            labels=("northpine bottle",),
            entities=(("Northpine", 1.25), ("Bottle", 0.4)),
            full_urls=("https://northpine.example/1.jpg",),
            partial_urls=("https://a.test/crop.jpg",),
            page_urls=("https://a.test/p",),
        ),
    )


def test_a_popular_picture_is_cut_to_what_somebody_may_read():
    answer = web(
        full=[f"https://a.test/{n}" for n in range(500)], entities=[(f"E{n}", n) for n in range(500)]
    )
    (match,) = matches_of("vision_web", AnnotateImageResponse(web_detection=answer), SIZE)
    assert len(match.full_urls) == 20
    assert match.entities[0] == ("E499", 499.0), "the most relevant are kept"


def test_objects_lie_where_the_service_says():
    answer = AnnotateImageResponse(localized_object_annotations=[thing("Bottle"), thing("")])
    (found,) = matches_of("vision_objects", answer, SIZE)
    expected = ((0.1, 0.2), (0.6, 0.2), (0.6, 0.9), (0.1, 0.9))
    assert found == PaidObject(name="Bottle", score=pytest.approx(0.8), quad=expected)
