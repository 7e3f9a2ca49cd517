"""The real service on the loopback address, started once: Ray, Serve, HTTP and a tiny encoder."""

import socket
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from ray import serve

from cluster.settings import Settings
from deployments.app import application, serving
from deployments.config import CONFIG
from tests.conftest import settings_at
from tests.pipelines.markets import import_into, jpeg, write_kit
from tests.vision.tiny_checkpoint import write_tiny_checkpoint

RIGHTS = [{"platform": "shop", "seller_id": "official"}]


@dataclass(frozen=True)
class Service:
    """A service that runs, and what it runs on."""

    settings: Settings
    client: httpx.Client

    def score(self, listing, *, tenant="acme", status=200):
        """The answer to one listing, whose status is as expected."""
        answer = self.client.post("/v1/score", params={"tenant": tenant}, json=listing)
        assert answer.status_code == status, answer.text
        return answer.json()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def write_sizes(path: Path, **changes) -> Path:
    """The shipped serve.yaml with replicas that share two cores: tests run beside bulk scans."""
    document = yaml.safe_load(CONFIG.read_text("utf-8"))
    for options in document["applications"][0]["deployments"]:
        options["ray_actor_options"] = {"num_cpus": 0.1}
        options.get("user_config", {}).update(
            {name: value for name, value in changes.items() if name in options.get("user_config", {})}
        )
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


@pytest.fixture(scope="session")
def kit(tmp_path_factory):
    """Four packages and one authorised seller."""
    pictures = {f"{seed}.jpg": jpeg(seed, quality=95) for seed in range(4)}
    return write_kit(tmp_path_factory.mktemp("brand") / "kit", pictures, authorised_sellers=RIGHTS)


@pytest.fixture(scope="session")
def service(ray_session, tmp_path_factory, kit):
    folder = tmp_path_factory.mktemp("service")
    encoder = write_tiny_checkpoint(folder / "tiny")
    config = write_sizes(
        folder / "serve.yaml", check_seconds=0.2, encoder_seconds=10.0, fetch_seconds=4.0, pictures=8
    )
    settings = settings_at(folder / "home", config=config, private_addresses=True, encoder=str(encoder))
    import_into(settings, kit)
    with (
        serving(settings, port=free_port()) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield Service(settings, client)


@pytest.fixture
def until():
    """Wait for something to become true; a test fails where it does not within a minute."""

    def wait(condition, *, seconds=60.0):
        ends_at = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < ends_at, f"not within {seconds} s"
            time.sleep(0.2)

    return wait


@dataclass(frozen=True)
class Alone:
    """A second application beside the first, under its own path."""

    settings: Settings
    client: httpx.Client
    path = "/alone/v1/score"
    ready = "/alone/readyz"

    def score(self, listing, **options):
        answer = self.client.post(self.path, json=listing, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def alone(service, tmp_path_factory, kit):
    """One tenant and no encoder; one request at a time, and one more in the queue."""
    settings = settings_at(tmp_path_factory.mktemp("alone") / "home")
    import_into(settings, kit)
    small = {"num_replicas": 1, "ray_actor_options": {"num_cpus": 0.1}}
    sizes = {
        "Api": small | {"max_ongoing_requests": 32},
        "Scorer": small | {"max_ongoing_requests": 1, "max_queued_requests": 1},
    }
    serve.run(application(settings, sizes, open_access=True), name="alone", route_prefix="/alone")
    return Alone(settings, service.client)
