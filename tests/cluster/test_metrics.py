"""What is counted, how nodes' counts become one page, and what that page says of the records."""

import asyncio
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from catalog.kill_switch import Turn
from cluster.kill_switch import KillSwitchWatch
from cluster.measure import NO_PICTURE
from cluster.metrics import METRICS, KeptMeters, Metric, MetricsPage
from cluster.metrics.agents import Gathered, gather
from cluster.metrics.definitions import (
    ABSTENTIONS,
    MEASUREMENTS,
    PREFIX,
    REQUEST_SECONDS,
    SCAN_ROWS,
    SCAN_SECONDS,
    VERDICTS,
)
from cluster.metrics.meters import OTHERS
from cluster.metrics.page import families
from cluster.metrics.records import read_records
from cluster.metrics.verdicts import count_measured, count_verdict
from cluster.paid.terms import not_on
from cluster.state import State
from pipelines.progress import Counted, Reporter
from scoring.errors import CatalogError
from scoring.evidence import Abstained
from scoring.features import Because, Unavailable, dump_features, load_features
from scoring.funnel import NOT_ASKED
from tests.conftest import settings_at
from tests.deployments.front import VERDICT

LABELS = 'Component="core_worker",NodeAddress="10.0.0.1",Version="2.60.0"'


def exported(worker, requests, *, seconds=(1, 2)):
    """What a node's agent says of one process of ours, between lines of Ray's own."""
    low, all_of_them = seconds
    asked = f'{LABELS},WorkerId="{worker}",method="POST",route="/v1/score",status="200"'
    answers = f"ray_counterfoil_requests_total{{{asked}}}"
    histogram = (
        f'ray_counterfoil_request_duration_seconds_bucket{{{LABELS},WorkerId="{worker}",route="/v1/score"'
    )
    return f"""\
# HELP ray_tasks Current number of tasks
# TYPE ray_tasks gauge
ray_tasks{{{LABELS},Name="score"}} 7.0
# HELP ray_counterfoil_requests_total Answers.
# TYPE ray_counterfoil_requests_total counter
{answers} {requests}
# TYPE ray_counterfoil_request_duration_seconds histogram
{histogram},le="0.1"}} {low}
{histogram},le="+Inf"}} {all_of_them}
ray_counterfoil_request_duration_seconds_sum{{{LABELS},WorkerId="{worker}",route="/v1/score"}} 0.5
ray_counterfoil_request_duration_seconds_count{{{LABELS},WorkerId="{worker}",route="/v1/score"}} {all_of_them}
# TYPE ray_serve_deployment_queued_queries gauge
ray_serve_deployment_queued_queries{{{LABELS},application="counterfoil",deployment="Scorer",handle="a"}} 2.0
ray_serve_deployment_queued_queries{{{LABELS},application="another",deployment="Scorer",handle="b"}} 50.0
"""


def cluster(**pages):
    """Nodes by name, each with its agent's page; one with none does not answer."""

    def answer(request):
        body = pages[request.url.host]
        if body is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, text=body)

    return lambda: httpx.AsyncClient(transport=httpx.MockTransport(answer))


def page_of(settings, accept="", **pages):
    page = MetricsPage(
        lambda: State(settings).catalog,
        settings,
        agents=lambda: [f"{name}:8080" for name in pages],
        replicas=lambda: {("Scorer", "running"): 2},
        client=cluster(**pages),
    )
    body, content_type = asyncio.run(page.written(accept))
    return body.decode(), content_type


@pytest.fixture
def settings(tmp_path):
    return settings_at(tmp_path / "home")


def test_processes_of_a_node_are_added_up_and_nodes_told_apart(settings):
    body, _ = page_of(
        settings, one=exported("a", 3) + exported("b", 4, seconds=(0, 5)), two=exported("c", 10)
    )
    lines = body.splitlines()
    asked = 'method="POST",node="{}:8080",route="/v1/score",status="200"'
    assert f"counterfoil_requests_total{{{asked.format('one')}}} 7.0" in lines
    assert f"counterfoil_requests_total{{{asked.format('two')}}} 10.0" in lines
    took = 'counterfoil_request_duration_seconds_{}{{{}node="one:8080",route="/v1/score"}} {}'
    assert took.format("bucket", 'le="0.1",', "1.0") in lines
    assert took.format("bucket", 'le="+Inf",', "7.0") in lines
    assert took.format("count", "", "7.0") in lines
    assert took.format("sum", "", "1.0") in lines


