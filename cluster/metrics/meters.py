"""Where a process counts: into Ray, which brings it to its node's agent every ten seconds, or into memory."""

import logging
from abc import ABC, abstractmethod
from collections import defaultdict
from typing import Any

import ray
from ray.util import metrics as ray_metrics

from cluster.metrics.definitions import Metric

logger = logging.getLogger(__name__)

_MOST_TENANTS = 100
"""Tenants that one process tells apart; those it meets later are counted together."""
OTHERS = "(others)"


class Meters(ABC):
    """Counting costs two microseconds and never fails: what goes wrong is logged, once for each metric."""

    def __init__(self, *, most_tenants: int = _MOST_TENANTS) -> None:
        self._most_tenants = most_tenants
        self._tenants: set[str] = set()
        self._broken: set[str] = set()

    def add(self, metric: Metric, units: float = 1, **labels: str) -> None:
        """Count so many more of it."""
        if units > 0:
            self._kept(metric, units, labels)

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """Note one more value of a histogram."""
        self._kept(metric, value, labels)

    def _kept(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        try:
            if "tenant" in labels:
                labels["tenant"] = self._bounded(labels["tenant"])
            self._write(metric, value, labels)
        except Exception as error:  # noqa: BLE001 - a request must not fail because it could not be counted
            if metric.name not in self._broken:
                self._broken.add(metric.name)
                logger.warning("%s cannot be counted: %s: %s", metric.name, type(error).__name__, error)

    def _bounded(self, tenant: str) -> str:
        if tenant not in self._tenants:
            if len(self._tenants) >= self._most_tenants:
                return OTHERS
            self._tenants.add(tenant)
        return tenant

    @abstractmethod
    def _write(self, metric: Metric, value: float, labels: dict[str, str]) -> None: ...


class RayMeters(Meters):
    """Into Ray, from any of its processes; where Ray does not run there is nobody to count for."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, Any] = {}

    def _write(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        if not ray.is_initialized():
            return
        made = self._made.get(metric.name)
        if made is None:
            made = self._made[metric.name] = _made(metric)
        if metric.kind == "histogram":
            made.observe(value, labels)
        else:
            made.inc(value, labels)


class KeptMeters(Meters):
    """Into memory, for tests and for programs that want to read it themselves."""

    def __init__(self, *, most_tenants: int = _MOST_TENANTS) -> None:
        super().__init__(most_tenants=most_tenants)
        self.counts: defaultdict[tuple[str, ...], float] = defaultdict(float)
        """By the metric's name and its labels' values, in their order; of histograms the number of values."""
        self.sums: defaultdict[tuple[str, ...], float] = defaultdict(float)
        """The same with what the values add up to."""

    def _write(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        key = (metric.name, *(labels.pop(label) for label in metric.labels))
        if labels:
            raise ValueError(f"{metric.name} has no label {', '.join(labels)}")
        self.counts[key] += 1 if metric.kind == "histogram" else value
        self.sums[key] += value


def _made(metric: Metric) -> Any:  # noqa: ANN401 - one of two classes of Ray's
    if metric.kind == "histogram":
        return ray_metrics.Histogram(
            metric.name, metric.text, boundaries=list(metric.buckets), tag_keys=metric.labels
        )
    return ray_metrics.Counter(metric.name, metric.text, tag_keys=metric.labels)


METERS: Meters = RayMeters()
"""This process's."""
