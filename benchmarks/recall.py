"""Copies found and false alarms raised on real photographs, by the product's own funnel.

Twenty packages are references; each is copied in sixteen ways, `--seeds` times each. Everything in the
sets of fruit, vegetables and shoes is unrelated (`--unrelated`: how many of them, 0 for all), and so
many phone photographs of the packages are judged (`--photos`). `--encoder builtin` lets appearance speak
too; the built-in encoder was trained on a part of the fruit and vegetables.
"""

import tempfile
from pathlib import Path
from typing import Any

import cv2

from benchmarks._report import options, photographs, show
from cluster.encoders import load_encoder
from cluster.library import reference_pictures
from cluster.settings import Settings
from cluster.state import State
from tests.scenarios.modified_copies import KINDS
from tests.scenarios.promises import (
    ENCODINGS,
    OFFICIAL,
    TENANT,
    Judge,
    Tally,
    copies,
    import_packages,
    packages,
    unrelated,
)


def open_judge(data: Path, encoder: str) -> Judge:
    """The packages as a tenant's references, with an encoder or with `none`."""
    with tempfile.TemporaryDirectory() as work:
        settings = Settings(home=Path(work) / "home", encoder=encoder, encoder_device="cpu")
        library = import_packages(data, settings, Path(work) / "kits")
        if settings.encoder is None:
            return Judge(library)
        opened = {key: show().pixels for key, show in reference_pictures(State(settings), TENANT)}
        return Judge(library, load_encoder(settings), opened)


def measure(judge: Judge, data: Path, *, seeds: int, most: int, photos: int) -> dict[str, Any]:
    """Shares of pictures at tier 1, or at tier 2 or better."""
    iconic = [(package / "iconic.jpg").read_bytes() for package in packages(data)]
    encoded = {name: Tally.of(judge(save(it)) for it in iconic) for name, save in ENCODINGS.items()}
    modified = {kind: Tally.of(map(judge, copies(data, kind, seeds=range(seeds)))) for kind in KINDS}
    whole = sum(modified.values(), Tally())
    others = unrelated(data)[: most or None]
    alarms = Tally.of(judge(path.read_bytes()) for path in others)
    cleared = [judge(it, seller=OFFICIAL).exemption == "authorised_seller" for it in iconic]
    elsewhere = Tally.of(judge(it, seller=OFFICIAL, platform="bazaar") for it in iconic)
    shops = [path for package in packages(data) for path in sorted((package / "photos").iterdir())]
    shops = shops[:: max(1, len(shops) // photos)][:photos] if photos else []
    phones = Tally.of(judge(path.read_bytes()) for path in shops)
    return {
        "references": len(judge.library.owners),
        "phone photographs": phones.pictures,
        "phone photographs at tier 2 or better": phones.share,
        "phone photographs at tier 1": phones.tier_1 / max(1, phones.pictures),
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
    asked = options(__doc__ or "", encoder="none", seeds=2, unrelated=0, photos=200)
    data = photographs(asked)
    judge = open_judge(data, asked.encoder)
    show(asked, measure(judge, data, seeds=asked.seeds, most=asked.unrelated, photos=asked.photos))
