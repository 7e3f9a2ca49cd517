"""Text is measured for both paths alike, and what goes wrong costs no more than this one feature."""

from cluster.measure import measure
from scoring.features import TEXT, TextLine, Unavailable, dump_features, load_features
from tests.vision.drawn_text import card


def test_lines_travel_as_features():
    found = measure(TEXT, card("NORTHPINE"), None)
    assert isinstance(found, tuple)
    (line,) = found
    assert isinstance(line, TextLine)
    assert line.text == "NORTHPINE"
    assert load_features(dump_features({TEXT: found})) == {TEXT: found}


def test_pixels_that_cannot_be_read_take_only_their_own_feature_away():
    spoilt = measure(TEXT, card("NORTHPINE")[..., 0], None)
    assert isinstance(spoilt, Unavailable)
    assert spoilt.reason