def test_of_serves_own_only_our_application_counts(settings):
    body, _ = page_of(settings, one=exported("a", 3))
    assert 'counterfoil_queue_waiting{deployment="Scorer",node="one:8080"} 2.0' in body
    assert 'counterfoil_replicas{deployment="Scorer",state="running"} 2.0' in body
    assert "ray_" not in body


@pytest.mark.parametrize(
    ("page", "reason"),
    [(None, "it does not answer"), ("ray_counterfoil_requests_total{ 1", "it talks nonsense")],
)
def test_a_node_that_cannot_be_read_costs_only_its_own_counts(settings, page, reason):
    body, _ = page_of(settings, one=exported("a", 3), two=page)
    assert 'counterfoil_nodes{state="read"} 1.0' in body, reason
    assert 'counterfoil_nodes{state="unread"} 1.0' in body
    assert 'node="one:8080"' in body
    assert 'node="two:8080"' not in body


def test_several_that_ask_at_once_are_one_reading(settings):
    asked = []

    async def read():
        page = MetricsPage(lambda: State(settings).catalog, settings, agents=lambda: asked.append(1) or [])
        return await asyncio.gather(*(page.written("") for _ in range(5)))

    assert len({body for body, _ in asyncio.run(read())}) == 1
    assert len(asked) == 1


def test_openmetrics_where_it_is_asked_for(settings):
    accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    body, content_type = page_of(settings, accept, one=exported("a", 3))
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith("# EOF\n")
    assert "# TYPE counterfoil_requests counter" in body
    assert page_of(settings)[1].startswith("text/plain; version=0.0.4")


def test_what_the_records_know(settings):
    catalog = State(settings).catalog
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    catalog.usage.take("acme", "image_similarity", 3, unit_micros=0, default_cap=1000)
    catalog.usage.set_cap("rival", "vision_logo", 7, by="ada")
    catalog.kill_switch.turn(on=True, resource="paid", by="ada")
    catalog.scans.mark("acme", catalog.scans.start("acme", ["file:a"]).id, "paused")
    known = {
        (metric.name, *labels): value for metric, labels, value in read_records(lambda: catalog, settings)
    }
    assert known["counterfoil_cap_used_units", "acme", "image_similarity"] == 3
    assert known["counterfoil_cap_limit_units", "acme", "image_similarity"] == 1000, "the settings' default"
    assert known["counterfoil_cap_limit_units", "rival", "vision_logo"] == 7, "its own"
    assert known["counterfoil_kill_switch_on", "all", "paid"] == 1
    assert [known["counterfoil_scans", it] for it in ("running", "paused", "finished", "failed")] == [
        0,
        1,
        0,
        0,
    ]
    assert known["counterfoil_records_readable",] == 1


def test_where_the_records_do_not_open_that_is_said(settings, tmp_path):
    (tmp_path / "no.sqlite").write_text("this is no database, and never was one")
    broken = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'no.sqlite'}"})
    body, _ = page_of(broken, one=exported("a", 3))
    assert "counterfoil_records_readable 0.0" in body
    assert "counterfoil_requests_total" in body
    assert "counterfoil_cap" not in body


SILENCES = [
    (NO_PICTURE, "no_picture", "the listing has none"),
    (not_on("vision_logo", "acme"), "not_set_up", "nobody turned it on"),
    (Unavailable("KeyError: 'x'"), "failed", "whatever nobody foresaw"),
]


@pytest.mark.parametrize(("value", "reason", "why"), SILENCES, ids=[row[2] for row in SILENCES])
def test_an_abstention_counts_by_the_class_of_what_is_gone(value, reason, why):
    meters = KeptMeters()
    verdict = replace(VERDICT, tenant="acme", abstentions=(Abstained("logo", value.reason),))
    # As a scan's journal brings it back.
    count_verdict(meters, verdict, load_features(dump_features({"marks": value})), path="bulk")
    assert meters.counts == {
        (VERDICTS.name, "bulk", "acme", "4"): 1,
        (ABSTENTIONS.name, "bulk", "logo", reason): 1,
    }, why


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("nothing says second-hand", "found_nothing"),
        (f"{NOT_ASKED}nothing before it was suspicious", "not_asked"),
    ],
)
def test_a_signal_that_spoke_for_itself_is_no_failure(said, reason):
    meters = KeptMeters()
    verdict = replace(VERDICT, abstentions=(Abstained("second_hand", said),))
    count_verdict(meters, verdict, {"marks": Unavailable("another reason")}, path="online")
    assert meters.counts[ABSTENTIONS.name, "online", "second_hand", reason] == 1


