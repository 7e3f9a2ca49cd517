"""Who may ask what: keys, roles, tenants that try to cross, and an API that is open to one machine alone."""

import asyncio
import json
import logging
from datetime import timedelta

import pytest

from cluster.logs import JsonLines
from cluster.pepper import pepper_of
from cluster.settings import Limits, Settings
from deployments.app import serving
from deployments.problems import Problem
from scoring.errors import SettingsError
from tests.conftest import settings_at
from tests.deployments.front import Front, Remote
from tests.deployments.listings import listing


@pytest.fixture
def front(tmp_path):
    front = Front(settings_at(tmp_path / "home"))
    yield front
    front.close()


@pytest.fixture
def open_front(tmp_path):
    front = Front(settings_at(tmp_path / "home"), open_access=True)
    yield front
    front.close()


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = Problem.model_validate(answer.json())
    assert told.request_id == answer.headers["x-request-id"]
    return told


PATHS = [
    ("POST", "/v1/score", {"json": listing()}),
    ("POST", "/v1/score/batch", {"json": {"listings": [listing()]}}),
    ("POST", "/v1/search/image/url", {"json": {"url": "data:,"}}),
    ("POST", "/v1/search/image/file", {"content": b""}),
    ("POST", "/v1/search/video/url", {}),
    ("POST", "/v1/media", {"json": {"url": "data:,"}}),
    ("DELETE", "/v1/media/00000000-0000-0000-0000-000000000000", {}),
    ("GET", "/v1/groups", {}),
    ("GET", "/v1/usage", {}),
    ("GET", "/v1/kill-switch", {}),
    ("PUT", "/v1/kill-switch", {"json": {"on": False, "tenant": "acme"}}),
    ("GET", "/v1/tenants/acme/caps", {}),
    ("PUT", "/v1/tenants/acme/caps", {"json": {"caps": {"image_similarity": 5}}}),
    ("PUT", "/v1/tenants/acme/preferences", {"json": {"without_pictures": "text"}}),
    ("GET", "/metrics", {}),
]


def test_every_path_but_the_probes_is_in_the_table(front):
    there = {
        (method.upper(), path) for path, methods in front.api.openapi()["paths"].items() for method in methods
    }
    named = {"/v1/search/video/url": "/v1/search/{media_type}/{way}"}
    named |= {path: "/v1/media/{media_id}" for method, path, _ in PATHS if method == "DELETE"}
    tried = {(method, named.get(path, path.replace("acme", "{tenant}"))) for method, path, _ in PATHS}
    assert there == tried | {("GET", "/healthz"), ("GET", "/readyz")}


@pytest.mark.parametrize(("method", "path", "more"), PATHS, ids=[f"{row[0]} {row[1]}" for row in PATHS])
def test_without_a_key_nothing_is_answered(front, method, path, more):
    answer = front.ask(method, path, **more)
    assert problem(answer, 401).type == "urn:counterfoil:unauthorised"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert front.scorer.measured == 0


NO_KEYS = [
    ({"Authorization": "Bearer nonsense"}, "nonsense"),
    ({"Authorization": f"Bearer cf_{'a' * 16}_{'A' * 43}"}, "a key that nobody made"),
    ({"Authorization": "Basic YWRhOnBhc3M="}, "another scheme"),
    ({"Authorization": "Bearer "}, "nothing"),
    ({"Authorization": "Bearer e30.e30.e30"}, "a token, and no issuer is configured"),
    ({"X-API-Key": "cf_x"}, "another header"),
]


@pytest.mark.parametrize(("headers", "reason"), NO_KEYS, ids=[row[1] for row in NO_KEYS])
def test_what_is_no_key_is_nobody(open_front, headers, reason):
    open_front.key()
    assert problem(open_front.ask("GET", "/v1/usage", headers=headers), 401).hint


def test_an_expired_and_a_revoked_key_are_nobody(front):
    expired = front.key(lifetime=timedelta(seconds=-1))
    revoked = front.key()
    front.catalog.keys.revoke(revoked.split("_")[1])
    for key in (expired, revoked):
        problem(front.ask("GET", "/v1/usage", key=key), 401)


def test_a_key_that_is_revoked_works_for_a_second_at_most(front):
    async def asked():
        key = front.key()
        async with front.client(key) as client:
            first = await client.get("/v1/usage")
            front.catalog.keys.revoke(key.split("_")[1])
            await asyncio.sleep(1.05)
            return [first.status_code, (await client.get("/v1/usage")).status_code]

    assert asyncio.run(asked()) == [200, 401]


