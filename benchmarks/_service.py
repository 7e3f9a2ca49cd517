"""The service on this machine as benchmarks ask it: a brand of real packages, replicas, and load."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import torch
import yaml

from benchmarks._load import Listings
from catalog.intake import import_kit
from cluster.config_file import CONFIG
from cluster.encoders import load_encoder
from cluster.inspect import inspect
from cluster.recipes import set_recipe
from cluster.settings import Limits, Settings
from cluster.state import State
from deployments.answers import Scored
from deployments.app import serving
from deployments.body import read_listing
from deployments.scorer import Scorer
from scoring.recipe import Recipe, Step
from vision.decode import decode

TENANT = "bench"
_BY_NETWORKS = frozenset({"logo", "text_in_picture", "watch_terms_in_picture"})
"""Signals that a network measures; without an encoder `appearance` abstains by itself."""
_BY_SIGHT = ("authorised_seller", "second_hand", "fingerprint", "appearance")
"""With these alone the encoder is what a request costs."""


def weights_free() -> Recipe:
    """The default recipe without what a network measures: fingerprints, geometry, words, codes, prices."""
    return _only(
        [name for step in Recipe.default().steps for name in step.signals if name not in _BY_NETWORKS]
    )


def by_sight() -> Recipe:
    """Fingerprints and appearance, and no more."""
    return _only(_BY_SIGHT)


def _only(kept: Sequence[str]) -> Recipe:
    default = Recipe.default()
    steps = tuple(
        Step(signals=signals, when=step.when)
        for step in default.steps
        if (signals := tuple(name for name in step.signals if name in kept))
    )
    return default.model_copy(
        update={
            "name": "bench",
            "steps": steps,
            "signals": {name: told for name, told in default.signals.items() if name in kept},
            "short_circuits": tuple(it for it in default.short_circuits if it.require.keys() <= set(kept)),
            "marks": tuple(it for it in default.marks if it in kept),
        }
    )


def settings_at(home: Path, **more: Any) -> Settings:  # noqa: ANN401 - settings by name
    """Settings that hold nobody back."""
    limits = Limits(requests_per_second=1e6, burst=10**6, image_similarity_daily=10**9)
    return Settings(home=home, limits=limits, **({"encoder": None} | more))


def photographs_into(folder: Path, data: Path, *, packages: int = 30) -> Path:
    """What a marketplace shows: ten photographs of other things for each one of a protected package."""
    folder.mkdir(parents=True)
    packaged = sorted((data / "grocery" / "packaged").glob("*/photos/*.jpg"))
    others = sorted((data / "grocery" / "produce").rglob("*.jpg"))
    for number in range(packages):
        shown = [
            _nth(packaged, number, packages),
            *(_nth(others, 10 * number + it, 10 * packages) for it in range(10)),
        ]
        for place, path in enumerate(shown):
            shutil.copyfile(path, folder / f"{number:03}-{place:02}.jpg")
    return folder


def _nth(paths: Sequence[Path], number: int, of: int) -> Path:
    """One of so many that are spread over all."""
    return paths[number * len(paths) // of]


def protect(settings: Settings, data: Path, work: Path, *, logos: int = 0) -> None:
    """One brand with the twenty studio pictures as its references, and some one-colour logos."""
    references = work / "kit" / "references" / "packaging"
    references.mkdir(parents=True)
    for path in sorted((data / "grocery" / "packaged").glob("*/iconic.jpg")):
        shutil.copyfile(path, references / f"{path.parent.name}.jpg")
    if logos:
        drawn = work / "kit" / "references" / "logo"
        drawn.mkdir()
        for path in sorted((data / "logo-artwork").rglob("*.svg"))[:: 600 // logos][:logos]:
            shutil.copyfile(path, drawn / path.name)
    (work / "kit" / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"}), "utf-8")
    state = State(settings)
    import_kit(state.catalog, state.blobs(TENANT), work / "kit", TENANT, inspect=inspect)


def use(settings: Settings, recipe: Recipe) -> None:
    """Judge the tenant's listings by a recipe."""
    set_recipe(State(settings), TENANT, recipe.to_yaml(), by="benchmark")


def write_sizes(path: Path, changes: dict[str, dict[str, Any]]) -> Path:
    """The shipped serve.yaml with some options of deployments changed."""
    document = yaml.safe_load(CONFIG.read_text("utf-8"))
    for options in document["applications"][0]["deployments"]:
        changed = dict(changes.get(options["name"], {}))
        if "user_config" in changed:
            changed["user_config"] = options["user_config"] | changed["user_config"]
        options.update(changed)
        if "num_replicas" in changed:
            options.pop("autoscaling_config", None)
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The service's address, once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with serving(settings, port=port) as address:
        yield address


def load(address: str, pictures: Path, **options: float) -> dict[str, Any]:
    """What a load came to; see `benchmarks._load`."""
    told = [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "benchmarks._load", f"--address={address}", f"--pictures={pictures}", *told],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


class InProcess:
    """A scorer that is called directly, in an actor of its own: it has as many CPUs as a replica."""

    def __init__(self, settings: Settings) -> None:
        self._scorer = Scorer(settings)

    async def score(self, pictures: Path, begin: int, count: int) -> list[float]:
        """Milliseconds that each of so many listings takes, one after another."""
        bodies = Listings(pictures, begin=begin)
        spent = []
        for _ in range(count):
            listing, remarks = read_listing(bodies())
            began = time.perf_counter()
            answer = await self._scorer.score(TENANT, listing, remarks)
            spent.append(1000 * (time.perf_counter() - began))
            if not isinstance(answer, Scored) or answer.errors:
                raise TypeError(f"no verdict: {answer}")
        return spent


class BareModel:
    """The encoder in a process of its own, fed in batches from memory."""

    def __init__(self, settings: Settings, pictures: Path, count: int) -> None:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        self._encoder = load_encoder(settings)
        paths = sorted(pictures.glob("*.jpg"))[:count]
        self._pictures = [decode(path.read_bytes()).pixels for path in paths]

    def rate(self, seconds: float, batch: int = 16) -> dict[str, float]:
        """Pictures a second, one core: through the network alone, and with their preparation."""
        prepared = [self._encoder.prepare(it) for it in self._pictures[:batch]]
        return {
            "network": _rate(lambda: self._encoder.embed(prepared), batch, seconds / 2),
            "prepared": _rate(self._both(batch), batch, seconds / 2),
        }

    def _both(self, batch: int) -> Any:  # noqa: ANN401 - a closure
        def both() -> None:
            self._encoder.embed([self._encoder.prepare(it) for it in self._pictures[:batch]])

        return both


def _rate(work: Any, batch: int, seconds: float) -> float:  # noqa: ANN401 - a callable
    work()
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        work()
        done += batch
    return done / (time.perf_counter() - began)
