"""A scan may die anywhere: what is finished is kept, and the end is the same."""

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing, suppress

import pytest

from cluster.settings import Pools, Workers
from cluster.state import State
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, run_scan, write_market
from tests.pipelines.picture_server import PictureServer
from tests.pipelines.processes import ScanProcess, command, descendants, linux

pytestmark = [pytest.mark.ray, linux, pytest.mark.timeout(600)]

LISTINGS = 48
BATCH = 4


@pytest.fixture(scope="module")
def shop(tmp_path_factory, kit):
    """Settings and a source of listings whose pictures a server gives slowly: (settings, source, server)."""
    folder = tmp_path_factory.mktemp("resumed")
    settings = settings_at(
        folder / "home",
        private_addresses=True,
        embedding_days=0,  # every scan measures for itself
        pools=Pools(pictures=Workers(max_size=2, batch=BATCH)),
    )
    import_into(settings, kit)
    # Every sixth is a copy of a reference (seeds 0 to 3); small, because what matters here is when.
    seeds = {n: n // 6 % 4 if n % 6 == 0 else 1000 + n for n in range(LISTINGS)}
    pictures = {
        f"/{n}.jpg": ("image/jpeg", jpeg(seed, side=320 if seed < 4 else 200)) for n, seed in seeds.items()
    }
    with PictureServer(pictures, pause=0.1) as server:
        lines = [listing(n, f"{server.url}/{n}.jpg") for n in range(LISTINGS)]
        yield settings, write_market(folder / "shop", lines), server


def journal_says(out, sql):
    """What a query on a running scan's journal gives; nothing where there is no journal yet."""
    path = out / "work" / "journal.sqlite"
    if not path.exists():
        return []
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()
    return []


def verdicts(outcome):
    return [
        (
            row["listing_id"],
            row["tier"],
            row["score"],
            row["contributions"],
            row["abstentions"],
            row["errors"],
        )
        for row in outcome.rows
    ]


def test_a_scan_killed_twice_ends_as_one_that_was_never_killed(ray_session, shop, tmp_path):
    settings, source, server = shop
    out = tmp_path / "out"
    server.hits.clear()

    seen = "SELECT source FROM pictures WHERE seen = 1"
    ScanProcess(str(settings.home), source, str(out)).kill_once(lambda: journal_says(out, seen))
    kept = journal_says(out, seen)
    assert 0 < len(kept) < LISTINGS, "killed while pictures were being looked at"
    (scan_id,) = [known.id for known in State(settings).catalog.scans.of(TENANT)]

    measured = "SELECT DISTINCT grp FROM measured"
    second = ScanProcess(str(settings.home), source, str(out), scan_id)
    second.kill_once(lambda: journal_says(out, measured))
    assert 0 < len(journal_says(out, measured)) < LISTINGS * 5 // 6, "killed while measuring"

    resumed = run_scan(settings, source, out, resume=scan_id)
    asked = dict(server.hits)
    for (picture,) in kept:
        assert asked[picture.removeprefix(server.url)] == 1, "looked at twice"
    assert sum(asked.values()) <= LISTINGS + 6 * BATCH, "only what was under way was asked for again"

    whole = run_scan(settings, source, tmp_path / "whole")
    assert verdicts(resumed) == verdicts(whole)
    assert resumed.summary["tiers"] == whole.summary["tiers"] == {"1": 8, "2": 0, "3": 0, "4": 40}
    assert resumed.summary["model_calls"] == whole.summary["model_calls"]
    assert whole.summary["model_calls"]["geometry"] == 40


def test_a_worker_that_dies_costs_no_row(ray_session, shop, tmp_path):
    settings, source, server = shop
    server.hits.clear()
    killed = []

    def kill_a_worker():
        while not killed:
            if sum(server.hits.values()) > BATCH:  # in the midst of looking at pictures
                workers = [pid for pid in descendants(os.getpid()) if "ray::Map" in command(pid)]
                for pid in workers[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            time.sleep(0.01)

    killer = threading.Thread(target=kill_a_worker, daemon=True)
    killer.start()
    outcome = run_scan(settings, source, tmp_path / "out")
    killer.join(5)
    assert killed
    assert [row["listing_id"] for row in outcome.rows] == [str(n) for n in range(LISTINGS)]
    assert outcome.summary["tiers"] == {"1": 8, "2": 0, "3": 0, "4": 40}
    assert [row["errors"] for row in outcome.rows] == [[]] * LISTINGS


def test_a_quiet_scan_with_its_own_ray_says_nothing_and_leaves_no_process(shop, tmp_path):
    settings, source, _ = shop
    before = descendants(os.getpid())
    process = ScanProcess(str(settings.home), source, str(tmp_path / "out"))
    assert process.wait() == 0, process.said
    assert process.said == ""
    assert descendants(os.getpid()) - before == set()
