"""In bulk, the same: what a scan sends, what it costs, and what it says of that."""

import json

import pytest

from cluster.state import State
from tests.contracts.image_annotator import FakeImageAnnotator
from tests.pipelines.markets import TENANT, listing, run_scan, write_market
from tests.pipelines.paid_market import (
    GREEDY,
    LISTINGS,
    PICTURES,
    answer,
    paying_settings,
    references_as_sent,
    sent,
    turn_on,
)

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def scanned(ray_session, tmp_path_factory):
    """An import and a scan with everything turned on, and the server that listened."""
    folder = tmp_path_factory.mktemp("paid")
    with FakeImageAnnotator(answer) as server:
        settings = paying_settings(folder, server)
        turn_on(settings, recipe=GREEDY)
        lines = [*LISTINGS, listing("no picture", title="Northpine bottle")]
        source = write_market(folder / "shop", lines, PICTURES)
        yield run_scan(settings, source, folder / "out"), server, State(settings).catalog


def signals(row):
    return {it["signal"]: it["score"] for it in row["contributions"]}


def test_no_reference_leaves_during_an_import_and_a_scan(scanned):
    _, server, _ = scanned
    assert sorted(server.received) == sent()
    assert not references_as_sent() & set(server.received)


def test_the_answers_weigh_and_what_stayed_here_says_why(scanned):
    outcome, _, _ = scanned
    found = {"vision_logo": 0.9, "vision_text": 0.7, "vision_web": 0.9}
    assert signals(outcome["other.jpg"]) == signals(outcome["again-0.jpg"]) == found
    (reason,) = {it["reason"] for it in outcome["stolen-1.png"]["abstentions"] if "vision" in it["signal"]}
    assert reason == "not sent to a paid service: the picture is byte for byte one of your references"


def test_the_summary_says_what_it_cost_and_how_far_the_caps_go(scanned):
    outcome, server, catalog = scanned
    assert server.units == 9
    assert outcome.summary["cost"] == {
        "units": {"vision_logo": 3, "vision_text": 3, "vision_web": 3},
        "usd": 0.0195,
        "usd_per_image": 0.0039,
    }
    assert outcome.summary["cap_use"] == {
        "image_similarity": {"used": 5, "cap": 1000},
        **{name: {"used": 3, "cap": 100} for name in ("vision_logo", "vision_text", "vision_web")},
    }
    assert set(outcome.summary["not_measured"]) <= {"appearance"}, "what is off by choice is not missing"
    assert json.loads((outcome.out / "summary.json").read_text("utf-8"))["cost"] == outcome.summary["cost"]
    assert sum(it.cost_micros for it in catalog.usage.today(TENANT)) == 19500
