"""Reading what every node's Ray agent has gathered from its processes, and adding it up node by node."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import ray
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from cluster.config_file import NAME
from cluster.metrics.definitions import METRICS, ONGOING, PROXY_REQUESTS, WAITING, Metric

Labels = tuple[str, ...]
"""Values of a metric's own labels in their order, then the node."""

_PREFIX = "ray_"
_SECONDS = 3.0
"""For one node. Prometheus itself waits 10 s for the whole page."""
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class _Adopted:
    """A metric of Serve's own that is shown under our name."""

    metric: Metric
    labels: Mapping[str, str]
    """Its labels by ours."""


_OURS = {f"{_PREFIX}{it.name}": _Adopted(it, {name: name for name in it.labels}) for it in METRICS}
_SERVES = {
    "ray_serve_deployment_queued_queries": _Adopted(WAITING, {"deployment": "deployment"}),
    "ray_serve_replica_processing_queries": _Adopted(ONGOING, {"deployment": "deployment"}),
    "ray_serve_num_http_requests_total": _Adopted(PROXY_REQUESTS, {"status": "status_code"}),
}
_SUFFIXES = ("_bucket", "_sum", "_count")


@dataclass(slots=True)
class Gathered:
    """Samples of the whole cluster, added up over the processes of each node."""

    values: dict[tuple[str, Labels], float] = field(default_factory=dict)
    """Of counters and gauges, by the metric's name and labels."""
    buckets: dict[tuple[str, Labels], dict[str, float]] = field(default_factory=dict)
    """Of histograms: the cumulative count by upper bound, as Prometheus writes it."""
    sums: dict[tuple[str, Labels], float] = field(default_factory=dict)
    read: int = 0
    unread: int = 0

    def take(self, samples: Iterable[Sample], node: str) -> None:
        """Add what one node's agent says."""
        for sample in samples:
            self._take(sample, node)
        self.read += 1

    def _take(self, sample: Sample, node: str) -> None:
        name, suffix = _split(sample.name)
        adopted = _OURS.get(name) or _SERVES.get(name)
        if adopted is None or sample.labels.get("application") not in {None, "", NAME}:
            return
        metric = adopted.metric
        values = (*(sample.labels.get(adopted.labels[label], "") for label in metric.labels), node)
        key = (metric.name, values)
        if suffix == "_bucket":
            bounds = self.buckets.setdefault(key, {})
            bound = sample.labels["le"]
            bounds[bound] = bounds.get(bound, 0.0) + sample.value
        elif suffix == "_sum":
            self.sums[key] = self.sums.get(key, 0.0) + sample.value
        elif suffix == "":
            self.values[key] = self.values.get(key, 0.0) + sample.value


def parsed(body: str) -> list[Sample]:
    """The samples on an agent's page that concern us; all other lines, nearly all of them, are passed over.

    A page is 1.4 MB. `ValueError` where it is none.
    """
    lines = [line for line in body.splitlines() if line.startswith(("ray_counterfoil_", *_SERVES))]
    families = text_string_to_metric_families("\n".join(lines) + "\n")
    return [sample for family in families for sample in family.samples]


def _split(name: str) -> tuple[str, str]:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and name.removesuffix(suffix) in _OURS:
            return name.removesuffix(suffix), suffix
    return name, ""


def agents_here() -> Sequence[str]:
    """The addresses of the metrics pages of all living nodes; none where Ray does not run."""
    if not ray.is_initialized():
        return ()
    return [
        f"{node['NodeManagerAddress']}:{node['MetricsExportPort']}"
        for node in ray.nodes()  # type: ignore[no-untyped-call]
        if node["Alive"] and node["MetricsExportPort"] > 0
    ]


async def gather(
    agents: Iterable[str], *, client: Callable[[], httpx.AsyncClient] = httpx.AsyncClient
) -> Gathered:
    """Read them all at once. A node that does not answer in time is left out and counted as unread."""
    gathered = Gathered()
    turn = asyncio.Semaphore(_AT_ONCE)
    async with client() as http:

        async def read(node: str) -> None:
            try:
                async with turn, asyncio.timeout(_SECONDS):
                    answer = await http.get(f"http://{node}/metrics", timeout=_SECONDS)
                answer.raise_for_status()
                samples = await asyncio.to_thread(parsed, answer.text)
            except (httpx.HTTPError, TimeoutError, ValueError):  # the last: a page that cannot be parsed
                gathered.unread += 1
            else:
                gathered.take(samples, node)

        await asyncio.gather(*(read(node) for node in agents))
    return gathered
