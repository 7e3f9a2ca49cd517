"""Reviewers' decisions, by hand and in bulk: each finds its row of the results, or says why not."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cluster.case_commands import case as commands
from cluster.cases import decide, join
from cluster.state import State
from pipelines.results import SCHEMA
from scoring.errors import SettingsError

NAMES = {"signal": "names", "score": 0.7, "weight": 1.0, "contribution": 0.7, "detail": "named"}
RESALE = {"signal": "second_hand", "score": 0.0, "weight": 0.0, "contribution": -0.21, "detail": "used"}


def result(listing_id, *, platform="file", scan_id="20261121-090000-aa", tenant="acme", **more):
    return {
        "tenant": tenant,
        "scan_id": scan_id,
        "platform": platform,
        "listing_id": listing_id,
        "seller_id": "s1",
        "tier": 2,
        "score": 0.7,
        "brand": "Northpine",
        "recipe_version": "default@1",
        "contributions": [NAMES],
        "abstentions": [{"signal": "logo", "reason": "none was found"}],
        **more,
    }


ROWS = [
    result("1"),
    result("2", exemption="second_hand", contributions=[NAMES, RESALE]),
    result("both"),
    result("both", platform="ebay"),
    result("a:b"),
    result("unread", tier=4, score=0.0, brand=None, contributions=[], abstentions=[]),
]


def write(path, rows):
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
    return path


@pytest.fixture
def results(tmp_path):
    return write(tmp_path / "results.parquet", ROWS)


def decided(results, *listings, tenant="acme"):
    return decide(results, listings, tenant=tenant, ruling="confirmed", by="ann")


NAMED = [
    ("1", ("file", "1"), "by its id"),
    ("ebay:both", ("ebay", "both"), "by platform and id"),
    ("a:b", ("file", "a:b"), "an id may hold a colon"),
    ("file:a:b", ("file", "a:b"), "the first colon ends the platform"),
    ("unread", ("file", "unread"), "a listing without evidence may be decided too"),
]


@pytest.mark.parametrize(("called", "key", "reason"), NAMED, ids=[it[-1] for it in NAMED])
def test_a_listing_is_found(results, called, key, reason):
    [found] = decided(results, called)
    assert (found.platform, found.listing_id) == key, reason


REFUSED = [
    ("3", "no listing '3'", "not in the results"),
    ("both", "of ebay and of file: say which", "two platforms share the id"),
    ("etsy:both", "no listing 'both' of etsy", "not of that platform"),
]


@pytest.mark.parametrize(("called", "says", "reason"), REFUSED, ids=[it[-1] for it in REFUSED])
def test_one_that_is_not_found_leaves_all_undecided(results, called, says, reason):
    with pytest.raises(SettingsError, match=says):
        decided(results, "1", called)


def test_the_evidence_is_copied_without_the_exemption_s_share(results):
    [found] = decided(results, "2")
    assert [it.signal for it in found.basis.evidence] == ["names"]
    assert found.basis.exemption == "second_hand"
    assert [it.signal for it in found.basis.abstentions] == ["logo"]


def test_another_tenant_s_results_and_other_files_are_refused(results, tmp_path):
    with pytest.raises(SettingsError, match="results of tenant acme, not of rival"):
        decided(results, "1", tenant="rival")
    pq.write_table(pa.table({"listing_id": ["1"]}), tmp_path / "other.parquet")
    with pytest.raises(SettingsError, match="lacks abstentions"):
        decided(tmp_path / "other.parquet", "1")
    (tmp_path / "bad.parquet").write_bytes(b"no parquet")
    with pytest.raises(SettingsError, match="cannot be read"):
        decided(tmp_path / "bad.parquet", "1")


HEAD = "listing_id,outcome,platform,by,at\n"
IMPORTED = [
    ("csv", HEAD + "1,Confirmed,,ann,\n", ["confirmed"], [], "any case; what is left empty is not said"),
    (
        "csv",
        HEAD + "1,confirmed,,,2026-11-21T12:00:00Z\n",
        ["confirmed"],
        [],
        "the command says who, the file when",
    ),
    ("csv", HEAD + "1,maybe,,ann,\n2,dismissed,,bob,\n", ["dismissed"], ["line 2: outcome"], "no outcome"),
    (
        "csv",
        HEAD + "1,confirmed,,ann,2026-11-21\n",
        [],
        ["line 2: at"],
        "a day without time zone is no moment",
    ),
    ("csv", HEAD + "1,confirmed,,ann,,x\n", [], ["more values"], "a surplus value"),
    ("csv", HEAD + "both,confirmed,,ann,\n", [], ["ebay and of file"], "two platforms"),
    ("csv", HEAD + "both,confirmed,ebay,ann,\n", ["confirmed"], [], "the platform says which"),
    ("csv", HEAD + "1,confirmed,,a,\n1,dismissed,,b,\n", ["dismissed"], [], "undated: the last line counts"),
    ("jsonl", '{"listing_id": "1", "outcome": "dismissed"}\n\n{', ["dismissed"], ["not JSON"], "JSONL"),
    ("jsonl", '{"listing_id": "1", "outcome": "dismissed", "scan_id": "x"}', [], ["of scan x"], "a scan"),
    ("jsonl", '[1]\n{"listing_id": 1}', [], ["not a JSON object", "outcome"], "no decisions at all"),
]


@pytest.mark.parametrize(
    ("kind", "text", "rulings", "left_out", "reason"), IMPORTED, ids=[it[-1] for it in IMPORTED]
)
def test_importing(results, tmp_path, kind, text, rulings, left_out, reason):
    file = tmp_path / f"decisions.{kind}"
    file.write_text(text)
    joined = join(file, [results], tenant="acme", by="team")
    assert [it.ruling for it in joined.decisions] == rulings, reason
    assert len(joined.left_out) == len(left_out), joined.left_out
    for said, expected in zip(joined.left_out, left_out, strict=True):
        assert expected in said, reason


def test_the_latest_scan_counts_and_nobody_decides_namelessly(results, tmp_path):
    later = write(tmp_path / "later.parquet", [result("1", scan_id="20261122-090000-aa", score=0.9)])
    file = tmp_path / "decisions.csv"
    file.write_text("listing_id,outcome\n1,confirmed\n")
    [found] = join(file, [later, results], tenant="acme", by="ann").decisions
    assert found.basis.score == 0.9
    assert "who decided" in join(file, [results], tenant="acme", by=None).left_out[0]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("gone.csv", None, "cannot be read"),
        ("d.xlsx", "", "in .xlsx cannot be read"),
        ("d.csv", "id,outcome\n", "no column listing_id"),
    ],
)
def test_files_that_are_no_decisions(results, tmp_path, name, text, says):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=says):
        join(tmp_path / name, [results], tenant="acme", by="ann")


@pytest.fixture
def run(settings, monkeypatch):
    monkeypatch.setenv("COUNTERFOIL_HOME", str(settings.home))
    with State(settings).catalog as catalog:
        catalog.tenants.ensure("acme")

    def run(*args, code=0):
        answer = CliRunner().invoke(commands, [*map(str, args), "--tenant", "acme"])
        assert answer.exit_code == code, answer.output
        return answer

    return run


def test_the_commands(run, results, tmp_path):
    assert run("decide", results, "1", "2", "--confirm", "--by", "ann").stdout.startswith("2 new, 0 repl")
    results.unlink()
    assert "2 confirmed, 0 dismissed." in run("list").stdout, "decisions survive the scan"
    write(results, ROWS)
    file = tmp_path / "decisions.csv"
    file.write_text("listing_id,outcome\n1,dismissed\n7,confirmed\n")
    said = json.loads(run("import", file, "--results", results, "--by", "bob", "--json").stdout)
    assert (said["new"], said["replaced"], len(said["left_out"])) == (0, 1, 1)
    again = run("import", file, "--results", results, "--by", "bob")
    assert "0 new, 0 replacing an earlier decision, 1 known already." in again.stdout
    assert "1 confirmed, 1 dismissed." in run("list").stdout
    history = json.loads(run("list", "--listing", "file:1", "--json").stdout)
    assert [(it["ruling"], it["by"]) for it in history] == [("confirmed", "ann"), ("dismissed", "bob")]
    assert "Give --confirm or --dismiss" in str(run("decide", results, "1", "--by", "ann", code=1).exception)
