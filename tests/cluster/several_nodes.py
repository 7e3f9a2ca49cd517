"""A cluster of three nodes, with GPUs that are only numbers.

python -m tests.cluster.several_nodes HOME SOURCE OUT FILE… takes each serve.yaml in turn: it scans, deploys
the endpoint again, and prints what both took of the GPUs, as a line of JSON. Only the files differ.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import ray
import yaml
from ray import serve
from ray.cluster_utils import Cluster
from ray.serve.schema import ServeDeploySchema

from cluster.settings import Settings
from deployments.app import application
from deployments.config import NAME, read_config
from tests.pipelines.markets import run_scan


def main(home: str, source: str, out: str, files: list[str]) -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 6, "object_store_memory": 128 << 20})
    for _ in range(2):
        cluster.add_node(num_cpus=2, num_gpus=2, object_store_memory=128 << 20)
    try:
        ray.init(address=cluster.address, log_to_driver=False)
        for number, file in enumerate(files):
            settings = Settings.load(
                home=Path(home), config=Path(file), encoder=str(Path(home) / "tiny"), encoder_device="cpu"
            )
            settings = settings.model_copy(update={"ray_address": cluster.address})
            most, embedded = bulk(settings, source, Path(out) / str(number))
            replicas, held = online(settings)
            line = {"bulk_gpus": most, "embedded": embedded, "replicas": replicas, "online_gpus": held}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    finally:
        ray.shutdown()
        cluster.shutdown()


def bulk(settings: Settings, source: str, out: Path) -> tuple[float, int]:
    """The most GPUs that a scan's pool held at one time, and how many pictures it embedded."""
    before, held, over = _held(), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            held.append(round(_held() - before, 3))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        outcome = run_scan(settings, source, out)
    finally:
        over.set()
        watcher.join()
    _wait_until_held(before)
    return max(held), outcome.summary["model_calls"].get("appearance", 0)


def online(settings: Settings) -> tuple[int, float]:
    """The encoder's replicas once the file is deployed, and the GPUs they hold."""
    ServeDeploySchema.model_validate(yaml.safe_load(settings.config.read_text("utf-8")))
    serve.run(application(settings, read_config(settings.config).sizes), name=NAME, route_prefix="/")
    encoder = serve.status().applications[NAME].deployments["EncoderReplica"]
    running = encoder.replica_states["RUNNING"]
    time.sleep(1.0)  # a replica that stopped gives its share back a moment later
    return running, round(_held(), 3)


def _wait_until_held(gpus: float) -> None:
    """A pool's workers give their shares back a moment after their scan has ended."""
    deadline = time.monotonic() + 60
    while _held() > gpus + 0.001:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{_held()} GPUs are held a minute after a scan, {gpus} were before")
        time.sleep(0.1)


def _held() -> float:
    there, free = ray.cluster_resources(), ray.available_resources()
    return there.get("GPU", 0.0) - free.get("GPU", 0.0)


if __name__ == "__main__":
    main(*sys.argv[1:4], sys.argv[4:])
