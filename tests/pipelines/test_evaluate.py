"""Labels against verdicts: what is counted as found, as a false alarm, as kept."""

import json
import re

import pytest

from pipelines.evaluate import Interval, compare, outcomes, read_labels, to_text
from pipelines.evaluate.mistakes import worst
from scoring.errors import SourceError
from tests.pipelines.judged import RECIPE, judged, label, row

LAWFUL = {"verdict": "lawful"}


@pytest.mark.parametrize(
    ("hits", "of", "low", "high", "why"),
    [
        (0, 0, 0.0, 1.0, "nothing counted says nothing"),
        (0, 20, 0.0, 0.161, "none of twenty may still be one in seven"),
        (20, 20, 0.839, 1.0, "all of twenty may still be five in six"),
        (10, 20, 0.299, 0.701, "the middle is the widest"),
        (500, 1000, 0.469, 0.531, "more listings narrow it"),
    ],
)
def test_intervals_are_wilsons(hits, of, low, high, why):
    found = Interval.wilson(hits, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-3), why


@pytest.mark.parametrize(
    ("hits", "of", "text", "why"),
    [
        (1, 1000, "0.1 %", "one alarm in a thousand is not none"),
        (999, 1000, "99.9 %", "one miss in a thousand is not perfect"),
        (0, 1000, "0 %", "none is none"),
        (1000, 1000, "100 %", "all are all"),
        (1, 3, "33 %", "elsewhere whole numbers do"),
        (0, 0, "–", "no listing, no share"),
    ],
)
def test_shares_are_not_rounded_to_perfection(hits, of, text, why):
    assert Interval.wilson(hits, of).percent == text, why


@pytest.mark.parametrize(
    ("signal", "score", "fired", "why"),
    [
        ("geometry", RECIPE.signals["geometry"].moderate, True, "at the recipe's moderate it has fired"),
        ("geometry", RECIPE.signals["geometry"].moderate - 0.001, False, "just below it has not"),
        ("second_hand", 0.99, False, "what weighs no evidence in the recipe fires nothing"),
    ],
)
def test_a_signal_fires_by_the_recipes_own_threshold(signal, score, fired, why):
    (outcome,) = judged((label(), row(2, signals=[(signal, score)])))
    assert (signal in outcome.fired) is fired, why


def test_labels_and_rows_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        outcomes([label(), label()], [row()], RECIPE)


def test_recall_precision_and_the_reviewers_load():
    found = compare(
        judged(
            (label(), row(1)),
            (label(), row(2)),
            (label(), row(3)),
            (label("irrelevant", **LAWFUL), row(2)),
            (label("irrelevant", **LAWFUL), row(4)),
        ),
        {},
    )
    assert (found.recall.hits, found.recall.of) == (2, 3), "tier 3 is kept and not shown: a miss"
    assert (found.precision.hits, found.precision.of) == (2, 3)
    assert (found.tier_1_precision.hits, found.tier_1_precision.of) == (1, 1)
    assert (found.reviewed.hits, found.reviewed.of) == (3, 5)
    assert found.false_alarms == 1


def test_a_scenario_counts_tiers_variants_and_right_names():
    found = compare(
        judged(
            (label(variant="mirror"), row(1, brand="Arla")),
            (label(variant="mirror"), row(4)),
            (label(variant="crop"), row(2, brand="Bravo")),
        ),
        {},
    )
    (scenario,) = found.scenarios
    assert scenario.tiers == {1: 1, 2: 1, 3: 0, 4: 1}
    assert {name: (it.hits, it.of) for name, it in scenario.variants.items()} == {
        "crop": (1, 1),
        "mirror": (1, 2),
    }
    assert (scenario.precision.hits, scenario.precision.of) == (1, 2), "Bravo was accused in Arla's stead"


def test_what_a_signal_found_and_what_it_cost():
    found = compare(
        judged(
            (label(), row(1, signals=[("geometry", 0.9), ("names", 0.9)])),
            (label(), row(2, signals=[("geometry", 0.9), ("names", 0.1)])),
            (label(), row(3, signals=[("names", 0.6)])),
            (label("look_alike", **LAWFUL), row(2, signals=[("geometry", 0.9)])),
            (label("look_alike", **LAWFUL), row(4, signals=[("names", 0.6)])),
            (label("second_hand", **LAWFUL), row(2, signals=[("names", 0.9)], exemption="second_hand")),
        ),
        {},
    )
    geometry, names = found.signals
    assert (geometry.signal, names.signal) == ("geometry", "names")
    assert (geometry.infringing.hits, geometry.lawful.hits, geometry.false_alarms) == (2, 1, 1)
    assert geometry.alone == 1, "the second listing was found by geometry alone: its names did not fire"
    assert (names.infringing.hits, names.lawful.hits) == (2, 2)
    assert names.false_alarms == 0, "nobody saw the look-alike, and second-hand goods go to a person by rule"
    assert names.alone == 0, "the third listing reached nobody"


def authorised(tier, exemption="authorised_seller"):
    return label("authorised_seller", **LAWFUL), row(tier, exemption=exemption)


