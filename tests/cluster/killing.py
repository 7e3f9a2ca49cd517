"""Scans of one market on a cluster of three nodes, while drivers, workers, nodes and the head are killed.

python -m tests.cluster.killing FOLDER [--rounds 1] [--seed 0]: each round is a scan that loses what chance
says at moments that chance says, is resumed each time, and must end as the scan that nobody disturbed.
One line of JSON a round. Every process it ends is one that it started.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from cluster.settings import Pool, Pools, Settings, Workers
from cluster.state import State
from cluster.vectors import open_vectors
from pipelines.beginning import journal_in
from tests.conftest import settings_at
from tests.pipelines.markets import (
    TENANT,
    import_into,
    jpeg,
    listing,
    measure_little,
    run_scan,
    write_kit,
    write_market,
)
from tests.pipelines.picture_server import PictureServer
from tests.pipelines.processes import ROOT, command, descendants
from tests.vision.tiny_checkpoint import write_tiny_checkpoint

LISTINGS, COPIES, TWICE = 40, 6, 6
"""All; how many of them show a copy of a reference; how many show another listing's picture once more."""
PICTURES = LISTINGS - TWICE
MEASURED = PICTURES - COPIES
STEPS = PICTURES + 2 * MEASURED + LISTINGS
"""What is kept one by one: looks, geometry and appearance of what no fingerprint settles, verdicts."""
KINDS = ("driver", "worker", "node", "raylet", "head")
"""`node` is a machine that is gone with everything on it, `raylet` the process that its workers answer to."""
FIRST_ROUND = ("worker", "node", "driver", "head")
PATIENCE = 300.0
"""Seconds after which a run that has not ended is taken to hang: they take 10 to 20 on two idle cores."""


def settings_for(home: Path, address: str | None = None) -> Settings:
    """Small blocks, and an encoder that needs half of a GPU that is only a number."""
    return settings_at(
        home,
        private_addresses=True,
        encoder=str(home / "tiny"),
        encoder_device="cpu",
        ray_address=address,
        pools=Pools(
            pictures=Workers(max_size=2, batch=2), encoder=Pool(max_size=2, cpus=0, gpus=0.5, batch=2)
        ),
    )


def prepare(home: Path) -> None:
    """A tenant with four references, and the recipe's cheap steps with geometry and appearance."""
    settings = settings_for(home)
    write_tiny_checkpoint(home / "tiny")
    kit = write_kit(home / "kit", {f"{seed}.jpg": jpeg(seed, quality=95) for seed in range(4)})
    import_into(settings, kit)
    measure_little(settings)


def scan(home: str, source: str, out: str, address: str, resume: str | None = None) -> None:
    """The driver: what a person starts, loses, and starts again. Prints how many sightings there are."""
    settings = settings_for(Path(home), address)
    outcome = run_scan(settings, source, Path(out), resume=resume)
    ray.init(address=address, log_to_driver=False)
    vectors = open_vectors(settings)
    (model,) = [name for name in vectors.collections() if name.startswith("sightings")]
    line = {"sightings": vectors.count(model, tenant=TENANT), "summary": outcome.summary}
    sys.stdout.write(json.dumps(line) + "\n")


def result(out: Path, said: str) -> dict:
    """What must be the same, however often it was interrupted."""
    import pyarrow.parquet as pq

    last = json.loads(said.splitlines()[-1])
    summary = last["summary"]
    same = ("listings", "images", "unique_images", "tiers", "failures", "image_similarity")
    return {
        "rows": pq.read_table(out / "results.parquet").drop_columns(["scan_id"]).to_pylist(),
        "sightings": last["sightings"],
        "measured": sum(summary["model_calls"].values()) + summary["cache_hits"],
        **{name: summary[name] for name in same},
    }


