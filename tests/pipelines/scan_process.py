"""One quiet scan, as a program runs it: python -m tests.pipelines.scan_process HOME SOURCE OUT [SCAN_ID].

Several sources are one a line.
"""

import sys
from pathlib import Path

from cluster.settings import Pools, Workers
from tests.conftest import settings_at
from tests.pipelines.markets import run_scan

if __name__ == "__main__":
    home, source, out = sys.argv[1:4]
    settings = settings_at(
        Path(home),
        private_addresses=True,
        embedding_days=0,  # every scan measures for itself
        pools=Pools(pictures=Workers(max_size=2, batch=4)),
    )
    run_scan(
        settings, tuple(source.split("\n")), Path(out), resume=sys.argv[4] if len(sys.argv) > 4 else None
    )
