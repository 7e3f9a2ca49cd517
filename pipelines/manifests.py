"""Schedules as RayCronJobs, for Kubernetes to begin instead of a scheduler of ours."""

import json
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from catalog.schedules import Schedule

_PATTERN = Path(__file__).parents[1] / "cluster" / "kubernetes" / "ray-cron-job.yaml"

RESULTS = "/results"
"""Where the pods mount the volume that a scan's results and its unfinished state lie on."""


def write_manifests(schedules: Iterable[Schedule], folder: Path, *, image: str) -> list[Path]:
    """One file a schedule, `TENANT-NAME.yaml`; what was there of the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for it in schedules:
        path = folder / f"{it.tenant}-{it.name}.yaml"
        path.write_text(yaml.safe_dump(ray_cron_job(it, image=image), sort_keys=False), "utf-8")
        written.append(path)
    return written


def ray_cron_job(schedule: Schedule, *, image: str) -> dict[str, Any]:
    """A schedule as a RayCronJob, on pods of the shipped kind.

    Its entrypoint asks the catalogue what is due, so a run that overlaps another, or that somebody else has
    done, ends at once, and a missed one is caught up with the next.
    """
    # Through JSON, which has no anchors: what the pattern shares is written out for each.
    manifest: dict[str, Any] = json.loads(json.dumps(yaml.safe_load(_PATTERN.read_text("utf-8"))))
    # A tenant's name may hold what an object's may not.
    name = f"counterfoil-{schedule.tenant}-{schedule.name}".lower().replace("_", "-").replace(".", "-")
    manifest["metadata"] = {"name": name}
    spec = manifest["spec"]
    spec["schedule"], spec["timeZone"] = schedule.cron, schedule.zone
    spec["jobTemplate"]["entrypoint"] = shlex.join(
        ["counterfoil", "schedule", "run", schedule.name, "--tenant", schedule.tenant, "--out", RESULTS]
    )
    for container in _containers(spec["jobTemplate"]["rayClusterSpec"]):
        container["image"] = image
    return manifest


def _containers(cluster: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        yield from group["template"]["spec"]["containers"]
