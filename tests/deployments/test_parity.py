"""The promise: the same listing, catalogue and recipe give the same verdict in bulk and online.

Each path has a home of its own, so that neither finds what the other has measured. In bulk pictures are
files beside the listings; online they come from a web server, as a marketplace's do.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samples import write_samples
from tests.catalog.pictures import encoded
from tests.pipelines.markets import import_into, listing, run_scan, write_kit, write_market
from tests.pipelines.picture_server import PictureServer
from tests.scenarios.modified_copies import KINDS, reencode

pytestmark = pytest.mark.ray

EXACTLY = (
    "tier",
    "route",
    "rule",
    "brand",
    "subject",
    "seller_authorised",
    "exemption",
    "reference_id",
    "recipe_version",
    "encoder",
)


@pytest.mark.timeout(600)
def test_every_sample_listing(service, tmp_path):
    samples = write_samples(tmp_path / "samples")
    compared = _compare(service, "samples", samples.brands, samples.listings, tmp_path)
    assert len(compared) >= 80
    assert not _differences(compared)
    assert {online["tier"] for _, online in compared} >= {1, 2, 4}
    assert _signals(compared) >= {"fingerprint", "appearance", "geometry", "names", "second_hand"}


@pytest.mark.data
@pytest.mark.timeout(600)
def test_a_hundred_listings_of_real_photographs(service, photographs, tmp_path):
    kits = _grocery_kits(photographs, tmp_path / "kits")
    pictures = _grocery_pictures(photographs)
    lines = [listing(name, name, seller={"id": f"seller-{n % 7}"}) for n, name in enumerate(pictures)]
    write_market(tmp_path / "market", lines, pictures)
    compared = _compare(service, "grocery", kits, tmp_path / "market" / "listings.jsonl", tmp_path)
    assert len(compared) == 100
    assert not _differences(compared)
    assert _signals(compared) >= {"fingerprint", "appearance", "geometry"}


def test_a_difference_would_be_seen():
    part = {"signal": "names", "score": 0.5, "weight": 1.0, "contribution": 0.5}
    one = dict.fromkeys(EXACTLY, "same") | {
        "listing_id": "1",
        "score": 0.5,
        "contributions": [part],
        "errors": [],
    }
    assert _differences([(one, one)]) == []
    for field, value in (
        ("tier", 2),
        ("score", 0.502),
        ("contributions", []),
        ("contributions", [part | {"signal": "logo"}]),
        ("contributions", [part | {"weight": 0.9}]),
        ("errors", ["picture 1: broken"]),
    ):
        assert len(_differences([(one, one | {field: value})])) == 1, field


def _compare(service, tenant, kits, listings: Path, folder: Path):
    """Every listing's row in bulk beside its verdict online."""
    in_bulk = service.settings.model_copy(update={"home": folder / "bulk"})
    for settings in (in_bulk, service.settings):
        for kit in kits:
            import_into(settings, kit, tenant=tenant)
    rows = run_scan(in_bulk, f"file:{listings}", folder / "out", tenant=tenant).rows
    lines = [json.loads(line) for line in listings.read_text("utf-8").splitlines()]
    files = {f"/{file.relative_to(listings.parent)}": file for file in listings.parent.rglob("*.*")}
    served = {path: ("image/jpeg", file.read_bytes()) for path, file in files.items() if file.is_file()}
    with PictureServer(served) as shop, ThreadPoolExecutor(6) as threads:
        for line in lines:
            line["images"] = [f"{shop.url}/{image}" for image in line["images"]]
        verdicts = list(threads.map(lambda line: service.score(line, tenant=tenant), lines))
    return list(zip(rows, verdicts, strict=True))


def _differences(compared):
    """What is not the same, in words; scores and weights may differ by a thousandth."""
    found = []
    for bulk, online in compared:
        differing = [name for name in EXACTLY if bulk[name] != online[name]]
        shares = [{it["signal"]: it for it in verdict["contributions"]} for verdict in (bulk, online)]
        if shares[0].keys() != shares[1].keys() or any(
            abs(shares[0][signal][figure] - shares[1][signal][figure]) > 1e-3
            for signal in shares[0]
            for figure in ("score", "weight", "contribution")
        ):
            differing.append("contributions")
        if abs(bulk["score"] - online["score"]) > 1e-3:
            differing.append("score")
        if len(bulk["errors"]) != len(online["errors"]):
            differing.append("errors")
        if differing:
            found.append((bulk["listing_id"], differing, bulk, online))
    return found


def _signals(compared):
    return {it["signal"] for _, online in compared for it in online["contributions"]}


def _grocery_kits(photographs: Path, folder: Path):
    """A kit for each of the five brands, its products' studio pictures as packaging."""
    kits = {}
    for product in sorted((photographs / "grocery" / "packaged").iterdir()):
        brand = "God Morgon" if product.name.startswith("God") else product.name.partition("-")[0]
        kits.setdefault(brand, {})[f"{product.name}.jpg"] = (product / "iconic.jpg").read_bytes()
    return [write_kit(folder / brand, pictures, brand=brand) for brand, pictures in kits.items()]


def _grocery_pictures(photographs: Path):
    """100 pictures by file name: copies, 16 kinds of modified copy, phone photos, produce, shoes."""
    products = sorted((photographs / "grocery" / "packaged").iterdir())
    pixels = [np.asarray(Image.open(product / "iconic.jpg").convert("RGB")) for product in products]
    made = {f"copy-{n}.jpg": reencode(pixels[n], quality=60 + n) for n in range(16)}
    for n, (kind, modify) in enumerate(2 * list(KINDS.items())):
        made[f"{kind}-{n}.jpg"] = modify(pixels[(7 * n) % len(pixels)], np.random.default_rng(n))
    found = {name: encoded(Image.fromarray(picture), "JPEG", quality=90) for name, picture in made.items()}
    others = [
        *(next((product / "photos").glob("*.jpg")) for product in products),
        *sorted((photographs / "grocery" / "produce").glob("*/iconic.jpg"))[:16],
        *sorted((photographs / "shoes").glob("*.jpg"))[:16],
    ]
    return found | {f"other-{n}.jpg": file.read_bytes() for n, file in enumerate(others)}
