"""What became of listings that people decided on: taken down, back, or back as another one."""

from pipelines.recheck.clocks import Clock, clock_of
from pipelines.recheck.come_backs import Innocence, Taken, find_come_backs
from pipelines.recheck.job import RecheckRequest, recheck
from pipelines.recheck.report import Report

__all__ = [
    "Clock",
    "Innocence",
    "RecheckRequest",
    "Report",
    "Taken",
    "clock_of",
    "find_come_backs",
    "recheck",
]