MEDIA = [200, 200, 422, 422, 501, 422]
"""Scoring, searching and indexing are everybody's; what is refused here is nothing to search for."""
ROLES = [
    ("scorer", [*MEDIA, 403, 200, 200, 200, 403, 200, 403, 403, 403]),
    ("reviewer", [*MEDIA, 404, 200, 200, 200, 403, 200, 403, 403, 403]),
    ("admin", [*MEDIA, 404, 200, 200, 200, 200, 200, 403, 200, 403]),
    ("operator", [*MEDIA, 404, 200, 200, 200, 200, 200, 200, 200, 200]),
]


@pytest.mark.parametrize(("role", "statuses"), ROLES, ids=[row[0] for row in ROLES])
def test_what_a_role_may(front, role, statuses):
    key = front.key(None, "admin") if role == "operator" else front.key("acme", role)
    more = {"params": {"tenant": "acme"}}
    answers = [
        front.ask(method, path, key=key, **({} if "{" in path or "tenants" in path else more), **sent)
        for method, path, sent in PATHS
    ]
    assert [answer.status_code for answer in answers] == statuses
    for answer in answers:
        if answer.status_code == 403:
            assert problem(answer, 403).type == "urn:counterfoil:forbidden"
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


CROSSING = [
    ("POST", "/v1/score?tenant={}", {"json": listing()}),
    ("GET", "/v1/usage?tenant={}", {}),
    ("GET", "/v1/kill-switch?tenant={}", {}),
    ("GET", "/v1/tenants/{}/caps", {}),
    ("PUT", "/v1/tenants/{}/caps", {"json": {"caps": {"image_similarity": 5}}}),
    ("PUT", "/v1/tenants/{}/preferences", {"json": {"without_pictures": "text"}}),
]


@pytest.mark.parametrize(("method", "path", "more"), CROSSING, ids=[f"{r[0]} {r[1]}" for r in CROSSING])
def test_another_tenant_does_not_exist_and_nobody_can_tell(front, method, path, more):
    """What is said of a tenant that is there and of one that is not differs in the asked name only."""
    key = front.key("acme", "admin")
    told = []
    for name in ("rival", "nobody"):
        answer = front.ask(method, path.format(name), key=key, **more)
        one = problem(answer, 404).model_dump(exclude={"request_id"})
        headers = {it: v for it, v in answer.headers.items() if it not in ("x-request-id", "content-length")}
        told.append((json.dumps(one).replace(name, "?"), headers))
    assert told[0] == told[1]
    assert front.catalog.usage.caps("rival") == {}
    assert front.catalog.tenants.without_pictures("rival") == "refuse"


def test_a_tenants_admin_turns_its_own_switch_alone(front):
    key = front.key("acme", "admin")
    assert front.ask("PUT", "/v1/kill-switch", key=key, json={"on": True}).status_code == 403
    theirs = {"on": True, "tenant": "rival"}
    assert front.ask("PUT", "/v1/kill-switch", key=key, json=theirs).status_code == 404
    assert front.catalog.kill_switch.history() == ()
    front.catalog.kill_switch.turn(on=True, tenant="rival", by="ada", why="a secret of rival's")
    own = {"on": True, "tenant": "acme", "resource": "marks", "why": "looking into it"}
    state = front.ask("PUT", "/v1/kill-switch", key=key, json=own).json()
    assert [(it["tenant"], it["resource"]) for it in state["standing"]] == [("acme", "marks")]
    assert "rival" not in json.dumps(state)


def test_a_tenants_key_needs_no_name(front):
    assert front.ask("POST", "/v1/score", key=front.key("rival"), json=listing()).json()["tenant"] == "rival"


def test_the_operator_names_the_tenant(front):
    key = front.key(None, "admin")
    assert front.ask("GET", "/v1/usage", key=key).status_code == 422
    assert front.ask("GET", "/v1/usage", key=key, params={"tenant": "rival"}).json()["tenant"] == "rival"


def test_use_is_noted(front):
    key = front.key()

    async def asked():
        async with front.client(key) as client:
            await client.get("/v1/usage")
            for _ in range(100):
                if front.catalog.keys.of("acme")[0].last_used_at:
                    return True
                await asyncio.sleep(0.05)
        return False

    assert asyncio.run(asked())


def test_open_to_this_machine_until_a_key_is_made(open_front):
    front = open_front
    assert front.ask("GET", "/v1/usage", params={"tenant": "acme"}).status_code == 200
    assert front.ask("GET", "/v1/usage", base_url="http://evil.example").status_code == 401
    for origin, status in (("https://evil.example", 401), ("null", 401), ("http://localhost:8000", 200)):
        asked = front.ask("GET", "/v1/usage", params={"tenant": "acme"}, headers={"Origin": origin})
        assert asked.status_code == status, origin
    key = front.key()
    front.catalog.keys.revoke(key.split("_")[1])
    again = Front(front.settings, open_access=True)
    assert again.ask("GET", "/v1/usage").status_code == 401, "a revoked key opens no door"
    again.close()


