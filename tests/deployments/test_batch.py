"""Many listings at once: each answered in its place, none spoilt by another, each counted by itself."""

import json

import jsonschema
import pytest

from cluster.settings import Limits
from deployments.api import make_api
from deployments.body import MOST_LISTINGS
from deployments.examples import EXAMPLE_BATCH
from tests.conftest import settings_at
from tests.deployments.front import Front
from tests.deployments.listings import listing

PATH = "/v1/score/batch"


@pytest.fixture
def front(tmp_path):
    limits = Limits(image_similarity_daily=3, requests_per_second=100_000, burst=100_000)
    front = Front(settings_at(tmp_path / "home", limits=limits))
    yield front
    front.close()


def test_each_listing_has_its_answer_in_its_place(front):
    sent = [
        listing(listing_id="known-0"),
        {"platform": "shop"},
        "text",
        listing(listing_id="known-3", stars=1),
    ]
    answer = front.ask("POST", PATH, key=front.key(), json={"listings": sent})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [it["index"] for it in results] == [0, 1, 2, 3]
    assert [it["scored"] is not None for it in results] == [True, False, False, True]
    assert [(it["problem"] or {}).get("status") for it in results] == [None, 422, 422, None]
    assert "listing_id is missing" in results[1]["problem"]["detail"]
    assert "found text" in results[2]["problem"]["detail"]


def test_each_takes_its_own_unit_and_the_rest_are_refused_one_by_one(front):
    sent = [listing(listing_id=str(number)) for number in range(4)] + [listing(listing_id="known")]
    answer = front.ask("POST", PATH, key=front.key(), json={"listings": sent})
    results = answer.json()["results"]
    assert sum(it["scored"] is not None for it in results) == 4
    assert results[4]["scored"]["units"] == 0, "what is known is free, spent or not"
    (spent,) = [it["problem"] for it in results if it["problem"]]
    assert (spent["status"], spent["type"]) == (429, "urn:counterfoil:cap-spent")
    assert front.scorer.measured == 4
    assert answer.headers["ratelimit-remaining"] == "0"


WHOLE = [
    ({"listings": []}, 422, "not-a-batch", "none in it"),
    ({"listings": [{}] * (MOST_LISTINGS + 1)}, 422, "not-a-batch", "one too many"),
    ({"listings": {}}, 422, "not-a-batch", "not a list"),
    ([], 422, "not-a-batch", "a bare list"),
    ("{", 400, "not-json", "not JSON"),
]


@pytest.mark.parametrize(("body", "status", "kind", "reason"), WHOLE, ids=[row[3] for row in WHOLE])
def test_what_is_no_batch_is_one_problem(front, body, status, kind, reason):
    content = body if isinstance(body, str) else json.dumps(body)
    answer = front.ask("POST", PATH, key=front.key(), content=content)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:counterfoil:{kind}")


def test_a_hundred_are_answered(front):
    sent = [listing(listing_id=f"known-{number}") for number in range(MOST_LISTINGS)]
    answer = front.ask("POST", PATH, key=front.key(), json={"listings": sent})
    assert all(it["scored"] for it in answer.json()["results"])


def test_another_tenant_is_not_there_for_the_whole_request(front):
    answer = front.ask("POST", f"{PATH}?tenant=rival", key=front.key(), json={"listings": [listing()]})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:counterfoil:unknown-tenant")
    operator = front.key(None, "admin")
    answer = front.ask("POST", f"{PATH}?tenant=nobody", key=operator, json={"listings": [listing()]})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:counterfoil:unknown-tenant")
    assert front.ask("POST", PATH, json={"listings": [listing()]}).status_code == 401


def test_the_example_is_what_it_says():
    document = json.loads(json.dumps(make_api(None).openapi()))
    answered = document["paths"][PATH]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    assert answered == EXAMPLE_BATCH
    schema = {"$ref": "#/components/schemas/BatchScored", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(answered)
