"""The kinds of work that schedules run. A new one: its class, derived from `Work`, and one line here.

A kind is called like its command, and may be submitted to a cluster as such.
"""

from collections.abc import Mapping

from catalog.schedules import Task
from pipelines.work import Work, work_of

KINDS: Mapping[str, str] = {
    "scan": "pipelines.scan_work:ScanWork",
    "cluster": "pipelines.cluster_work:ClusterWork",
    "sellers": "pipelines.sellers.work:SellersWork",
    "recheck": "pipelines.remembering_work:RecheckWork",
    "rescan": "pipelines.remembering_work:RescanWork",
    "retention": "pipelines.retention_work:RetentionWork",
}


def work_for(task: Task) -> Work:
    """What a schedule's task says to do, or `SettingsError`."""
    sources = {"sources": list(task.sources)} if task.sources else {}
    return work_of(KINDS, task.kind, {**task.options, **sources})