def test_probes_are_everybodys(front):
    assert front.ask("GET", "/healthz").status_code == 200
    assert front.ask("GET", "/readyz").status_code == 200


def test_an_address_that_others_reach_needs_a_key(tmp_path):
    settings = settings_at(tmp_path / "home")
    refused = pytest.raises(SettingsError, match="nobody has made an API key")
    with refused, serving(settings, host="192.0.2.1"):
        pass


def test_who_asks_too_fast_waits(tmp_path):
    limits = Limits(requests_per_second=1, burst=3)
    front = Front(settings_at(tmp_path / "home", limits=limits))
    mine, theirs = front.key(), front.key("rival")

    async def asked():
        async with front.client(mine) as client:
            answers = [await client.get("/v1/usage") for _ in range(4)]
        async with front.client(theirs) as client:
            return answers, await client.get("/v1/usage")

    answers, other = asyncio.run(asked())
    assert [it.status_code for it in answers] == [200, 200, 200, 429]
    assert problem(answers[-1], 429).type == "urn:counterfoil:rate-limited"
    assert answers[-1].headers["retry-after"] == "1"
    assert other.status_code == 200
    front.close()


def test_a_pepper_is_made_once_and_is_nobody_elses(tmp_path):
    settings = settings_at(tmp_path / "home")
    assert pepper_of(settings) == pepper_of(settings)
    assert (tmp_path / "home" / "key-pepper").stat().st_mode & 0o077 == 0
    assert pepper_of(settings_at(tmp_path / "other")) != pepper_of(settings)
    assert pepper_of(settings_at(tmp_path / "third", key_pepper="set")) == b"set"
    with pytest.raises(SettingsError, match="all machines share"):
        pepper_of(Settings(home=tmp_path, database_url="postgresql+psycopg://there/db"))


def test_a_request_has_one_name_everywhere_and_its_log_no_secrets(front, caplog):
    key = front.key()
    with caplog.at_level(logging.INFO, logger="counterfoil.access"):
        answer = front.ask(
            "POST",
            "/v1/score?tenant=acme&token=cf_in_the_query",
            key=key,
            headers={"X-Request-ID": "mine-1"},
            json=listing(b"\xff\xd8 a picture"),
        )
    assert answer.headers["x-request-id"] == "mine-1"
    (record,) = [it for it in caplog.records if it.name == "counterfoil.access"]
    line = JsonLines().format(record)
    said = json.loads(line)
    assert (said["path"], said["status"], said["tenant"]) == ("/v1/score", 200, "acme")
    assert said["caller"] == f"key {key.split('_')[1]}"
    assert key not in line
    assert "in_the_query" not in line
    assert "base64" not in line


@pytest.mark.parametrize("name", ["a" * 65, "two words", "line\tbreak", ""])
def test_a_name_that_would_spoil_the_log_is_replaced(front, name):
    answer = front.ask("GET", "/healthz", headers={"X-Request-ID": name})
    assert len(answer.headers["x-request-id"]) == 32


SECRETS = [
    f"Bearer cf_{'a' * 16}_{'B' * 43}",
    f"cf_{'a' * 16}_{'B' * 43}",
    "data:image/jpeg;base64,BBBBBBBBBB",
    "https://ada:BBBB@shop.example/x",
    "?api_key=BBBB&page=1",
    '{"client_secret": "BBBB"}',
    "eyJhbGciOiJSUzI1NiJ9.BBBB.BBBB",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_and_pictures_do_not_reach_the_log(text):
    record = logging.LogRecord("deployments", logging.ERROR, __file__, 1, "failed: %s", (text,), None)
    record.fields = {"detail": text}
    assert "BBBB" not in JsonLines().format(record)


async def broken(*_):
    raise RuntimeError(f"with a secret: cf_{'a' * 16}_{'B' * 43}")


def test_what_nobody_expected_has_a_name_too_and_tells_nothing(front):
    key = front.key()
    front.scorer.score = Remote(broken)
    answer = front.ask("POST", "/v1/score", key=key, json=listing())
    assert "secret" not in problem(answer, 500).detail
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_half_a_character_is_no_crash(front):
    sent = b'{"on": true, "\\ud800": 1, "why": "\\ud800"}'
    answer = front.ask("PUT", "/v1/kill-switch", key=front.key(None, "admin"), content=sent)
    problem(answer, 422)


def test_browsers_are_told_to_be_careful(front):
    headers = front.ask("GET", "/healthz").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "jsdelivr" in front.ask("GET", "/docs").headers["content-security-policy"]
    assert "strict-transport-security" not in headers
    assert "strict-transport-security" in front.ask("GET", "/healthz", base_url="https://127.0.0.1").headers
