"""What Counterfoil's numbers come from: `python -m benchmarks.NAME`, with `--json` for a program.

Each prints ratios of two things measured in one run on one machine, so that they mean the same on
another. `recall` and `geometry` need real photographs (`--data`); the others draw what they need.
"""

import os

# One thread, as Ray gives each worker; it must be said before numpy is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
