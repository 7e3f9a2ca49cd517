"""Caps and the kill switch over HTTP: exact, told in headers, refused or answered without pictures."""

import asyncio
import time
from collections import Counter
from datetime import date

import pytest

from cluster.allowance import FREE
from cluster.settings import Limits
from tests.conftest import settings_at
from tests.deployments.front import FakeScorer, Front
from tests.deployments.listings import listing


@pytest.fixture
def front(tmp_path):
    limits = Limits(image_similarity_daily=2, requests_per_second=100_000, burst=100_000)
    front = Front(settings_at(tmp_path / "home", limits=limits))
    yield front
    front.close()


def used(front, resource="image_similarity"):
    front.scorer.allowance.settle()
    return sum(it.units for it in front.catalog.usage.of("acme", since=date.min) if it.resource == resource)


def test_64_clients_get_exactly_a_thousand(tmp_path):
    limits = Limits(image_similarity_daily=1000, requests_per_second=100_000, burst=100_000)
    front = Front(settings_at(tmp_path / "home", limits=limits))
    key = front.key()

    async def one_client(client, number):
        statuses = []
        for turn in range(17):
            sent = listing(listing_id=f"{number}-{turn}")
            statuses.append((await client.post("/v1/score", json=sent)).status_code)
        return statuses

    async def all_of_them():
        async with front.client(key) as client:
            return await asyncio.gather(*(one_client(client, number) for number in range(64)))

    counted = Counter(status for statuses in asyncio.run(all_of_them()) for status in statuses)
    assert counted == {200: 1000, 429: 88}
    assert front.scorer.measured == 1000
    assert used(front) == 1000
    front.close()


def test_headers_count_down_and_a_spent_cap_says_when_to_come_again(front):
    key = front.key()
    answers = [front.ask("POST", "/v1/score", key=key, json=listing()) for _ in range(3)]
    assert [it.status_code for it in answers] == [200, 200, 429]
    assert [it.headers["ratelimit-remaining"] for it in answers] == ["1", "0", "0"]
    assert {it.headers["ratelimit-limit"] for it in answers} == {"2"}
    refused = answers[-1]
    assert 0 < int(refused.headers["ratelimit-reset"]) <= 86400
    assert abs(int(refused.headers["retry-after"]) - int(refused.headers["ratelimit-reset"])) <= 1
    assert refused.json()["type"] == "urn:counterfoil:cap-spent"
    assert answers[0].json()["cap"]["remaining"] == 1
    assert (answers[0].json()["units"], answers[0].json()["limited"]) == (1, [])


def test_a_tenant_may_prefer_a_verdict_without_pictures(front):
    front.ask(
        "PUT",
        "/v1/tenants/acme/preferences",
        key=front.key("acme", "admin"),
        json={"without_pictures": "text"},
    )
    key = front.key()
    answers = [front.ask("POST", "/v1/score", key=key, json=listing()) for _ in range(3)]
    assert [it.status_code for it in answers] == [200, 200, 200]
    assert front.scorer.measured == 2
    (said,) = answers[-1].json()["limited"]
    assert "has spent its cap of 2" in said
    assert "pictures were not measured" in said
    assert answers[-1].headers["ratelimit-remaining"] == "0"


def test_what_was_measured_lately_is_free_even_when_the_cap_is_spent(front):
    key = front.key()
    for _ in range(3):
        front.ask("POST", "/v1/score", key=key, json=listing())
    for number in range(3):
        answer = front.ask("POST", "/v1/score", key=key, json=listing(listing_id=f"known-{number}"))
        assert (answer.status_code, answer.json()["units"], answer.json()["cached"]) == (200, 0, 1)
    assert (used(front), used(front, FREE)) == (2, 3)
    saved = {it["resource"]: it["units"] for it in front.ask("GET", "/v1/usage", key=key).json()["usage"]}
    assert saved == {"image_similarity": 2, FREE: 3}


def test_the_operator_changes_a_cap_and_its_history_tells(front):
    operator, key = front.key(None, "admin"), front.key()
    there = front.ask(
        "PUT", "/v1/tenants/acme/caps", key=operator, json={"caps": {"image_similarity": 3, "vision_logo": 7}}
    ).json()
    assert [(it["resource"], it["limit"], it["own"]) for it in there["caps"]] == [
        ("image_similarity", 3, True),
        ("vision_logo", 7, True),
    ]
    statuses = [front.ask("POST", "/v1/score", key=key, json=listing()).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    again = front.ask("PUT", "/v1/tenants/acme/caps", key=operator, json={"caps": {"image_similarity": None}})
    shown = front.ask("GET", "/v1/tenants/acme/caps", key=key).json()
    assert shown == again.json()
    assert [(it["resource"], it["units"]) for it in shown["changes"]] == [
        ("image_similarity", None),
        ("vision_logo", 7),
        ("image_similarity", 3),
    ]
    assert all(it["by"].startswith("key ") for it in shown["changes"])
    assert next(it for it in shown["caps"] if it["resource"] == "image_similarity")["remaining"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"caps": {"image_similarity": -1}},
        {"caps": {"Image Similarity": 1}},
        {"caps": {}},
        {"caps": {"image_similarity": 2**60}},
        {"cap": {"image_similarity": 1}},
    ],
)
def test_a_cap_that_cannot_be(front, body):
    answer = front.ask("PUT", "/v1/tenants/acme/caps", key=front.key(None, "admin"), json=body)
    assert answer.status_code == 422
    assert front.catalog.usage.cap_changes("acme") == ()


def test_the_kill_switch_stops_another_replica_within_a_second(front):
    """It is turned through one process's connection and seen by another that had just looked."""
    other = FakeScorer(front.settings)
    operator, key = front.key(None, "admin"), front.key()
    assert other.turnstile.switch.stopped("acme", "marks") is None
    assert front.ask("POST", "/v1/score", key=key, json=listing()).status_code == 200
    turned = {"on": True, "why": "a runaway bill"}
    front.ask("PUT", "/v1/kill-switch", key=operator, json=turned)
    begun = time.monotonic()
    while other.turnstile.switch.stopped("acme", "marks") is None:
        time.sleep(0.01)
    assert time.monotonic() - begun < 1
    time.sleep(0.3)  # the first replica had just looked, too
    answer = front.ask("POST", "/v1/score", key=key, json=listing())
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:counterfoil:halted")
    assert "a runaway bill" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "5"
    front.catalog.tenants.prefer("acme", "text")
    answer = front.ask("POST", "/v1/score", key=key, json=listing())
    assert answer.status_code == 200
    assert "the kill switch stops every call" in answer.json()["limited"][0]
    front.ask("PUT", "/v1/kill-switch", key=operator, json={"on": False})
    time.sleep(0.3)
    assert front.ask("POST", "/v1/score", key=key, json=listing()).json()["limited"] == []
    assert used(front) == 2, "what was stopped cost nothing"
    other.close()
