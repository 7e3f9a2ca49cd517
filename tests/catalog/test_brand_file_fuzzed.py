"""Whatever a brand.yaml or a drawn logo holds, it is read or refused in words: nothing else comes out."""

import yaml
from hypothesis import event, given, settings
from hypothesis import strategies as st

from catalog.brand_file import BRAND_FILE, read_brand
from scoring.brand import Brand
from scoring.errors import BrandKitError, ImageError
from vision.decode import Picture
from vision.svg import render_svg

WHOLE = {
    "brand": "Northpine",
    "marks": [{"text": "NORTHPINE", "kind": "word", "alternatives": ["North Pine"]}],
    "colours": [{"name": "pine green", "hex": "#0B5D3B", "registered": True}],
    "gtins": ["5701234567899"],
    "price": {"floor": {"amount": "20.00", "currency": "EUR"}},
    "languages": ["en", "de"],
    "domains": ["northpine.example"],
    "authorised_sellers": [{"platform": "ebay", "seller_id": "official", "valid_from": "2026-01-01"}],
    "watch_terms": [{"class": "claims", "primary": ["miracle cure"], "alternatives": ["cures everything"]}],
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#123"/></svg>'

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.dates(),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=8), st.text(max_size=5), max_size=3),
    st.sampled_from(["!!python/object:os.system", "=", "~", "1e999", "0x10", "2026-02-30", "\x00", "\ud800"]),
)


@st.composite
def nearly_right(draw):
    """A right file in which one value, at any depth, is something else, or gone, or given twice."""
    kit = yaml.safe_load(yaml.safe_dump(WHOLE))
    at = kit
    while True:
        key = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not (isinstance(at[key], dict | list) and at[key]) or draw(st.booleans()):
            break
        at = at[key]
    change = draw(st.sampled_from(["replace", "drop", "repeat"]))
    if change == "replace":
        at[key] = draw(odd)
    elif change == "drop":
        del at[key]
    elif isinstance(at, list):
        at.append(at[key])
    try:
        text = yaml.safe_dump(kit, allow_unicode=True)
    except UnicodeError:
        text = repr(kit)
    return text + ("\nbrand: Twice\n" if change == "repeat" and isinstance(at, dict) else "")


def read_or_refused(tmp_path, data: bytes):
    (tmp_path / BRAND_FILE).write_bytes(data)
    brand = refusal = None
    try:
        brand = read_brand(tmp_path)
    except BrandKitError as error:
        refusal = error
    event("read" if brand else "refused")
    assert isinstance(brand, Brand) if refusal is None else refusal.hint, "a refusal says what to do"


def test_the_file_that_is_changed_is_right_itself(tmp_path):
    (tmp_path / BRAND_FILE).write_text(yaml.safe_dump(WHOLE))
    assert read_brand(tmp_path).name == "Northpine"


@settings(max_examples=150, deadline=None)
@given(text=nearly_right())
def test_a_value_that_is_something_else_is_read_or_refused(tmp_path_factory, text):
    read_or_refused(tmp_path_factory.getbasetemp(), text.encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda it: it.encode("utf-16"))))
def test_bytes_are_read_or_refused(tmp_path_factory, data):
    read_or_refused(tmp_path_factory.getbasetemp(), data)


@settings(max_examples=40, deadline=None)  # each that is drawn takes a process of its own
@given(
    start=st.integers(0, len(SVG)),
    length=st.integers(0, 40),
    put=st.one_of(st.binary(max_size=30), st.just(b"<!ENTITY a 'b'>")),
)
def test_a_logo_with_bytes_changed_is_drawn_or_refused(start, length, put):
    try:
        drawn = render_svg(SVG[:start] + put + SVG[start + length :])
    except ImageError:
        return
    assert isinstance(drawn, Picture)
