"""What is away, slow or busy: a verdict that says so, or a problem that says when to come again."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import ray

from cluster.vectors import host_name
from tests.deployments.listings import listing
from tests.pipelines.markets import jpeg
from tests.pipelines.processes import command, descendants, linux

pytestmark = pytest.mark.ray

SELDOM_SEEN = iter(range(1000, 2000))
"""Seeds of pictures that no test has sent before, so that no embedding of them is known."""


def test_appearance_is_heard_and_the_verdict_names_the_encoder(service):
    verdict = _unrelated(service)
    assert verdict["encoder"].startswith("tiny-")
    assert "appearance" in _heard(verdict)


@linux
def test_a_slow_encoder_is_not_waited_for_twice(service, until):
    with _frozen("EncoderReplica"):
        begun = time.monotonic()
        verdict = _unrelated(service)
        first = time.monotonic() - begun
        assert _silent(verdict)["appearance"] == "the encoder did not answer within 10 s"
        assert verdict["encoder"] is None
        begun = time.monotonic()
        assert "did not answer" in _silent(_unrelated(service))["appearance"]
        assert time.monotonic() - begun < first / 4
    until(lambda: "appearance" in _heard(_unrelated(service)))


def test_the_vector_index_and_then_the_encoder_killed(service, until):
    _kill("counterfoil", host_name(service.settings))  # those of other tests' folders may still be there
    told = _silent(_unrelated(service))["appearance"]
    # On a busy machine the encoder, which finds that out, may be too late for the answer.
    assert "the vector index's host is gone" in told or told.startswith("the encoder did not answer")
    _kill("serve", "EncoderReplica")
    verdict = _unrelated(service)
    assert _silent(verdict)["appearance"].startswith(("the encoder is away", "the encoder did not answer"))
    assert verdict["tier"] == 4
    assert service.score(listing(jpeg(0, quality=70)))["tier"] == 1, "a copy needs no encoder"
    not_ready = service.client.get("/readyz")
    assert not_ready.status_code in (200, 503)  # 200 once it is back
    until(lambda: "appearance" in _heard(_unrelated(service)), seconds=120)
    assert service.client.get("/readyz").status_code == 200


def test_callers_of_a_killed_scorer_wait_for_the_next(service, until):
    def ask():
        return service.client.post("/v1/score?tenant=acme", json=listing(), timeout=70).status_code

    _kill("serve", "counterfoil#Scorer")
    # Serve gives up on a request after a minute, in which a busy machine may not start a replica.
    assert {ask() for _ in range(3)} <= {200, 408}
    until(lambda: ask() == 200, seconds=120)


def test_beyond_the_queue_callers_are_told_to_come_again(alone):
    """One request at a time and one in the queue, as `alone` is configured."""
    with ThreadPoolExecutor(16) as threads:
        sent = [listing(jpeg(seed), jpeg(seed + 500)) for seed in range(700, 732)]
        answers = list(
            threads.map(lambda one: alone.client.post(alone.path, params={"tenant": "acme"}, json=one), sent)
        )
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 429}
    busy = next(answer for answer in answers if answer.status_code == 429)
    assert busy.json()["type"] == "urn:counterfoil:too-busy"
    assert busy.headers["content-type"] == "application/problem+json"
    assert busy.headers["retry-after"] == "1"
    assert "serve.yaml" in busy.json()["hint"]


def _unrelated(service):
    return service.score(listing(jpeg(next(SELDOM_SEEN))))


def _heard(verdict):
    return {it["signal"] for it in verdict["contributions"]}


def _silent(verdict):
    return {it["signal"]: it["reason"] for it in verdict["abstentions"]}


def _kill(namespace, part):
    (name,) = {
        it["name"]
        for it in ray.util.list_named_actors(all_namespaces=True)
        if it["namespace"] == namespace and part in it["name"]
    }
    ray.kill(ray.get_actor(name, namespace=namespace))


@contextmanager
def _frozen(deployment):
    """The deployment's one replica, stopped in its tracks."""
    (pid,) = [it for it in descendants(os.getpid()) if f"counterfoil:{deployment}" in command(it)]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
