"""The HTTP face: problems that say what to do, probes, and an OpenAPI document that holds."""

import json

import jsonschema
import pytest
from pydantic import TypeAdapter

from deployments.answers import Scored
from deployments.api import make_api
from deployments.body import MOST_BYTES, read_listing
from deployments.examples import EXAMPLE_LISTING, EXAMPLE_NOT_READY, EXAMPLE_SCORED
from deployments.problems import Problem
from scoring.listing import Listing
from tests.deployments.listings import listing

NO_LISTING_ID = b'{"platform": "shop"}'
DEEP = b'{"platform":' + b"[" * 200_000

PROBLEMS = [
    (b"{", 400, "not-json", "line 1, column 2", "not JSON"),
    (b"", 400, "not-json", "line 1, column 1", "nothing at all"),
    (b'{"title": "\xff"}', 400, "not-json", "0xff", "not UTF-8"),
    (DEEP, 400, "not-json", "nested", "nested without end"),
    (b'{"n": ' + b"9" * 5000 + b"}", 400, "not-json", "digits", "a number of 5,000 digits"),
    (b"[]", 422, "not-a-listing", "found a list", "a list"),
    (b"null", 422, "not-a-listing", "found null", "null"),
    (b'"listing"', 422, "not-a-listing", "found text", "text"),
    (NO_LISTING_ID, 422, "not-a-listing", "listing_id is missing", "a field that a listing needs"),
    (b'{"platform": {}, "listing_id": "1"}', 422, "not-a-listing", "platform: expected text", "a wrong type"),
    (b" " * (MOST_BYTES + 1), 413, "too-large", "33,554,432", "one byte too many"),
]


@pytest.mark.ray
@pytest.mark.parametrize(
    ("body", "status", "kind", "detail", "reason"), PROBLEMS, ids=[row[4] for row in PROBLEMS]
)
def test_a_body_that_is_no_listing_is_a_problem(service, body, status, kind, detail, reason):
    answer = service.client.post("/v1/score", params={"tenant": "acme"}, content=body)
    problem = _problem(answer, status)
    assert problem.type == f"urn:counterfoil:{kind}"
    assert detail in problem.detail
    assert problem.hint


@pytest.mark.ray
def test_a_body_without_a_length_is_measured_as_it_comes(service):
    def endless():
        for _ in range((MOST_BYTES >> 20) + 2):
            yield b" " * (1 << 20)

    answer = service.client.post("/v1/score", params={"tenant": "acme"}, content=endless())
    assert _problem(answer, 413).type == "urn:counterfoil:too-large"


@pytest.mark.ray
def test_a_body_just_within_the_limit_is_read(service):
    body = json.dumps(listing(title="Northpine")).encode().ljust(MOST_BYTES)
    answer = service.client.post("/v1/score", params={"tenant": "acme"}, content=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.ray
@pytest.mark.parametrize("tenant", ["nobody", "ACME", "../acme", "a" * 5000, ""])
def test_an_unknown_tenant_is_not_found_and_no_other_is_named(service, tenant):
    answer = service.client.post("/v1/score", params={"tenant": tenant}, json=listing())
    problem = _problem(answer, 404)
    assert problem.type == "urn:counterfoil:unknown-tenant"
    assert "acme" not in problem.detail.replace(repr(tenant), "")


@pytest.mark.ray
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/score", 405), ("POST", "/healthz", 405)],
)
def test_what_is_not_there_is_a_problem_too(service, method, path, status):
    answer = service.client.request(method, path)
    assert _problem(answer, status).hint
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.ray
def test_probes(service):
    assert service.client.get("/healthz").json() == {"status": "up"}
    ready = service.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["encoder"].startswith("tiny-")


@pytest.mark.ray
def test_the_document_that_is_served_is_the_one_tested_here(service):
    assert service.client.get("/openapi.json").json() == _document()
    assert service.client.get("/docs").status_code == 200


def test_every_reference_in_openapi_leads_somewhere():
    document = _document()
    for reference in _references(document):
        target = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target, reference


def test_every_answer_in_openapi_is_described():
    for path, methods in _document()["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            for status, answer in operation["responses"].items():
                assert answer["description"], (method, path, status)
    statuses = _document()["paths"]["/v1/score"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "409", "413", "422", "429", "500", "503"} == set(statuses)


def test_the_examples_are_what_they_say():
    operation = _document()["paths"]["/v1/score"]["post"]
    sent = operation["requestBody"]["content"]["application/json"]["examples"]["listing"]["value"]
    assert sent == EXAMPLE_LISTING
    _validate(sent, "Listing")
    read, remarks = read_listing(json.dumps(sent).encode())
    assert remarks == ()
    assert read == Listing.model_validate(sent)
    answered = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert answered == EXAMPLE_SCORED
    _validate(answered, "Scored")
    scored = TypeAdapter(Scored).validate_python(answered)
    assert sum(it.contribution for it in scored.contributions) == pytest.approx(scored.score)
    Problem.model_validate(EXAMPLE_NOT_READY, strict=True)


def _validate(value, name):
    document = _document()
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def _document():
    return json.loads(json.dumps(make_api(None).openapi()))


def _references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _problem(answer, status) -> Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert (problem.status, bool(problem.title), bool(problem.detail)) == (status, True, True)
    return problem