def alike(tier):
    return label("look_alike", **LAWFUL), row(tier)


PROMISES = [
    ("authorised", [authorised(4)], 0, "kept", "cleared"),
    ("authorised", [authorised(2)], 0, "broken", "seen by a person"),
    ("authorised", [authorised(4, None)], 0, "broken", "not cleared: silent by luck"),
    (
        "second-hand goods",
        [(label("second_hand", **LAWFUL), row(2, exemption="second_hand"))],
        1,
        "kept",
        "by rule",
    ),
    ("second-hand goods", [(label("second_hand", **LAWFUL), row(1))], 1, "broken", "accused at once"),
    ("hundreds", [(label("second_hand_abuse"), row(4))], 2, "kept", "missed, but not for the words"),
    (
        "hundreds",
        [(label("second_hand_abuse"), row(2, exemption="second_hand"))],
        2,
        "broken",
        "the words worked",
    ),
    ("alike", [alike(2)], 3, "kept", "watched, not accused"),
    ("alike", [alike(1)], 3, "broken", "accused"),
    ("alike", [alike(2)] + [alike(4)] * 19, 4, "kept", "one in twenty is just what is allowed"),
    ("alike", [alike(2)] + [alike(4)] * 18, 4, "broken", "one in nineteen is just too much"),
    ("irrelevant", [(label("irrelevant", **LAWFUL), row(2))], 5, "broken", "one of one"),
    ("irrelevant", [(label(), row(1))], 5, "not tested", "no such listing"),
]


@pytest.mark.parametrize(("name", "pairs", "place", "word", "why"), PROMISES)
def test_promises_are_kept_or_broken(name, pairs, place, word, why):
    promise = compare(judged(*pairs), {}).promises[place]
    assert promise.word == word, (name, why)
    assert bool(promise.culprits) is (promise.broken.hits > 0)


def test_the_worst_of_each_scenario_comes_before_the_second_worst_of_any():
    seen = judged(
        (label("packaging"), row(3, score=0.5)),
        (label("packaging"), row(4, score=0.0)),
        (label("packaging"), row(4, score=0.0)),
        (label("character"), row(3, score=0.6)),
        (label("look_alike", **LAWFUL), row(2, score=0.7)),
        (label("look_alike", **LAWFUL), row(1, score=0.9)),
        (label("second_hand", **LAWFUL), row(2, exemption="second_hand")),
        (label(), row(1, brand="Bravo")),
    )
    shown = worst(seen, most=3)
    assert [it.listing_id for it in shown.misses] == ["l2", "l4", "l3"]
    assert [it.listing_id for it in shown.false_alarms] == ["l6", "l5"], "second-hand goods are seen by rule"
    assert [it.listing_id for it in shown.misnamed] == ["l8"]


def test_the_text_says_what_a_manager_asks():
    found = to_text(
        compare(
            judged(
                (label(), row(1, signals=[("fingerprint", 1.0)], brand="Arla")),
                (label("cluttered"), row(4)),
                (label("irrelevant", **LAWFUL), row(2, signals=[("names", 0.9)])),
            ),
            {"images": 3, "seconds": {"read": 0.5, "measure": 1.0}, "model_calls": {"geometry": 2}},
        )
    )
    text = re.sub(" +", " ", found)
    for said in (
        "Of 2 infringing listings, 50 % (1/2; 9%–91%) reach a person; missed: 1.",
        " stolen photo 1 1/0/0/0 100 % (1/1; 21%–100%) 100 %",
        " false alarms 1 0 1",
        " broken at most 0.5 % of what has nothing to do with a brand",
        " not tested no authorised seller reaches a person",
        "0.50 s a listing, 0.50 s a picture",
        "Measured: 2 × geometry.",
    ):
        assert said in text, (said, text)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([(label("irrelevant", **LAWFUL), row(4))], "Nothing in this set infringes."),
        ([(label(), row(2))], "Nobody was accused at once (tier 1)."),
        ([(label(), row(4))], "A person must look at 0 % (0/1; 0%–79%) of 1 listings.\n"),
    ],
)
def test_the_text_does_not_count_what_is_not_there(pairs, says):
    assert says in to_text(compare(judged(*pairs), {}))


def test_the_json_says_it_all():
    told = json.loads(json.dumps(compare(judged((label(), row(1))), {"seconds": {"read": 2.0}}).to_json()))
    assert told["cost"]["per_listing"] == 2.0
    assert told["promises"][0]["kept"] is None
    assert told["scenarios"][0]["flagged"]["hits"] == 1


@pytest.mark.parametrize(
    ("lines", "names", "why"),
    [
        (['{"label": {"verdict": "infringing", "kind": "a"}}', '{"title": "b"}'], "row 2", "no label"),
        (['{"label": {"verdict": "bad", "kind": "a"}}'], "row 1", "no such verdict"),
        (["not json"], "row 1", "no row"),
        ([], "no listing", "an empty file proves nothing"),
    ],
)
def test_a_set_without_labels_is_refused_by_its_row(tmp_path, lines, names, why):
    path = tmp_path / "set.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    with pytest.raises(SourceError, match=names):
        read_labels(path)
