"""serve.yaml is the one place for sizes: nothing but the file changes, and pools and replicas follow."""

import json
import os
import subprocess
import sys

import pytest
import yaml

from cluster.config_file import CONFIG
from cluster.settings import Settings
from scoring.errors import SettingsError
from tests.conftest import settings_at
from tests.pipelines.markets import import_into, jpeg, listing, write_kit, write_market
from tests.pipelines.processes import ROOT, linux
from tests.vision.tiny_checkpoint import write_tiny_checkpoint

LISTINGS = 12


def write_config(path, *, encoder=None, replicas=1, gpus=0.25, **args):
    """The shipped serve.yaml with other numbers."""
    document = yaml.safe_load(CONFIG.read_text("utf-8"))
    (app,) = document["applications"]
    app["args"]["pools"]["pictures"]["batch"] = 2
    app["args"]["pools"]["encoder"].update(encoder or {})
    app["args"].update(args)
    for options in app["deployments"]:
        options["ray_actor_options"] = {"num_cpus": 0.1}
        options.pop("autoscaling_config", None)
        if options["name"] == "EncoderReplica":
            options["num_replicas"] = replicas
            options["ray_actor_options"]["num_gpus"] = gpus
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def test_pools_are_read_from_the_file_and_the_environment_says_more(tmp_path, monkeypatch):
    file = write_config(tmp_path / "serve.yaml", encoder={"gpus": 0.5, "max_size": 3})
    assert Settings.load(config=file).pools.encoder.gpus == 0.5
    monkeypatch.setenv("COUNTERFOIL_CONFIG", str(file))
    monkeypatch.setenv("COUNTERFOIL_POOLS__ENCODER__MAX_SIZE", "5")
    pools = Settings.load().pools
    assert (pools.encoder.gpus, pools.encoder.max_size, pools.pictures.batch) == (0.5, 5, 2)


def test_the_shipped_file_says_what_the_settings_default_to():
    from cluster.settings import Pools

    assert Settings.load().pools == Pools()


BAD = [
    ({"pools": {"encoder": {"max_szie": 3}}}, "POOLS__ENCODER__MAX_SZIE", "a misspelt number"),
    ({"pools": {"encoder": {"gpus": "half"}}}, "POOLS__ENCODER__GPUS", "a number in words"),
    ({"encodr": "builtin"}, "ENCODR", "a misspelt setting"),
]


@pytest.mark.parametrize(("args", "said", "reason"), BAD, ids=[row[2] for row in BAD])
def test_what_the_file_says_wrongly_is_named(tmp_path, args, said, reason):
    with pytest.raises(SettingsError, match=said):
        Settings.load(config=write_config(tmp_path / "serve.yaml", **args))


def test_a_file_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERFOIL_CONFIG", str(tmp_path / "none.yaml"))
    with pytest.raises(SettingsError, match=r"none\.yaml cannot be read"):
        Settings.load()


@pytest.mark.ray
@linux
@pytest.mark.timeout(900)
def test_pools_and_replicas_follow_the_file_on_several_nodes(tmp_path):
    home = tmp_path / "home"
    kit = write_kit(tmp_path / "kit", {"0.jpg": jpeg(0)})
    import_into(settings_at(home), kit)
    write_tiny_checkpoint(home / "tiny")
    pictures = {f"{n}.jpg": jpeg(100 + n, side=160) for n in range(LISTINGS)}
    source = write_market(tmp_path / "shop", [listing(n, f"{n}.jpg") for n in range(LISTINGS)], pictures)
    files = [
        write_config(tmp_path / "small.yaml", encoder={"gpus": 0.5, "min_size": 1, "max_size": 1, "cpus": 0}),
        write_config(
            tmp_path / "large.yaml",
            encoder={"gpus": 0.5, "min_size": 4, "max_size": 4, "cpus": 0},
            replicas=3,
        ),
        write_config(tmp_path / "again.yaml", encoder={"gpus": 0.5, "min_size": 1, "max_size": 1, "cpus": 0}),
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.cluster.several_nodes",
            *map(str, (home, source, tmp_path / "out", *files)),
        ],
        cwd=ROOT,
        env=os.environ | {"COUNTERFOIL_EMBEDDING_DAYS": "0"},
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    turns = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [turn["embedded"] for turn in turns] == [LISTINGS] * 3
    # The pool's workers take half a GPU each: one, four, one. What tried the encoder before them, or the pool
    # of the round before, may not have given its own back yet when they begin.
    small, large, again = (turn["bulk_gpus"] for turn in turns)
    assert 0.5 <= min(small, again) <= max(small, again) <= 1.0
    assert 2.0 <= large <= 4.0
    assert [turn["replicas"] for turn in turns] == [1, 3, 1]
    assert [turn["online_gpus"] for turn in turns] == [0.25, 0.75, 0.25]
