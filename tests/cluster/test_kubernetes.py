"""The manifests are what KubeRay and Kubernetes accept, by their published schemas."""

import json
import re
import shutil
import subprocess
from copy import deepcopy
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from catalog.schedules import Schedule, Task
from cluster.session import SERVES
from pipelines.manifests import ray_cron_job

FOLDER = Path(__file__).parents[2] / "cluster" / "kubernetes"
SCHEMA = json.loads((Path(__file__).parent / "kubernetes" / "kuberay-1.7.0.json").read_text("utf-8"))
ALONE = ("ray-job.yaml", "ray-cron-job.yaml")
"""Not part of the kustomization: applied one by one."""
KUBERNETES = "1.34"

NIGHTLY = Schedule(
    tenant="Acme_1",
    name="nightly",
    cron="30 2 * * 1",
    zone="Europe/Berlin",
    task=Task(sources=("ebay:bags",)),
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
    created_by="ada",
    settled_until=datetime(2026, 11, 1, tzinfo=UTC),
    unfinished=None,
    runner=None,
    beat_at=None,
)


@pytest.fixture(scope="module")
def rendered():
    """What `kubectl apply` is given."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl, which renders the manifests, is not installed")
    words = [kubectl, "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(FOLDER)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))


def check(manifest):
    """Raise where a manifest has what its kind does not."""
    if manifest["apiVersion"] != "ray.io/v1":
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        return
    schema = SCHEMA["kinds"][manifest["kind"]] | {"$defs": SCHEMA["$defs"]}
    Draft202012Validator(schema).validate(manifest)
    for pod in pods(manifest):
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "it"}, "spec": pod},
            KUBERNETES,
            strict=True,
        )


def pods(part):
    """Every pod within a manifest."""
    if isinstance(part, dict):
        if "containers" in part:
            yield part
        else:
            for value in part.values():
                yield from pods(value)
    elif isinstance(part, list):
        for value in part:
            yield from pods(value)


def from_file(name):
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


def test_everything_that_is_applied_is_valid(rendered):
    kinds = [it["kind"] for it in rendered]
    assert {"RayService", "RayCluster", "Job", "PodDisruptionBudget", "NetworkPolicy"} <= set(kinds)
    for manifest in rendered:
        check(manifest)
        assert manifest["metadata"]["namespace"] == "counterfoil"


@pytest.mark.parametrize("name", ALONE)
def test_what_is_applied_by_itself_is_valid(name):
    manifest = from_file(name)
    check({**manifest, "metadata": {"name": "it"}})
    assert {it["rayVersion"] for it in clusters(manifest)} == {version("ray")}


def clusters(part):
    if isinstance(part, dict):
        if "headGroupSpec" in part:
            yield part
        for value in part.values():
            yield from clusters(value)


MISTAKES = [
    (
        ("spec", "headGroupSpec", "template", "spec", "containers", 0, "imagee"),
        "x",
        "a misspelt word in a pod",
    ),
    (("spec", "workerGroupSpecs", 1, "maxReplica"), 4, "a misspelt word in a group"),
    (("spec", "workerGroupSpecs", 1, "maxReplicas"), "four", "a number in words"),
    (("spec", "enableInTreeAutoscaling"), "yes please", "no truth value"),
]


@pytest.mark.parametrize(("path", "value", "reason"), MISTAKES, ids=[row[2] for row in MISTAKES])
def test_mistakes_are_seen(path, value, reason):
    manifest = deepcopy(from_file("ray-cluster.yaml"))
    check(manifest)
    place = manifest
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(Exception, match=r"imagee|maxReplica|four|yes please"):
        check(manifest)


def test_the_endpoint_takes_serve_yaml_whole(rendered):
    (service,) = (it for it in rendered if it["kind"] == "RayService")
    (sizes,) = (it for it in rendered if it["kind"] == "ConfigMap")
    written = (FOLDER.parents[1] / "serve.yaml").read_text("utf-8")
    assert service["spec"]["serveConfigV2"] == sizes["data"]["serve.yaml"] == written


def test_pods_name_what_there_is(rendered):
    there = {(it["kind"], it["metadata"]["name"]) for it in rendered}
    for manifest in [*rendered, *(from_file(name) for name in ALONE)]:
        for pod in pods(manifest):
            for volume in pod.get("volumes", ()):
                if "configMap" in volume:
                    assert ("ConfigMap", volume["configMap"]["name"]) in there
                else:
                    assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in there
            for container in pod["containers"]:
                assert [it["secretRef"]["name"] for it in container["envFrom"]] == ["counterfoil-settings"]
                mounted = {it["name"] for it in container.get("volumeMounts", ())}
                assert mounted <= {it["name"] for it in pod.get("volumes", ())}


def test_the_example_names_settings_that_exist():
    from cluster.settings import Settings

    lines = (FOLDER / "settings.env.example").read_text("utf-8").splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    ours = {
        name.removeprefix("COUNTERFOIL_").partition("__")[0].lower()
        for name in names
        if name.startswith("COUNTERFOIL_")
    }
    assert ours <= set(Settings.model_fields)


@pytest.mark.parametrize("path", ["cluster/kubernetes/settings.env.example", "docs/servers.md"])
def test_clusters_are_told_of_serve_what_one_machine_is_told(path):
    text = (FOLDER.parents[1] / path).read_text("utf-8")
    assert dict(re.findall(r"^(RAY_SERVE_\w+)=(\S+)", text, re.MULTILINE)) == SERVES


def test_a_schedule_is_a_cron_job_that_asks_what_is_due():
    manifest = ray_cron_job(NIGHTLY, image="registry.example/counterfoil:1")
    check(manifest)
    assert manifest["metadata"]["name"] == "counterfoil-acme-1-nightly"
    assert (manifest["spec"]["schedule"], manifest["spec"]["timeZone"]) == ("30 2 * * 1", "Europe/Berlin")
    job = manifest["spec"]["jobTemplate"]
    assert job["entrypoint"] == "counterfoil schedule run nightly --tenant Acme_1 --out /results"
    images = {container["image"] for pod in pods(job) for container in pod["containers"]}
    assert images == {"registry.example/counterfoil:1"}