@dataclass
class Machines:
    """A cluster whose parts may be killed, and are there again for the next run."""

    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        few = {"object_store_memory": 80 << 20}
        self.cluster = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False} | few
        )
        for _ in range(2):
            self.cluster.add_node(num_cpus=1, num_gpus=1, **few)

    def stop(self) -> None:
        for node in self.cluster.list_all_nodes():
            node.kill_all_processes(check_alive=False, allow_graceful=False, wait=True)

    def kill(self, kind: str, chance: random.Random, driver: int) -> bool:
        """Kill one of its kind; False where there is none just now."""
        if kind == "driver":
            return _killed(driver)
        if kind == "worker":
            workers = sorted(
                pid for pid in descendants(os.getpid()) if command(pid).startswith("ray::") and pid != driver
            )
            return bool(workers) and _killed(chance.choice(workers))
        if kind == "head":
            node = self.cluster.head_node
            return all([_killed(_pid(node, "gcs_server")), _killed(_pid(node, "raylet"))])
        node = chance.choice(sorted(self.cluster.worker_nodes, key=lambda it: it.node_id))
        raylet = _pid(node, "raylet")
        family = descendants(raylet) if kind == "node" else set()
        killed = _killed(raylet)
        for pid in family:
            _killed(pid)
        return killed

    def mend(self, kind: str) -> None:
        """Put another machine in the place of one that was killed."""
        if kind == "head":
            self.stop()
            self.start()
        elif kind in {"node", "raylet"}:
            for node in list(self.cluster.worker_nodes):
                if not node.live_processes() or all(name != "raylet" for name, _ in node.live_processes()):
                    self.cluster.remove_node(node, allow_graceful=False)
                    self.cluster.add_node(num_cpus=1, num_gpus=1, object_store_memory=80 << 20)


def _pid(node, kind: str) -> int:
    return node.all_processes[kind][0].process.pid


def _killed(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def journal_says(out: Path, sql: str) -> list:
    """What a query on a running scan's journal gives; nothing where there is no journal yet, or any more."""
    file = f"file:{journal_in(out)}?mode=ro"
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file, uri=True)) as database:
        return database.execute(sql).fetchall()
    return []


def steps(out: Path) -> int:
    """How many steps the journal of a running scan holds."""
    tables = ("pictures WHERE seen = 1", "measured", "listings WHERE verdict IS NOT NULL")
    return sum(row[0] for table in tables for row in journal_says(out, f"SELECT COUNT(*) FROM {table}"))  # noqa: S608


def looked_at(out: Path) -> set[str]:
    """The addresses of pictures that the journal holds the looks of."""
    return {source for (source,) in journal_says(out, "SELECT source FROM pictures WHERE seen = 1")}


