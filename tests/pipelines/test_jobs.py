"""Scans submitted to a real Ray cluster's job server, as a person or a robot does it."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from tests.conftest import settings_at
from tests.deployments.conftest import free_port
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, write_market
from tests.pipelines.processes import ROOT, descendants, linux

TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "b0" * 32}

pytestmark = [pytest.mark.ray, linux, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def home(tmp_path_factory, kit):
    folder = tmp_path_factory.mktemp("jobs")
    import_into(settings_at(folder / "home"), kit)
    return folder


@pytest.fixture(scope="module")
def address(home):
    """A cluster whose head has the state of `home`, and the commands on its path."""
    there = {
        "COUNTERFOIL_HOME": str(home / "home"),
        **TOKEN,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    gcs, dashboard, agent = free_port(), free_port(), free_port()
    head = subprocess.Popen(
        [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--num-cpus=4"),
            *(f"--port={gcs}", f"--dashboard-port={dashboard}", f"--dashboard-agent-listen-port={agent}"),
            *("--node-ip-address=127.0.0.1", "--disable-usage-stats", f"--object-store-memory={256 << 20}"),
        ],
        cwd=ROOT,
        env=os.environ | there,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{dashboard}"
        while not _answers(url):
            assert head.poll() is None, "the head ended before it had begun"
            time.sleep(0.5)
        yield url
    finally:
        family = descendants(head.pid)
        head.terminate()
        head.wait(timeout=60)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _answers(url):
    """Whether a dashboard is there; it lets in only who has Ray's token, which the client finds by itself."""
    try:
        return httpx.get(f"{url}/api/version").status_code in {200, 401}
    except httpx.TransportError:
        return False


@pytest.fixture
def run(address):
    def command(*words, **more):
        return subprocess.run(
            [sys.executable, "-m", "counterfoil", *words],
            cwd=ROOT,
            env=os.environ | TOKEN | {"COUNTERFOIL_RAY_JOBS": address} | more,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return command


def test_a_scan_is_submitted_followed_and_listed(run, home):
    source = write_market(home / "shop", [listing("copy", "copy.jpg")], {"copy.jpg": jpeg(0, quality=85)})
    scan = ("scan", "--tenant", TENANT, "--source", source, "--out", str(home / "results"))
    done = run("submit", "--id", "first", "--follow", *scan)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 for priority review" in done.stdout, "what the job prints is shown"
    assert [row["tier"] for row in pq.read_table(home / "results" / "results.parquet").to_pylist()] == [1]
    (job,) = json.loads(run("jobs", "list", "--json").stdout)
    assert (job["id"], job["status"]) == ("first", "SUCCEEDED")
    assert job["command"].startswith("counterfoil scan --tenant acme")
    again = run("submit", "--id", "first", *scan)
    assert (again.returncode, "first" in again.stderr) == (2, True), "an id is taken once"


def test_a_job_that_fails_says_why_and_so_does_its_exit(run):
    done = run("submit", "--follow", "scan", "--tenant", "nobody", "--source", "file:x.jsonl")
    assert done.returncode == 1
    assert "nobody" in done.stdout, "the job's own error"
    assert "failed" in done.stderr


def test_a_job_is_stopped(run):
    submitted = json.loads(run("submit", "--json", "schedule", "run", "--every", "600").stdout)["id"]
    assert "asked to stop" in run("jobs", "stop", submitted).stdout
    assert run("jobs", "follow", submitted).returncode == 1
    (job,) = (it for it in json.loads(run("jobs", "list", "--json").stdout) if it["id"] == submitted)
    assert job["status"] == "STOPPED"


REFUSED = [
    (("submit", "serve"), {}, "Submit one of: scan", "no work for a cluster"),
    (("jobs", "logs", "nothing-like-it"), {}, "nothing-like-it", "an unknown job"),
    (("jobs", "list"), {"RAY_AUTH_TOKEN": "a1" * 32}, "RAY_AUTH_TOKEN", "another cluster's token"),
    (
        ("jobs", "list"),
        {"COUNTERFOIL_RAY_JOBS": "http://127.0.0.1:9"},
        "no job server answers",
        "nobody there",
    ),
]


@pytest.mark.parametrize(("words", "env", "said", "reason"), REFUSED, ids=[row[3] for row in REFUSED])
def test_what_is_refused_is_one_line(run, words, env, said, reason):
    done = run(*words, **env)
    assert done.returncode != 0
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
