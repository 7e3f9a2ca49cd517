"""The page that Prometheus reads: the whole of what a cluster counts, whichever replica answers."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version

import httpx
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from catalog.records import Catalog
from cluster.metrics.agents import Gathered, agents_here, gather
from cluster.metrics.definitions import BUILD, METRICS, NODE, NODES, REPLICAS, Metric
from cluster.metrics.records import Value, read_records
from cluster.settings import Settings

_HOLDS = 1.0
"""Seconds for which a page holds, so that several Prometheus servers cost no more than one."""

Replicas = Callable[[], Mapping[tuple[str, str], int]]
"""How many replicas each deployment has in each state; it may wait, and is asked in a thread."""


class MetricsPage:
    """One for each replica of the API."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        settings: Settings,
        *,
        agents: Callable[[], Sequence[str]] = agents_here,
        replicas: Replicas = dict,
        client: Callable[[], httpx.AsyncClient] = httpx.AsyncClient,
    ) -> None:
        self._catalog = catalog
        self._settings = settings
        self._agents = agents
        self._replicas = replicas
        self._client = client
        self._read_at = float("-inf")
        self._families: list[Family] = []
        self._reading = asyncio.Lock()

    async def written(self, accept: str) -> tuple[bytes, str]:
        """The page, and its content type: OpenMetrics where `accept` asks for it."""
        async with self._reading:
            if time.monotonic() - self._read_at >= _HOLDS:
                self._families = await self._read()
                self._read_at = time.monotonic()
        encode, content_type = choose_encoder(accept)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected(self._families))
        return await asyncio.to_thread(encode, registry), content_type

    async def _read(self) -> list[Family]:
        records, replicas, agents = await asyncio.gather(
            asyncio.to_thread(read_records, self._catalog, self._settings),
            asyncio.to_thread(self._replicas),
            asyncio.to_thread(self._agents),
        )
        gathered = await gather(agents, client=self._client)
        known = [
            *records,
            *((REPLICAS, key, float(number)) for key, number in replicas.items()),
            (NODES, ("read",), float(gathered.read)),
            (NODES, ("unread",), float(gathered.unread)),
            (BUILD, (version("counterfoil"),), 1.0),
        ]
        return list(families(gathered, known))


class _Collected(Collector):
    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterable[Family]:
        return self._families


def families(gathered: Gathered, known: Iterable[Value]) -> Iterator[Family]:
    """Every metric that has a value, as Prometheus' library writes them."""
    values: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for metric, labels, value in known:
        values[metric.name][labels] = value
    here: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for (name, labels), value in gathered.values.items():
        here[name][labels] = value
    for metric in METRICS:
        if metric.kind == "histogram":
            yield from _histogram(metric, gathered)
        elif metric.name in values:
            yield _plain(metric, metric.labels, values[metric.name])
        elif metric.name in here:
            yield _plain(metric, (*metric.labels, NODE), here[metric.name])


def _plain(metric: Metric, labels: Sequence[str], values: Mapping[tuple[str, ...], float]) -> Family:
    family: CounterMetricFamily | GaugeMetricFamily
    if metric.kind == "counter":
        family = CounterMetricFamily(metric.name, metric.text, labels=labels)
    else:
        family = GaugeMetricFamily(metric.name, metric.text, labels=labels)
    for labelled, value in sorted(values.items()):
        family.add_metric(labelled, value)
    return family


def _histogram(metric: Metric, gathered: Gathered) -> Iterator[Family]:
    ours = sorted(
        (labels, bounds) for (name, labels), bounds in gathered.buckets.items() if name == metric.name
    )
    if not ours:
        return
    family = HistogramMetricFamily(metric.name, metric.text, labels=(*metric.labels, NODE))
    for labels, bounds in ours:
        rising = sorted(bounds.items(), key=lambda it: float(it[0]))
        family.add_metric(labels, rising, gathered.sums.get((metric.name, labels), 0.0))
    yield family
