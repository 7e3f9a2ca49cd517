"""Every metric there is: its name, its kind, its labels and the closed sets that they take their values from.

`docs/metrics.md` has this as a table, and a test compares the two.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Source = Literal["processes", "serve", "records", "scrape"]
"""Who knows it: each process counts for itself; Serve; the record store; or whoever answers the scrape."""

PREFIX = "counterfoil_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One of them, in base units."""

    name: str
    kind: Kind
    text: str
    """What Prometheus shows as its help."""
    labels: tuple[str, ...] = ()
    source: Source = "processes"
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram."""


_REQUEST_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds. A listing takes 0.3 to 2 s of one core (docs/measured.md), and Serve gives up at 60."""
_STAGE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds. Judging takes about a millisecond, a fetch 20 s at most."""

REQUESTS = Metric(
    name="counterfoil_requests_total",
    kind="counter",
    text="Answers by route, method and HTTP status. What Serve itself turned away is in proxy_requests.",
    labels=("route", "method", "status"),
)
REQUEST_SECONDS = Metric(
    name="counterfoil_request_duration_seconds",
    kind="histogram",
    text="From a request's first byte to the last of its answer.",
    labels=("route",),
    buckets=_REQUEST_BUCKETS,
)
STAGE_SECONDS = Metric(
    name="counterfoil_stage_duration_seconds",
    kind="histogram",
    text="How long a stage of one listing's scoring was under way; stages overlap, total is not their sum.",
    labels=("stage",),
    buckets=_STAGE_BUCKETS,
)
REFUSALS = Metric(
    name="counterfoil_refusals_total",
    kind="counter",
    text="What was asked of the scorer (listings, searches, probes) and not done, and why.",
    labels=("because",),
)
VERDICTS = Metric(
    name="counterfoil_verdicts_total",
    kind="counter",
    text="Verdicts by tier.",
    labels=("path", "tenant", "tier"),
)
ABSTENTIONS = Metric(
    name="counterfoil_abstentions_total",
    kind="counter",
    text="Signals that had nothing to say in a verdict, by the class of their reason.",
    labels=("path", "signal", "reason"),
)
PICTURES = Metric(
    name="counterfoil_pictures_total",
    kind="counter",
    text="Pictures of judged listings: fresh, known (measured within the last 30 days) or unreadable.",
    labels=("path", "outcome"),
)
MEASUREMENTS = Metric(
    name="counterfoil_measurements_total",
    kind="counter",
    text="Features of pictures: measured now, known from the cache, withheld (cap, kill switch), or failed.",
    labels=("path", "feature", "outcome"),
)
BATCHES = Metric(
    name="counterfoil_encoder_batches_total",
    kind="counter",
    text="Batches of pictures that encoders were given.",
    labels=("path",),
)
BATCH_PICTURES = Metric(
    name="counterfoil_encoder_batch_pictures_total",
    kind="counter",
    text="Pictures in those batches.",
    labels=("path",),
)
BATCH_PLACES = Metric(
    name="counterfoil_encoder_batch_places_total",
    kind="counter",
    text="Pictures that would have fitted into those batches; pictures over places is how full they are.",
    labels=("path",),
)
SCAN_ROWS = Metric(
    name="counterfoil_scan_rows_total",
    kind="counter",
    text="Rows (listings, pictures, groups of them) that a stage of a scan has finished.",
    labels=("stage",),
)
SCAN_SECONDS = Metric(
    name="counterfoil_scan_stage_seconds_total",
    kind="counter",
    text="Time that scans have spent in a stage, counted as its rows are finished.",
    labels=("stage",),
)
WAITING = Metric(
    name="counterfoil_queue_waiting",
    kind="gauge",
    text="Requests that wait for a replica of a deployment.",
    labels=("deployment",),
    source="serve",
)
ONGOING = Metric(
    name="counterfoil_queue_ongoing",
    kind="gauge",
    text="Requests that replicas of a deployment are at work on.",
    labels=("deployment",),
    source="serve",
)
PROXY_REQUESTS = Metric(
    name="counterfoil_proxy_requests_total",
    kind="counter",
    text="What Serve's HTTP proxies answered, those requests included that found every queue full.",
    labels=("status",),
    source="serve",
)
REPLICAS = Metric(
    name="counterfoil_replicas",
    kind="gauge",
    text="Replicas of a deployment by Serve's word for their state.",
    labels=("deployment", "state"),
    source="serve",
)
CAP_LIMIT = Metric(
    name="counterfoil_cap_limit_units",
    kind="gauge",
    text="What a tenant may use of a resource this UTC day.",
    labels=("tenant", "resource"),
    source="records",
)
CAP_USED = Metric(
    name="counterfoil_cap_used_units",
    kind="gauge",
    text="What a tenant has used of a resource this UTC day, leased blocks included.",
    labels=("tenant", "resource"),
    source="records",
)
KILL_SWITCH = Metric(
    name="counterfoil_kill_switch_on",
    kind="gauge",
    text="Scopes that the kill switch stops; `all` stands for every tenant, or every resource.",
    labels=("tenant", "resource"),
    source="records",
)
SCANS = Metric(
    name="counterfoil_scans",
    kind="gauge",
    text="Scans in the records, by state.",
    labels=("state",),
    source="records",
)
RECORDS = Metric(
    name="counterfoil_records_readable",
    kind="gauge",
    text="1 where the record store answered this scrape.",
    source="scrape",
)
NODES = Metric(
    name="counterfoil_nodes",
    kind="gauge",
    text="Nodes of the cluster by whether their counts were read for this scrape.",
    labels=("state",),
    source="scrape",
)
BUILD = Metric(
    name="counterfoil_build_info",
    kind="gauge",
    text="1, with the version that answered.",
    labels=("version",),
    source="scrape",
)

METRICS = (
    REQUESTS,
    REQUEST_SECONDS,
    STAGE_SECONDS,
    REFUSALS,
    VERDICTS,
    ABSTENTIONS,
    PICTURES,
    MEASUREMENTS,
    BATCHES,
    BATCH_PICTURES,
    BATCH_PLACES,
    SCAN_ROWS,
    SCAN_SECONDS,
    WAITING,
    ONGOING,
    PROXY_REQUESTS,
    REPLICAS,
    CAP_LIMIT,
    CAP_USED,
    KILL_SWITCH,
    SCANS,
    RECORDS,
    NODES,
    BUILD,
)

NODE = "node"
"""The label that tells on which node something was counted: a node that goes takes its own series with it,
and no sum of several ever falls."""
