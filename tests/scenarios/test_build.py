"""The generated set: every scenario is in it, its halves share no picture, its verdicts can be had twice."""

import json
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from shutil import rmtree

import cv2
import numpy as np
import pytest
import zxingcpp

from catalog.kit import read_kit
from connectors import open_source
from pipelines.evaluate import evaluate_file, outcomes, read_labels
from pipelines.progress import Reporter
from tests.conftest import settings_at
from tests.scenarios.build import SCENARIOS, build
from tests.scenarios.marked import cloned_barcode
from tests.scenarios.runner import TENANT, import_kits, judged, opened_bench
from tests.scenarios.sources import PHOTO_BRANDS, SPLITS, Sources
from tests.scenarios.stolen import opened
from tests.scenarios.world import World

pytestmark = pytest.mark.data

QUICK = ("stolen_photo", "name_attack", "look_alike", "second_hand_abuse", "authorised_seller")
"""Scenarios of the small set that is judged: one or two listings of each."""


@pytest.fixture(scope="module")
def small(photographs, tmp_path_factory):
    """Every scenario once or a few times, of the report split: the one that nothing is tuned on."""
    out = tmp_path_factory.mktemp("scenarios") / "set"
    return build(photographs, out, split="report", per_scenario=1, seed=3)


@pytest.fixture(scope="module")
def quick(photographs, tmp_path_factory):
    """With the kits of the brands that it concerns alone: importing all of them takes longer than judging."""
    out = tmp_path_factory.mktemp("scenarios") / "set"
    made = build(photographs, out, split="development", per_scenario=1, seed=3, only=QUICK)
    concerned = {label.brand for label in read_labels(made.listings)}
    kept = tuple(folder for folder in made.kits if read_kit(folder).brand.name in concerned)
    for folder in set(made.kits) - set(kept):
        rmtree(folder)
    return replace(made, kits=kept)


def test_every_scenario_is_there_and_every_listing_can_be_read(small):
    labels = read_labels(small.listings)
    assert {label.kind for label in labels} == set(SCENARIOS)
    assert all(label.brand for label in labels if label.infringing)
    rows = list(chain.from_iterable(page for page, _ in open_source(f"file:{small.listings}").pages(None)))
    assert [row.errors for row in rows] == [()] * len(labels)
    assert {brand for label in labels if (brand := label.brand)} <= {
        read_kit(it).brand.name for it in small.kits
    }


def test_kits_hold_nothing_that_does_not_belong(small):
    kits = [read_kit(folder) for folder in small.kits]
    assert {stray.place for kit in kits for stray in kit.strays} == {"marks/mark/"}
    marked = [folder for folder in small.kits if (folder / "marks").is_dir()]
    assert len(marked) == len(PHOTO_BRANDS)
    for folder in marked:
        rows = (folder / "marks" / "mark" / "boxes.jsonl").read_text("utf-8").splitlines()
        assert {json.loads(row)["file"] for row in rows} == {
            path.name for path in (folder / "marks" / "mark").glob("*.jpg")
        }
        assert len(rows) == 10


def test_the_splits_share_no_picture_and_no_title(photographs):
    def pictures(split):
        sources = Sources(photographs, split)
        marks = [it.path for brand in PHOTO_BRANDS for it in sources.mark_photos(brand)]
        examples = [it.path for brand in PHOTO_BRANDS for it in sources.mark_examples(brand)]
        packages = [path for it in sources.packages for path in (it.iconic, *it.photos)]
        assert not set(marks) & set(examples), "what a kit has is never a listing's"
        files = [*marks, *examples, *packages, *sources.produce, *sources.shoes]
        return {sha256(path.read_bytes()).hexdigest() for path in files}, set(sources.titles)

    (development, said), (report, told) = map(pictures, SPLITS)
    assert min(len(development), len(report)) > 900
    assert not development & report
    assert not said & told


def test_the_same_seed_gives_the_same_listings(photographs, quick, tmp_path):
    again = build(photographs, tmp_path / "set", split="development", per_scenario=1, seed=3, only=QUICK[:2])
    here = again.listings.read_text("utf-8").splitlines()
    assert here == quick.listings.read_text("utf-8").splitlines()[: len(here)]
    for picture in sorted((again.folder / "images").iterdir()):
        assert picture.read_bytes() == (quick.folder / "images" / picture.name).read_bytes(), picture.name


def test_printed_barcodes_can_be_read_and_are_the_kits_own(photographs):
    world = World(Sources(photographs, "development"))
    for number in range(4):
        draft = cloned_barcode(world, np.random.default_rng(number), number)
        shown = cv2.cvtColor(np.asarray(draft.pictures[-1]), cv2.COLOR_RGB2GRAY)
        read = [code.text for code in zxingcpp.read_barcodes(shown)]
        kit = next(kit for kit in world.kits if kit.brand == draft.brand)
        assert any(gtin in text for text in read for gtin in kit.fields["gtins"]), (number, read)


def test_stolen_photos_are_the_kits_bytes(quick):
    """Otherwise the first scenario would not be what it is called."""
    kit_bytes = {path.read_bytes() for folder in quick.kits for path in folder.rglob("*.jpg")}
    stolen = quick.folder / "images" / "stolen_photo-000-0.jpg"
    assert stolen.read_bytes() in kit_bytes
    assert opened(stolen.read_bytes()).ndim == 3


@pytest.mark.ray
def test_one_process_and_a_scan_come_to_the_same_verdicts(ray_session, quick, tmp_path):
    settings = settings_at(tmp_path / "home")
    import_kits(quick.folder / "kits", settings)
    report = tmp_path / "reports" / "report.html"
    evaluation = evaluate_file(
        quick.listings, TENANT, settings, Reporter(quiet=True), out=tmp_path / "out", report=report
    )
    first = opened_bench(quick.folder, tmp_path / "cache", home=settings.home)
    rows = list(judged(quick.listings, first))
    assert first.measured["look"] > 0
    for scenario in evaluation.scenarios:
        here = [it for it in outcomes(read_labels(quick.listings), rows, first.funnel.recipe)
                if it.label.kind == scenario.kind]  # fmt: skip
        assert sum(it.flagged for it in here) == scenario.flagged.hits, scenario.kind
    assert all(promise.kept is not False for promise in evaluation.promises), evaluation.promises
    assert report.read_text("utf-8").startswith("<!doctype html>")
    assert not report.with_name("report.html.part").exists()

    second = opened_bench(quick.folder, tmp_path / "cache", home=settings.home)
    assert list(judged(quick.listings, second)) == rows
    assert second.measured["look"] == 0, "everything was kept from the first time"
