"""Copies found and false alarms raised on real photographs, by the product's own funnel.

Twenty packages are references; each is copied in sixteen ways, `--seeds` times each. Everything in the
sets of fruit, vegetables and shoes is unrelated (`--unrelated`: how many of them, 0 for all).
"""

import tempfile
from pathlib import Path
from typing import Any

import cv2

from benchmarks._report import options, photographs, show
from cluster.settings import Settings
from tests.scenarios.modified_copies import KINDS
from tests.scenarios.promises import (
    ENCODINGS,
    OFFICIAL,
    Judge,
    Tally,
    copies,
    import_packages,
    packages,
    unrelated,
)


def measure(data: Path, *, seeds: int, most: int) -> dict[str, Any]:
    """Shares of pictures at tier 1, or at tier 2 or better."""
    with tempfile.TemporaryDirectory() as work:
        library = import_packages(data, Settings(home=Path(work) / "home"), Path(work) / "kits")
    judge = Judge(library)
    iconic = [(package / "iconic.jpg").read_bytes() for package in packages(data)]
    encoded = {name: Tally.of(judge(save(it)) for it in iconic) for name, save in ENCODINGS.items()}
    modified = {kind: Tally.of(map(judge, copies(data, kind, seeds=range(seeds)))) for kind in KINDS}
    whole = sum(modified.values(), Tally())
    others = unrelated(data)[: most or None]
    alarms = Tally.of(judge(path.read_bytes()) for path in others)
    cleared = [judge(it, seller=OFFICIAL).exemption == "authorised_seller" for it in iconic]
    elsewhere = Tally.of(judge(it, seller=OFFICIAL, platform="bazaar") for it in iconic)
    return {
        "references": len(library.owners),
        "copies at tier 1": {name: tally.tier_1 / tally.pictures for name, tally in encoded.items()},
        "modified copies": whole.pictures,
        "modified copies at tier 2 or better": whole.share,
        "by kind": {kind: tally.share for kind, tally in modified.items()},
        "unrelated pictures": alarms.pictures,
        "unrelated at tier 2 or better": alarms.share,
        "authorised cleared": sum(cleared) / len(cleared),
        "same seller elsewhere at tier 1": elsewhere.tier_1 / elsewhere.pictures,
    }


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", seeds=2, unrelated=0)
    show(asked, measure(photographs(asked), seeds=asked.seeds, most=asked.unrelated))
