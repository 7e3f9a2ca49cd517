"""The HTML report: nothing a listing says runs in it, and no picture that is missing stops it."""

import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from cluster.state import State
from pipelines.evaluate import compare
from pipelines.evaluate.album import Album
from pipelines.evaluate.report import check_writable, write_report
from scoring.errors import SettingsError
from tests.pipelines.judged import RECIPE, judged, label, row
from tests.pipelines.markets import import_into, write_kit

HOSTILE = (
    '<script>alert("x")</script><img src=x onerror=alert(1)> & "quoted" \'single\' $\\frac{1}{ \x07 \u202e'
)


def jpeg(colour):
    buffer = io.BytesIO()
    Image.fromarray(np.full((300, 400, 3), colour, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


class _Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.fixture
def market(tmp_path, settings):
    """A brand with two references, and a labelled file: a listing with a picture, one whose is gone."""
    kit = write_kit(tmp_path / "kit", {"green.jpg": jpeg((20, 160, 60)), "red.jpg": jpeg((190, 30, 30))})
    import_into(settings, kit)
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "near-red.jpg").write_bytes(jpeg((180, 40, 40)))
    (shop / "torn.jpg").write_bytes(jpeg((1, 2, 3))[:200])
    rows = [
        {"listing_id": "1", "images": ["near-red.jpg"]},
        {"listing_id": "2", "images": ["gone.jpg"]},
        {"listing_id": "3", "images": ["torn.jpg"]},
        {"listing_id": "4", "images": []},
    ]
    labelled = shop / "set.jsonl"
    labelled.write_text("".join(json.dumps({"platform": "s", "title": "t"} | it) + "\n" for it in rows))
    return State(settings), labelled


def album(market):
    state, labelled = market
    return Album(state, "acme", labelled, private_addresses=False)


def written(tmp_path, market, *pairs, summary=None):
    path = tmp_path / "report.html"
    seen = judged(*pairs)
    told = {"seconds": {"read": 1.0}, "images": 4} if summary is None else summary
    write_report(path, compare(seen, told), seen, album=album(market), tiers=RECIPE.tiers)
    return path.read_text("utf-8")


def test_hostile_texts_are_shown_and_never_run(tmp_path, market):
    bad = label(HOSTILE, brand=HOSTILE, variant=HOSTILE)
    other = label("$\\frac{1$", brand=HOSTILE, variant="another")  # half a formula
    heard = [("geometry", 0.9)]
    page = written(
        tmp_path,
        market,
        (bad, row(4, title=HOSTILE, errors=[HOSTILE], listing_id=HOSTILE)),
        (other, row(2, title=HOSTILE, brand="Northpine", signals=heard)),
        (label("look_alike", "lawful"), row(1, title=HOSTILE, brand=HOSTILE, signals=heard)),
        (label("仿冒包装", "lawful"), row(4)),
        summary={"tenant": HOSTILE, "recipe": HOSTILE, "scan_id": HOSTILE, "seconds": {HOSTILE: 1.0},
                 "not_measured": {HOSTILE: HOSTILE}, "images": 4},
    )  # fmt: skip
    tags = _Tags(page)
    assert "script" not in tags.names
    assert not [it for it in tags.attributes if it[1].startswith("on")]
    # Every address is a picture's own bytes, a place in the page or a namespace.
    kinds = {"src": "data:image/jpeg;base64,", "href": "#", "xlink:href": "#"}
    assert not [it for it in tags.attributes if it[1] in kinds and not it[2].startswith(kinds[it[1]])]
    assert "&lt;script&gt;alert(" in page
    assert page.count("仿冒包装") >= 3, "in both tables and in a plot, whose own type has no Chinese"


def test_a_picture_stands_beside_the_reference_that_it_resembles_most(tmp_path, market):
    here, there = album(market).pair(judged((label(brand="Northpine"), row(4)))[0])
    assert here.source
    assert there.source
    assert there.caption == "Northpine: red.jpg"


@pytest.mark.parametrize(
    ("number", "says", "why"),
    [
        (2, "no", "the file is gone"),
        (3, "", "the file is torn"),
        (4, "the listing has no picture", "nothing to show"),
    ],
)
def test_a_picture_that_cannot_be_shown_says_why(market, number, says, why):
    seen = judged(*[(label(brand="Northpine"), row(4))] * 4)
    here, there = album(market).pair(seen[number - 1])
    assert here.source is None, why
    assert here.missing
    assert says in here.missing
    assert there.source, "the reference is shown all the same"


def test_a_brand_without_references_is_named(market):
    here, there = album(market).pair(judged((label(brand="Gucci"), row(4)))[0])
    assert here.source
    assert there.missing == "Gucci: no reference picture"


def test_the_reference_that_matched_is_shown_even_where_another_is_nearer(market):
    state, _ = market
    green = next(it for it in state.catalog.references.of("acme") if it.name == "green.jpg")
    alarm = judged((label("look_alike", "lawful"), row(2, brand="Northpine", reference_id=green.id)))[0]
    assert album(market).pair(alarm)[1].caption == "Northpine: green.jpg"


def test_pictures_stop_where_the_report_would_grow_too_large(market):
    full = album(market)
    full.left = 3_000
    shown = [full.pair(judged((label(brand="Northpine"), row(4)))[0]) for _ in range(4)]
    assert shown[0][0].source
    assert shown[-1][0].missing == "left out, so that the report stays small"


def test_an_empty_evaluation_still_makes_a_page(tmp_path, market):
    page = written(tmp_path, market, (label(), row(1)), summary={})
    assert "Time was not measured." in page
    assert "None fired." in page
    assert len(re.findall("<svg", page)) == 2, "no plot of times that were not taken"


def test_plots_share_one_page_without_sharing_an_id(tmp_path, market):
    page = written(tmp_path, market, (label(), row(1, signals=[("geometry", 0.9)])))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 0
    assert "#010101" not in page, "every colour is the page's own"


def test_where_no_report_can_be_written_is_told_before_the_scan(tmp_path):
    with pytest.raises(SettingsError, match="is a folder"):
        check_writable(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        check_writable(tmp_path / "file" / "report.html")
