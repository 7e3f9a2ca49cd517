"""One reading, as a program that may die: python -m tests.pipelines.reading_process HOME JOURNAL SOURCE….

Without pauses. It ends with 3 where a source gave up, and is then to be started again, as a scan would be.
"""

import sys
from dataclasses import replace
from pathlib import Path

from cluster.access import access_of
from cluster.state import State
from pipelines.journal import Journal
from pipelines.progress import Reporter
from pipelines.reading import read_sources
from scoring.errors import RetryError
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT


async def no_pause(seconds: float) -> None:
    """Marketplaces on this machine need not be waited for."""


if __name__ == "__main__":
    home, journal_file, *sources = sys.argv[1:]
    access = replace(access_of(State(settings_at(Path(home))), TENANT), sleep=no_pause)
    journal = Journal(Path(journal_file))
    with Reporter(quiet=True).stage("read") as stage:
        try:
            gaps = read_sources(sources, access, journal, stage)
        except RetryError:
            sys.exit(3)
    sys.exit(3 if gaps else 0)
