"""Sessions: joined where there is one, refused in words where there is none."""

import os
import subprocess
import sys
import time

import pytest
from ray._private.utils import publish_error_to_driver
from ray._private.worker import global_worker

from cluster.session import _hushed, cluster_cpus, cores, session
from cluster.settings import Settings
from scoring.errors import SettingsError


@pytest.mark.ray
def test_a_session_within_one_joins_it_and_leaves_it_running(ray_session, settings):
    import ray

    with session(settings):
        assert ray.is_initialized()
    assert ray.is_initialized()
    assert 1 <= cluster_cpus() <= max(8, cores())


@pytest.mark.ray
def test_what_ray_says_by_itself_is_not_among_results(ray_session, capsys):
    """A command's results are on standard output, which others read."""
    warning = "42 PYTHON worker processes have been started"
    publish_error_to_driver("test", warning, gcs_client=global_worker.gcs_client)
    results = warnings = ""
    ends_at = time.monotonic() + 60
    while warning not in results + warnings and time.monotonic() < ends_at:
        time.sleep(0.1)
        said = capsys.readouterr()
        results, warnings = results + said.out, warnings + said.err
    assert warning in warnings
    assert warning not in results


def test_a_cluster_that_is_not_there_is_named_at_once():
    """In a process of its own: this one has a session."""
    script = (
        "from cluster.session import session; from cluster.settings import Settings\n"
        "from scoring.errors import SettingsError\n"
        "try:\n with session(Settings(ray_address='127.0.0.1:1')): pass\n"
        "except SettingsError as error: print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,  # alone it takes 3 s, most of them imports
    )
    assert "no Ray cluster answers at 127.0.0.1:1" in told.stdout, told.stderr
    assert "unset COUNTERFOIL_RAY_ADDRESS" in told.stdout


def test_what_starting_writes_past_python_is_dropped_and_errors_are_not(capfd):
    def fail():
        with _hushed():
            os.write(2, b"noise")
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


WRONG = [
    ({"near_duplicate_bits": 9}, "COUNTERFOIL_NEAR_DUPLICATE_BITS", "more bits than bands can find"),
    ({"encoder_precision": "fp8"}, "COUNTERFOIL_ENCODER_PRECISION", "a precision nobody has"),
    (
        {"pools": {"encoder": {"batch": 0}}},
        "COUNTERFOIL_POOLS__ENCODER__BATCH",
        "a nested field, by its name",
    ),
    ({"hme": "x"}, "COUNTERFOIL_HME", "a misspelt one"),
]


@pytest.mark.parametrize(("values", "name", "reason"), WRONG, ids=[reason for *_, reason in WRONG])
def test_a_setting_that_cannot_be_used_is_named_as_its_variable(values, name, reason):
    with pytest.raises(SettingsError, match=name):
        Settings.load(**values)


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("COUNTERFOIL_POOLS__ENCODER__GPUS", "0.25")
    assert Settings.load().pools.encoder.gpus == 0.25
