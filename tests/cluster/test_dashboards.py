"""The dashboard, the alerts and the table speak of what the code counts, and Prometheus takes them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from cluster.metrics import METRICS
from cluster.metrics.definitions import NODE

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "cluster/grafana/counterfoil.json"
PROMETHEUS = ROOT / "cluster/prometheus"

_METRIC = re.compile(r"\b(counterfoil_[a-z_]+)(?:\{([^}]*)\})?")
_LABELS = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
_BY = re.compile(r"\b(?:by|on)\s*\(([a-z_, ]*)\)")


def expressions():
    """(where, expression) of every panel, variable and alert."""
    document = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in document["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['title']}", target["expr"]
    for variable in document["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["definition"]
    for group in yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]


def metric_of(name):
    known = {it.name: it for it in METRICS}
    plain = re.sub(r"_(bucket|sum|count)$", "", name)
    return known.get(name) or (
        known.get(plain) if plain in known and known[plain].kind == "histogram" else None
    )


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize(
    ("where", "expression"), EXPRESSIONS, ids=[f"{n} {it[0]}" for n, it in enumerate(EXPRESSIONS)]
)
def test_every_metric_and_label_that_is_asked_for_exists(where, expression):
    there = {NODE, "le", "job"}
    for name, selector in _METRIC.findall(expression):
        metric = metric_of(name)
        assert metric is not None, f"{where} asks for {name}"
        there |= set(metric.labels)
        for label in _LABELS.findall(selector):
            assert label in {*metric.labels, NODE, "le"}, f"{where} asks for {name}'s {label}"
    for labels in _BY.findall(expression):
        assert {it.strip() for it in labels.split(",") if it.strip()} <= there, where


def test_everything_that_is_counted_is_shown_or_watched():
    asked = {metric_of(name).name for _, expression in EXPRESSIONS for name, _ in _METRIC.findall(expression)}
    assert {it.name for it in METRICS} - asked == {
        "counterfoil_build_info",
        "counterfoil_encoder_batches_total",
    }


def test_panels_do_not_overlap_and_have_numbers_of_their_own():
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    assert len({it["id"] for it in panels}) == len(panels)
    taken = [
        (x, y)
        for it in panels
        for x in range(it["gridPos"]["x"], it["gridPos"]["x"] + it["gridPos"]["w"])
        for y in range(it["gridPos"]["y"], it["gridPos"]["y"] + it["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_every_alert_says_what_to_do():
    for group in yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            assert len(rule["annotations"]["runbook"]) > 80, rule["alert"]
            assert rule["labels"]["severity"] in {"page", "ticket"}


def row(metric):
    return f"| `{metric.name}` | {metric.kind} | {', '.join(metric.labels)} | {metric.text} |"


def test_the_table_of_metrics_is_whole():
    said = (ROOT / "docs/metrics.md").read_text("utf-8").splitlines()
    assert [it for it in said if it.startswith("| `counterfoil_")] == [row(metric) for metric in METRICS]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "rules", "alerts.yaml"],
        ["check", "config", "prometheus.yaml"],
        ["test", "rules", "alerts_test.yaml"],
    ],
    ids=" ".join,
)
def test_prometheus_takes_them(words):
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    said = subprocess.run(["promtool", *words], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
