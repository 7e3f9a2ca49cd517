"""serve.yaml, and `counterfoil serve` from a person's point of view."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml
from ray.serve.schema import ServeDeploySchema

from cluster.settings import Settings
from deployments.app import application, build, serving
from deployments.config import CONFIG, DEPLOYED, NAME, read_config
from deployments.encoder import EncoderOptions
from deployments.scorer import ScorerOptions
from scoring.errors import EncoderError, SettingsError
from tests.conftest import settings_at
from tests.deployments.conftest import free_port
from tests.deployments.listings import listing
from tests.pipelines.markets import import_into, jpeg
from tests.pipelines.processes import descendants, linux

ROOT = Path(__file__).parents[2]


def test_the_file_at_the_top_is_the_one_that_ships():
    assert (ROOT / "serve.yaml").resolve() == CONFIG.resolve()


def test_serve_takes_the_file_and_it_names_what_is_deployed():
    config = ServeDeploySchema.model_validate(yaml.safe_load(CONFIG.read_text("utf-8")))
    (app,) = config.applications
    assert app.import_path == f"{build.__module__}:{build.__name__}"
    assert tuple(it.name for it in app.deployments) == DEPLOYED
    assert read_config().request_seconds == 60
    for sizes in read_config().sizes.values():
        assert sizes["max_ongoing_requests"] > 5, "Serve's default is too few"
        assert 0 < sizes["max_queued_requests"] < 1000, "an endless queue answers too late"


def test_what_user_config_says_is_what_the_options_default_to():
    sizes = read_config().sizes
    assert ScorerOptions.model_validate(sizes["Scorer"]["user_config"]) == ScorerOptions()
    assert EncoderOptions.model_validate(sizes["EncoderReplica"]["user_config"]) == EncoderOptions()


def test_without_an_encoder_none_is_deployed(tmp_path):
    assert _deployed(application(settings_at(tmp_path))) == ["Scorer", "Api"]
    with_one = settings_at(tmp_path, encoder="ViT-B-32/laion2b_s34b_b79k")
    assert _deployed(application(with_one)) == list(reversed(DEPLOYED))


def test_args_in_serve_yaml_are_settings(tmp_path):
    assert "EncoderReplica" in _deployed(build({"home": str(tmp_path), "encoder": "ViT-B-32/openai"}))
    with pytest.raises(SettingsError, match="ENCODR"):
        build({"encodr": "misspelt"})


BAD_CONFIGS = [
    ("applications: [", "is no Serve config", "not YAML"),
    ("applications: []", "has no application 'counterfoil'", "nothing in it"),
    ("applications: [{name: other, import_path: a.b:c}]", "has no application 'counterfoil'", "another's"),
    (
        "applications: [{name: counterfoil, import_path: 'a.b:c', deployments: [{name: Api, replicas: 3}]}]",
        "names 'replicas', which is not known",
        "a misspelt option",
    ),
    (
        "applications: [{name: counterfoil, import_path: 'a.b:c', deployments: [{name: Scorrer}]}]",
        "names 'Scorrer', which is not known. Known: Api, Scorer",
        "a misspelt deployment",
    ),
]


@pytest.mark.parametrize(("text", "said", "reason"), BAD_CONFIGS, ids=[row[2] for row in BAD_CONFIGS])
def test_a_config_that_serve_would_not_take(tmp_path, text, said, reason):
    (tmp_path / "serve.yaml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=said):
        read_config(tmp_path / "serve.yaml")


def test_a_config_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read_config(tmp_path / "serve.yaml")


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path):
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(SettingsError, match=f"port {port} of 127.0.0.1"),
        serving(settings_at(tmp_path / "home"), port=port),
    ):
        pass


def test_an_encoder_that_is_not_there_is_told_before_anything_starts(tmp_path):
    settings = settings_at(tmp_path / "home", encoder=str(tmp_path / "nowhere"))
    with pytest.raises(EncoderError, match="nowhere"), serving(settings, port=free_port()):
        pass


# A shell starts what it puts in the background deaf to Ctrl-C, and children inherit that.
INTERRUPTIBLE = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('counterfoil', run_name='__main__', alter_sys=True)"
)


@linux
@pytest.mark.ray
def test_counterfoil_serve_answers_until_interrupted(tmp_path, kit):
    import_into(Settings(home=tmp_path / "home"), kit)
    port = free_port()
    process = subprocess.Popen(  # our own interpreter and module
        [sys.executable, "-c", INTERRUPTIBLE, "serve", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"COUNTERFOIL_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said = process.stdout.readline()
        assert re.search(rf"http://127\.0\.0\.1:{port} ", said), said or process.communicate()
        family = descendants(process.pid)
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/score", json=listing(jpeg(0)), timeout=60)
        assert answer.json()["tier"] == 1
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process in the foreground
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, err) == (0, "Stopping …\n")
    assert out == (
        "No API key was made: it answers everybody on this machine, and nobody else. "
        "counterfoil key create makes one.\n"
    )
    ends_at = time.monotonic() + 20
    while left := {pid for pid in family if Path(f"/proc/{pid}/stat").exists()}:
        assert time.monotonic() < ends_at, left
        time.sleep(0.2)


def _deployed(app) -> list[str]:
    """Names of an application's deployments, from the innermost."""
    from ray.serve._private.build_app import build_app

    return [it.name for it in build_app(app, name=NAME).deployments]