def started(home: Path, source: str, out: Path, machines: Machines) -> subprocess.Popen:
    """A driver: a new scan where the folder holds none that could be gone on with."""
    known = [it.id for it in State(settings_for(home)).catalog.scans.of(TENANT)]
    there = journal_in(out).exists() or (out / "results.parquet").exists()
    words = [str(home), source, str(out), machines.cluster.address, *(known[:1] if there else [])]
    return subprocess.Popen(  # our own module
        [sys.executable, "-m", "tests.cluster.killing", "scan", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass
class Market:
    """What is scanned, and how an undisturbed scan of it ends."""

    home: Path
    source: str
    server: PictureServer
    expected: dict = field(default_factory=dict)


@dataclass
class Round:
    """One scan that loses things, and is resumed until it ends."""

    machines: Machines
    market: Market
    folder: Path
    chance: random.Random
    plan: list[tuple[str, int | float]]
    """What to kill, and at which step or after how many seconds of a run."""
    kills: list = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)
    """By address, how often it had been asked for when the journal first held its look after a run died."""

    def run(self) -> dict:
        """What was killed, and what of the end is not as it should be."""
        home, out = self.folder / "home", self.folder / "out"
        shutil.copytree(self.market.home, home)
        for _ in range(len(self.plan) + 3):
            process = started(home, self.market.source, out, self.machines)
            ended_by = self._disturb(process, out)
            said, _ = process.communicate(timeout=PATIENCE)
            if process.returncode == 0:
                break
            if ended_by is None:  # what was killed took the driver along, or it gave up
                self.kills.append(["gave up", steps(out), said[-300:]])
            if ended_by == "head":
                self.machines.mend("head")
            for source in looked_at(out):
                self.kept.setdefault(source, self._asked(source))
        else:
            raise AssertionError(f"never ended: {self.kills}")
        found = result(out, said)
        wrong = [name for name, value in found.items() if value != self.market.expected[name]]
        again = [source for source, times in self.kept.items() if self._asked(source) != times]
        return {"kills": self.kills, "wrong": wrong + [f"asked again: {source}" for source in again]}

    def _asked(self, source: str) -> int:
        return self.market.server.hits[source.removeprefix(self.market.server.url)]

    def _disturb(self, process: subprocess.Popen, out: Path) -> str | None:
        """Kill what is due while a run lasts; the kind of what ended it, None where it was none of these."""
        since = time.monotonic()
        while process.poll() is None:
            assert time.monotonic() - since < PATIENCE, f"{self.folder} hangs after {self.kills}"
            time.sleep(0.02)
            if not self.plan:
                continue
            kind, moment = self.plan[0]
            done, spent = steps(out), time.monotonic() - since
            if (done if isinstance(moment, int) else spent) < moment:
                continue
            if not self.machines.kill(kind, self.chance, process.pid):
                continue  # there is no worker just now
            self.plan.pop(0)
            self.kills.append([kind, done, round(spent, 1)])
            if kind in {"driver", "head"}:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20.0)
                if process.poll() is None:
                    self.kills[-1].append("its driver lived on")
                    process.kill()
                return kind
            self.machines.mend(kind)
        return None


def planned(chance: random.Random) -> list[tuple[str, int | float]]:
    """Two to four kills: most at a step, some by the clock."""
    kinds = [chance.choice(KINDS) for _ in range(chance.randint(2, 4))]
    at = sorted(chance.randint(0, STEPS) for _ in kinds)
    return [
        (kind, chance.uniform(0.0, 8.0) if chance.random() < 0.2 else step)
        for kind, step in zip(kinds, at, strict=True)
    ]


def tell(what: dict, begun: float) -> None:
    """One line of JSON, and when."""
    sys.stdout.write(json.dumps(what | {"seconds": round(time.monotonic() - begun, 1)}) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no round after so many")
    asked = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    folder, begun = asked.folder, time.monotonic()
    prepare(folder / "home")
    seeds = [n % 4 if n < COPIES else 1000 + n for n in range(PICTURES)]
    served = {
        f"/{n}.jpg": ("image/jpeg", jpeg(seed, side=320 if n < COPIES else 200))
        for n, seed in enumerate(seeds)
    }
    machines = Machines()
    try:
        with PictureServer(served, pause=0.05) as server:
            shown = [n if n < PICTURES else n - TWICE for n in range(LISTINGS)]
            lines = [listing(n, f"{server.url}/{picture}.jpg") for n, picture in enumerate(shown)]
            market = Market(folder / "home", write_market(folder / "shop", lines), server)
            shutil.copytree(market.home, folder / "undisturbed")
            process = started(folder / "undisturbed", market.source, folder / "whole", machines)
            said, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, said[-3000:]
            market.expected = result(folder / "whole", said)
            tell({name: value for name, value in market.expected.items() if name != "rows"}, begun)
            for number in range(asked.seed, asked.seed + asked.rounds):
                if time.monotonic() - begun > asked.seconds:
                    break
                chance = random.Random(number)  # noqa: S311 - moments, not secrets
                plan = planned(chance)
                if number == 0:
                    at = sorted(chance.randint(1, STEPS) for _ in FIRST_ROUND)
                    plan = list(zip(FIRST_ROUND, at, strict=True))
                told = Round(machines, market, folder / f"round {number}", chance, plan).run()
                tell({"round": number} | told, begun)
                shutil.rmtree(folder / f"round {number}")
    finally:
        machines.stop()


if __name__ == "__main__":
    if sys.argv[1] == "scan":
        scan(*sys.argv[2:])
    else:
        main()