def turned():
    return [Turn(on=True, tenant=None, resource=None, why="", at=datetime.now(UTC), by="ada")]


def away():
    raise CatalogError("it does not answer.", hint="Wait.")


@pytest.mark.parametrize("standing", [turned, away])
def test_what_the_kill_switch_stops_is_halted_and_not_failed(standing):
    stopped = KillSwitchWatch(standing).stops_measuring("acme", "marks")
    assert stopped.because == "halted"
    meters = KeptMeters()
    count_measured(meters, "marks", stopped, path="online")
    assert meters.counts == {(MEASUREMENTS.name, "online", "marks", "withheld"): 1}


@pytest.mark.parametrize(
    ("feature", "value", "known", "outcome"),
    [
        ("text", (), False, "measured"),
        ("text", (), True, "known"),
        ("text", Unavailable("it broke"), False, "failed"),
        ("text", Unavailable("spent", because="cap_spent"), False, "withheld"),
    ],
)
def test_a_measurement_counts_by_what_became_of_it(feature, value, known, outcome):
    meters = KeptMeters()
    count_measured(meters, feature, value, path="bulk", known=known)
    count_measured(meters, "appearance:2f017719", value, path="bulk", known=known)
    assert meters.counts[MEASUREMENTS.name, "bulk", feature, outcome] == 1
    assert meters.counts[MEASUREMENTS.name, "bulk", "appearance", outcome] == 1, "by whatever model"


def test_tenants_beyond_the_bound_are_counted_together():
    meters = KeptMeters(most_tenants=2)
    for tenant in ("acme", "rival", "third", "fourth", "acme"):
        meters.add(VERDICTS, path="online", tenant=tenant, tier="1")
    by_tenant = {key[2]: number for key, number in meters.counts.items()}
    assert by_tenant == {"acme": 2, "rival": 1, OTHERS: 2}


def test_what_cannot_be_counted_fails_nothing_and_is_told_once(caplog):
    meters = KeptMeters()
    for _ in range(3):
        meters.add(VERDICTS, path="online")
        meters.observe(REQUEST_SECONDS, 1.0, nonsense="x", route="/")
    assert [record.message.split(" cannot")[0] for record in caplog.records] == [
        VERDICTS.name,
        REQUEST_SECONDS.name,
    ]
    assert not meters.counts


def test_a_scans_stages_are_counted_and_shown():
    meters = KeptMeters()
    with Reporter(quiet=True).stage("judge") as shown:
        now = iter([10.0, 12.5, 12.5, 14.0])
        stage = Counted(shown, "judge", meters, clock=lambda: next(now))
        stage.advance(3)
        stage.advance(0)
        stage.note("words")
        stage.spend()
    assert meters.counts == {(SCAN_ROWS.name, "judge"): 3, (SCAN_SECONDS.name, "judge"): 4.0}


@pytest.mark.parametrize("metric", METRICS, ids=[it.name for it in METRICS])
def test_names_follow_the_conventions(metric: Metric):
    assert re.fullmatch(rf"{PREFIX}[a-z_]+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(set(metric.buckets))
    assert not set(metric.labels) & {"listing_id", "url", "seller", "request_id", "le", "node"}
    assert metric.text.endswith(".") or metric.kind == "gauge"


def test_names_are_there_once():
    assert len({it.name for it in METRICS}) == len(METRICS)
    assert "failed" in get_args(Because)


def test_prometheus_has_nothing_to_say_against_any_of_them():
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    gathered, known = Gathered(), []
    for metric in METRICS:
        labels = tuple("x" for _ in metric.labels)
        if metric.kind == "histogram":
            gathered.buckets[metric.name, (*labels, "n")] = {"1.0": 1.0, "+Inf": 2.0}
        else:
            known.append((metric, labels, 1.0))
    registry = CollectorRegistry(auto_describe=False)
    for family in families(gathered, known):
        registry.register(Only(family))
    page = generate_latest(registry)
    said = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, check=False)
    assert (said.returncode, said.stdout + said.stderr) == (0, b"")
    assert all(f"# TYPE {metric.name} {metric.kind}".encode() in page for metric in METRICS)


class Only(Collector):
    """A collector of one family."""

    def __init__(self, family):
        self.family = family

    def collect(self):
        return [self.family]


def test_without_a_cluster_there_is_nobody_to_read():
    gathered = asyncio.run(gather([]))
    assert (gathered.read, gathered.unread, gathered.values) == (0, 0, {})
