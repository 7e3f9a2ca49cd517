"""Drivers, workers, machines and the head are killed when chance says so: the end is as if nothing had been.

COUNTERFOIL_KILL_ROUNDS=20 is how many scans; COUNTERFOIL_KILL_SEED where to begin. A round takes some four
minutes of two idle cores, on which its clocks rest, so nobody else's tests wait for it.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.cluster.killing import COPIES, FIRST_ROUND, LISTINGS, MEASURED, PICTURES
from tests.pipelines.processes import ROOT, linux

ROUNDS = int(os.environ.get("COUNTERFOIL_KILL_ROUNDS", "0"))
SEED = int(os.environ.get("COUNTERFOIL_KILL_SEED", "0"))


@pytest.mark.ray
@linux
@pytest.mark.skipif(not ROUNDS, reason="COUNTERFOIL_KILL_ROUNDS says how many rounds, of four minutes each")
@pytest.mark.timeout(600 + 300 * ROUNDS)
def test_whatever_is_killed_nothing_is_lost_doubled_or_measured_again(tmp_path):
    words = ["-m", "tests.cluster.killing", str(tmp_path), "--rounds", str(ROUNDS), "--seed", str(SEED)]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=590 + 300 * ROUNDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    undisturbed, *rounds = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert undisturbed["tiers"]["1"] == COPIES, "the others are as the encoder without training sees them"
    assert (undisturbed["listings"], undisturbed["images"]) == (LISTINGS, PICTURES)
    assert (undisturbed["measured"], undisturbed["sightings"]) == (2 * MEASURED, MEASURED)
    assert [it["wrong"] for it in rounds] == [[]] * ROUNDS, rounds
    if SEED == 0:
        assert [kill[0] for kill in rounds[0]["kills"]] == list(FIRST_ROUND), "each kind in one scan"
