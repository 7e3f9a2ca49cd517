"""kill -9 of every kind of process, and new versions, while callers go on asking: what was told stands."""

import os
import signal
import time
from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import count
from threading import Event, Thread

import httpx
import pytest
from ray import serve

from catalog.media import media_id
from catalog.vectors import collection_name, point_id
from cluster.state import State
from cluster.vectors import open_vectors
from deployments.app import application
from deployments.config import NAME, read_config
from tests.deployments.listings import data_uri, listing
from tests.pipelines.markets import import_into, jpeg
from tests.pipelines.processes import command, descendants, linux

pytestmark = [pytest.mark.ray, pytest.mark.timeout(600)]

TENANT = "killed"
CAP = 60
"""So few that it is spent before the last kill."""
SEEDS = count(5000)
KINDS = [
    ("ServeReplica:counterfoil:Scorer", "a scorer, with listings half judged and units of the cap in hand"),
    ("ServeReplica:counterfoil:EncoderReplica", "the encoder: appearance abstains meanwhile"),
    ("_EdgeHost", "the vector index, with sightings on their way to disk"),
    ("ServeReplica:counterfoil:Api", "the ingress, with callers' connections behind it"),
    ("ProxyActor", "the proxy, with every connection to the service"),
]


class Callers:
    """A few who ask all the time, each again until it is answered, and who write down what they were told."""

    def __init__(self, address, tenant, *, patient):
        self.answers = Counter()
        self.units = 0
        self.media = {}
        self.heard = []
        self._address, self._tenant = address, tenant
        self._patient = patient
        self._over = Event()
        self._threads = [
            Thread(target=self._run, args=(job,)) for job in (self._score, self._score, self._index)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=120)

    def _run(self, job):
        with httpx.Client(base_url=self._address, timeout=70, params={"tenant": self._tenant}) as client:
            while not self._over.is_set():
                job(client)

    def _asked(self, client, path, body):
        while True:
            try:
                answer = client.post(path, json=body)
                self.answers[answer.status_code] += 1
            except httpx.TransportError as error:
                self.answers[type(error).__name__] += 1
            else:
                if answer.status_code < 500 or not self._patient:
                    return answer
            if not self._patient or self._over.is_set():
                return None
            time.sleep(0.2)

    def _score(self, client):
        picture = jpeg(next(SEEDS), side=160)
        answer = self._asked(client, "/v1/score", listing(picture))
        if answer is not None and answer.status_code == 200:
            told = answer.json()
            self.units += told["units"]
            if told["encoder"]:
                self.heard.append(sha256(picture).hexdigest())

    def _index(self, client):
        picture = jpeg(next(SEEDS), side=160)
        answer = self._asked(client, "/v1/media", {"url": data_uri(picture), "name": "kept"})
        if answer is not None and answer.status_code == 200:
            (row,) = answer.json()["results"]
            self.media[row["media_id"]] = picture
        time.sleep(0.1)


@linux
def test_nothing_that_was_answered_is_lost_whoever_is_killed(service, kit, until):
    import_into(service.settings, kit, tenant=TENANT)
    state = State(service.settings)
    state.catalog.usage.set_cap(TENANT, "image_similarity", CAP, by="ada")
    with Callers(str(service.client.base_url), TENANT, patient=True) as callers:
        _progress(callers, until)
        for title, _ in KINDS:
            killed = _pids(title)
            assert killed, title
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            until(lambda title=title, killed=killed: _pids(title) - killed, seconds=90)
            _progress(callers, until)
    until(lambda: service.client.get("/readyz").status_code == 200)

    assert callers.units <= CAP
    used = {it.resource: it.units for it in state.catalog.usage.of(TENANT, since=date.min)}
    assert callers.units <= used["image_similarity"] <= CAP
    assert used["media_index"] >= len(callers.media)
    assert callers.media.keys() == state.catalog.media.get(TENANT, list(callers.media)).keys()
    for key, picture in list(callers.media.items())[:: max(1, len(callers.media) // 5)]:
        found = service.client.post(
            "/v1/media", params={"tenant": TENANT}, json={"url": data_uri(picture), "name": "again"}
        ).json()
        assert (found["results"][0]["status"], found["results"][0]["media_id"]) == ("known", key)
        assert key == media_id(TENANT, sha256(picture).hexdigest())
    assert callers.heard
    model = service.client.get("/readyz").json()["encoder"]
    ids = [point_id(TENANT, "sightings", sha256=it, model=model) for it in callers.heard]
    kept = open_vectors(service.settings).fetch(collection_name("sightings", model), ids, tenant=TENANT)
    assert {it.id for it in kept} == set(ids)


def test_new_versions_and_new_sizes_cost_nobody_an_answer(service, kit, until):
    import_into(service.settings, kit, tenant="renewed")
    sizes = dict(read_config(service.settings.config).sizes)
    wider = sizes | {
        "Scorer": sizes["Scorer"] | {"user_config": sizes["Scorer"]["user_config"] | {"pictures": 9}}
    }
    newer = service.settings.model_copy(update={"neighbours": 4})
    with Callers(str(service.client.base_url), "renewed", patient=False) as callers:
        _progress(callers, until)
        for settings, changed in ((newer, wider), (service.settings, sizes)):
            serve.run(application(settings, changed, open_access=True), name=NAME, route_prefix="/")
            _progress(callers, until)
    assert callers.answers.keys() == {200}, callers.answers


def _progress(callers, until):
    """Wait until somebody was answered since."""
    there = callers.answers[200] + callers.answers[429]
    until(lambda: callers.answers[200] + callers.answers[429] > there + 5, seconds=120)


def _pids(title):
    return {pid for pid in descendants(os.getpid()) if title in command(pid)}
