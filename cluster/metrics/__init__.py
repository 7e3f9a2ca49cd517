"""What Counterfoil counts, where Ray keeps it, and the one page that shows all of it to Prometheus."""

from cluster.metrics.definitions import METRICS, Metric
from cluster.metrics.meters import METERS, KeptMeters, Meters, RayMeters
from cluster.metrics.page import MetricsPage

__all__ = ["METERS", "METRICS", "KeptMeters", "Meters", "Metric", "MetricsPage", "RayMeters"]
