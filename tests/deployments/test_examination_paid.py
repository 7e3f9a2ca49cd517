"""Online, a paid service sees marketplace pictures that look suspicious, and no reference, ever."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from cluster.kill_switch import KillSwitchWatch
from cluster.library import build_library
from cluster.paid.desk import PaidDesk
from cluster.seen import Seen
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from deployments.examination import Bench, Examination
from deployments.stopwatch import Stopwatch
from scoring.features import Unavailable
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from tests.contracts.image_annotator import FakeImageAnnotator
from tests.pipelines.markets import TENANT, listing
from tests.pipelines.paid_market import (
    GREEDY,
    LISTINGS,
    PICTURES,
    answer,
    as_sent,
    paying_settings,
    references_as_sent,
    sent,
    turn_on,
)
from vision.decode import decode


@pytest.fixture
def server():
    with FakeImageAnnotator(answer) as server:
        yield server


@pytest.fixture
def settings(tmp_path, server):
    for name, data in PICTURES.items():
        (tmp_path / name).write_bytes(data)
    return paying_settings(tmp_path, server)


def judge(settings, folder, listings):
    """Verdicts by listing, as a scorer comes to them: ask the funnel, measure what it needs, ask again."""
    library = build_library(State(settings), TENANT)
    funnel = Funnel(library.recipe)

    async def verdict(item, bench):
        images = tuple((folder / name).as_uri() for name in item.images)
        placed = item.model_copy(update={"images": images})
        seen = Seen.of(settings, library)
        examination = Examination(placed, seen, bench=bench, compare=no_encoder, watch=Stopwatch())
        while isinstance(
            said := funnel.judge(item, library.brands, examination.features, tenant=TENANT), Needs
        ):
            await examination.measure(said.features)
        return said

    async def all_of_them():
        with ThreadPoolExecutor(4) as waiting, ThreadPoolExecutor(2) as working:
            bench = Bench(
                pictures=Pictures(PictureSpec(private_addresses=False, roots=(folder,))),
                desk=PaidDesk.of(settings),
                switch=KillSwitchWatch.of(settings),
                waiting=waiting,
                working=working,
                in_hand=asyncio.Semaphore(4),
                fetch_seconds=10.0,
                most_pictures=8,
            )
            items = [Listing.model_validate(it) for it in listings]
            return {item.listing_id: await verdict(item, bench) for item in items}

    return asyncio.run(all_of_them())


async def no_encoder(picture):
    return Unavailable("no encoder")


def said(verdict):
    return {it.signal: it.score for it in verdict.contributions}


def reasons(verdict):
    return {it.signal: it.reason for it in verdict.abstentions}


def test_nothing_leaves_until_somebody_turns_it_on(server, settings, tmp_path):
    State(settings).catalog.recipes.put(TENANT, version="greedy@1", document=GREEDY)
    verdicts = judge(settings, tmp_path, LISTINGS)
    assert server.calls == []
    assert "not turned on for tenant 'acme'" in reasons(verdicts["other.jpg"])["vision_logo"]


def test_no_reference_leaves_even_if_it_is_for_sale_and_the_recipe_asks(server, settings, tmp_path):
    turn_on(settings, recipe=GREEDY)
    verdicts = judge(settings, tmp_path, LISTINGS)
    assert sorted(server.received) == sent()
    assert not references_as_sent() & set(server.received)
    assert "byte for byte one of your references" in reasons(verdicts["stolen-0.jpg"])["vision_logo"]
    assert said(verdicts["other.jpg"]) == {"vision_logo": 0.9, "vision_text": 0.7, "vision_web": 0.9}
    used = State(settings).catalog.usage.of(TENANT, since=date.min)
    assert {it.resource: it.units for it in used} == {"vision_logo": 3, "vision_text": 3, "vision_web": 3}
    assert server.units == 9


def test_the_default_recipe_sends_what_looks_suspicious_and_is_not_settled(server, settings, tmp_path):
    turn_on(settings)
    named = {"title": "Northpine bottle"}
    verdicts = judge(
        settings,
        tmp_path,
        [
            *LISTINGS,
            listing("named", "other.jpg", "another.jpg", **named),
            listing("named, a copy", "again-0.jpg", **named),
            listing("named, nothing to see", **named),
        ],
    )
    assert [[features for features, _ in call] for call in server.calls] == [
        [("LOGO_DETECTION", "TEXT_DETECTION", "WEB_DETECTION")] * 2
    ], "one request for both pictures of the one listing that is suspicious"
    assert server.received == [as_sent(decode(PICTURES[name])) for name in ("other.jpg", "another.jpg")]
    assert verdicts["other.jpg"].tier == 4
    assert reasons(verdicts["other.jpg"])["vision_logo"] == "not asked: nothing before it was suspicious"
    assert verdicts["stolen-0.jpg"].tier == verdicts["named, a copy"].tier == 1
    assert said(verdicts["named"]) == {
        "names": 0.7,
        "vision_logo": 0.9,
        "vision_text": 0.7,
        "vision_web": 0.9,
    }
    assert verdicts["named"].tier == 1


def test_a_spent_cap_leaves_the_verdict_to_the_others(server, settings, tmp_path):
    turn_on(settings)
    catalog = State(settings).catalog
    for feature in ("vision_logo", "vision_text", "vision_web"):
        catalog.usage.set_cap(TENANT, feature, 0, by="ada")
    verdict = judge(settings, tmp_path, [listing(1, "other.jpg", title="Northpine bottle")])["1"]
    assert server.calls == []
    assert said(verdict) == {"names": 0.7}
    assert "has spent its cap of 0 vision_web" in reasons(verdict)["vision_web"]
