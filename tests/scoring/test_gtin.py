"""GTINs in every carrier: numbers, element strings, Digital Links, words."""

import pytest

from scoring.gs1 import gtins_in
from scoring.gtin import gtin14, owned, packs, said

OURS = "05701234567899"

NUMBERS = [
    ("5701234567899", OURS, "13 digits"),
    ("05701234567899", OURS, "14 digits"),
    ("036000291452", "00036000291452", "12 digits, a UPC"),
    ("96385074", "00000096385074", "8 digits"),
    ("5701234567898", None, "the check digit is wrong"),
    ("570123456789", None, "the check digit is missing"),
    ("57012345678", None, "no GTIN has 11 digits"),
    ("5701234567899x", None, "not only digits"),
    ("\u0665701234567899", None, "a digit of another script"),
    ("", None, "nothing"),
]


@pytest.mark.parametrize(("digits", "expected", "reason"), NUMBERS, ids=[case[2] for case in NUMBERS])
def test_one_length_for_all(digits, expected, reason):
    assert gtin14(digits) == expected, reason


CARRIERS = [
    ("5701234567899", (OURS,), "an EAN-13"),
    ("]E05701234567899", (OURS,), "with the scanner's symbology identifier"),
    ("(01)05701234567899", (OURS,), "in brackets"),
    ("(01)05701234567899(10)A(1)B", (OURS,), "a bracket inside a batch"),
    ("(02)05701234567899(37)12", (OURS,), "what a logistic unit contains"),
    ("0105701234567899", (OURS,), "bare"),
    ("010570123456789917271231", (OURS,), "fixed length first, then another"),
    ("172712310105701234567899", (OURS,), "a date before it"),
    ("10A1B2\x1d0105701234567899", (OURS,), "after a batch and its separator"),
    ("10A1B20105701234567899", (), "after a batch without a separator: it is part of the batch"),
    ("\x1d0105701234567899", (OURS,), "a leading separator"),
    ("0105701234567898", (), "a wrong check digit"),
    ("010570123456", (), "cut short"),
    ("https://id.gs1.org/01/05701234567899", (OURS,), "a Digital Link"),
    ("HTTPS://ID.GS1.ORG/01/05701234567899/10/A1?17=271231#x", (OURS,), "in capitals, with batch and query"),
    ("https://example.com/a/b/01/5701234567899", (OURS,), "13 digits, as older links have them"),
    ("https://example.com/gtin/5701234567899", (OURS,), "the key in words, as older links have it"),
    ("https://example.com/01/%305701234567899", (OURS,), "percent-encoded"),
    ("https://example.com/p/05701234567899", (), "a number that no key introduces"),
    ("https://[broken/01/05701234567899", (), "not an address at all"),
    ("https://example.com/", (), "a plain link"),
    ("WIFI:S:guest;;", (), "something else"),
    ("", (), "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), CARRIERS, ids=[case[2] for case in CARRIERS])
def test_what_a_code_says(text, expected, reason):
    assert gtins_in(text) == expected, reason


def test_a_case_is_its_contents():
    assert packs("15701234567896") == OURS
    assert packs("95701234567892") is None, "indicator 9 is goods of variable measure"
    assert owned(["15701234567896"], {OURS: "5701234567899"}) == ("15701234567896", "5701234567899")
    assert owned(["04006381333931"], {OURS: "5701234567899"}) is None


WORDS = [
    ("Bottle 5701234567899", (OURS,), "alone"),
    ("EAN:5701234567899, new", (OURS,), "between punctuation"),
    ("EAN 5 701234 567899", (OURS,), "grouped as under the bars"),
    ("UPC 0-36000-29145-2", ("00036000291452",), "a UPC grouped by hyphens"),
    ("at the end 5701234567899.", (OURS,), "before a full stop"),
    ("GTIN-8: 96385074", ("00000096385074",), "eight digits with a label"),
    ("tel 96385074", (), "eight digits without one"),
    ("SKU5701234567899", (), "part of a word"),
    ("5701234567899-2", (), "part of another number"),
    ("1.5701234567899", (), "decimals"),
    ("5701234567898", (), "a wrong check digit"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), WORDS, ids=[case[2] for case in WORDS])
def test_what_words_say(text, expected, reason):
    assert said(text) == expected, reason
