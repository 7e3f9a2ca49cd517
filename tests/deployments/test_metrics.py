"""GET /metrics: who may read it, what requests count as, and the whole of it on a real service."""

import asyncio
import shutil
import subprocess

import httpx
import pytest
from ray.exceptions import RayActorError
from ray.serve.exceptions import BackPressureError

from cluster.metrics import KeptMeters
from cluster.metrics.definitions import REFUSALS, REQUEST_SECONDS, REQUESTS
from cluster.settings import Metrics
from deployments.answers import Refused
from deployments.api import make_api
from deployments.problems import ProblemError
from deployments.relay import answered
from deployments.room import Room
from scoring.errors import UnreachableError
from tests.conftest import settings_at
from tests.deployments.front import Front
from tests.deployments.listings import listing
from tests.pipelines.markets import jpeg


@pytest.fixture
def front(tmp_path):
    front = Front(settings_at(tmp_path / "home"))
    yield front
    front.close()


def asked(front, *, meters=None, metrics=None, bearer=None, path="/metrics", method="GET", **more):
    """One answer of an API that counts into `meters`, over the front's stores."""
    settings = front.settings.model_copy(update={"metrics": metrics or Metrics()})
    api = make_api(front.scorer, settings, meters=meters or KeptMeters())
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    async def ask():
        transport = httpx.ASGITransport(api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(ask())


WITH_TOKEN = Metrics.model_validate({"token": "s3cret-of-the-scrapers"})
ACCESS = [
    (Metrics(), None, 401, "nobody"),
    (Metrics(), "operator", 200, "the operator"),
    (Metrics(), "admin", 403, "a tenant's admin: other tenants' numbers are none of its business"),
    (WITH_TOKEN, None, 401, "a token is set, and none is shown"),
    (WITH_TOKEN, "s3cret-of-the-scrapers", 200, "the scrapers' token"),
    (WITH_TOKEN, "s3cret-of-the-scraperz", 401, "almost the token"),
    (WITH_TOKEN, "operator", 200, "the operator needs no token"),
    (Metrics(open=True), None, 200, "whoever guards it by the network"),
    (Metrics.model_validate({"token": ""}), None, 401, "an empty token is none"),
]


@pytest.mark.parametrize(("metrics", "bearer", "status", "reason"), ACCESS, ids=[row[3] for row in ACCESS])
def test_who_may_read_it(front, metrics, bearer, status, reason):
    keys = {"operator": lambda: front.key(None, "admin"), "admin": lambda: front.key("acme", "admin")}
    bearer = keys[bearer]() if bearer in keys else bearer
    answer = asked(front, metrics=metrics, bearer=bearer)
    assert answer.status_code == status, reason
    assert ("counterfoil_records_readable 1.0" in answer.text) == (status == 200)


def test_the_scrapers_token_opens_nothing_else(front):
    assert (
        asked(front, metrics=WITH_TOKEN, bearer="s3cret-of-the-scrapers", path="/v1/usage").status_code == 401
    )


ROUTES = [
    ("POST", "/v1/score", {"json": listing()}, ("/v1/score", "POST", "401")),
    ("GET", "/v1/tenants/acme/caps", {}, ("/v1/tenants/{tenant}/caps", "GET", "401")),
    ("GET", "/who/knows?what=1", {}, ("(none)", "GET", "404")),
    ("BREW", "/healthz", {}, ("/healthz", "other", "405")),
    ("GET", "/healthz", {}, ("/healthz", "GET", "200")),
]


@pytest.mark.parametrize(
    ("method", "path", "more", "counted"), ROUTES, ids=[f"{it[0]} {it[1]}" for it in ROUTES]
)
def test_a_request_counts_by_its_routes_pattern(front, method, path, more, counted):
    meters = KeptMeters()
    asked(front, meters=meters, method=method, path=path, **more)
    assert meters.counts == {(REQUESTS.name, *counted): 1, (REQUEST_SECONDS.name, counted[0]): 1}
    assert 0 < meters.sums[REQUEST_SECONDS.name, counted[0]] < 60


class Gives:
    """A method of a handle, whose every call ends in the same."""

    def __init__(self, value):
        self._value = value

    async def remote(self):
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


@pytest.mark.parametrize(
    ("value", "because"),
    [
        (Refused("cap_spent", "spent.", "Wait."), "cap_spent"),
        (BackPressureError(num_queued_requests=2, max_queued_requests=2), "overloaded"),
        (RayActorError(), "unreachable"),
    ],
    ids=["refused", "full", "away"],
)
def test_what_is_turned_away_counts_by_why(value, because):
    meters = KeptMeters()
    if isinstance(value, Exception):
        with pytest.raises((ProblemError, UnreachableError)):
            asyncio.run(answered(Gives(value), room=Room(), meters=meters))
    else:
        assert asyncio.run(answered(Gives(value), room=Room(), meters=meters)) is value
    assert meters.counts == {(REFUSALS.name, because): 1}


@pytest.mark.ray
def test_a_real_service_shows_what_all_of_its_replicas_did(service, until):
    service.score(listing(jpeg(0, quality=83)))
    service.score(listing(jpeg(150)))
    service.client.post("/v1/score", params={"tenant": "nobody"}, json=listing())
    wanted = (
        'counterfoil_requests_total{method="POST",',
        "counterfoil_verdicts_total{",
        "counterfoil_abstentions_total{",
        "counterfoil_stage_duration_seconds_bucket{",
        'stage="encode"',
        "counterfoil_pictures_total{",
        "counterfoil_measurements_total{",
        "counterfoil_encoder_batch_places_total{",
        'counterfoil_refusals_total{because="unknown_tenant"',
        'counterfoil_queue_ongoing{deployment="Scorer"',
        "counterfoil_proxy_requests_total{",
        'counterfoil_replicas{deployment="EncoderReplica",state="running"} 1.0',
        'counterfoil_nodes{state="unread"} 0.0',
        'counterfoil_cap_used_units{resource="image_similarity",tenant="acme"}',
    )

    def page():
        answer = service.client.get("/metrics")
        assert answer.status_code == 200
        return answer.text

    until(lambda: all(it in page() for it in wanted))
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    said = subprocess.run(
        ["promtool", "check", "metrics"], input=page(), capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
