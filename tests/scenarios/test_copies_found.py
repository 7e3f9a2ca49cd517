"""On real photographs: copies are found however they were edited, and nothing else is.

A part of what `python -m benchmarks.recall` measures in full, small enough for every run of the suite.
"""

import json
from dataclasses import asdict

import cv2
import pytest

from cluster.measure import look
from tests.conftest import settings_at
from tests.pipelines.markets import listing, run_scan, write_market
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

pytestmark = pytest.mark.data

EVERY = 4
"""Of twenty packages, every fourth is copied in each of the sixteen ways."""
UNRELATED = 100


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return settings_at(tmp_path_factory.mktemp("grocer") / "home")


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """As in every worker: more threads than cores only wait for each other."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


@pytest.fixture(scope="module")
def judge(home, photographs, tmp_path_factory):
    return Judge(import_packages(photographs, home, tmp_path_factory.mktemp("kits")))


def iconic(photographs):
    return [(package / "iconic.jpg").read_bytes() for package in packages(photographs)]


@pytest.mark.parametrize(("encoding", "every"), [("identical", 1), ("JPEG 60", 1), ("WebP 70", 2)])
def test_every_copy_and_every_re_encoded_copy_is_tier_1(judge, photographs, encoding, every):
    verdicts = [judge(ENCODINGS[encoding](data)) for data in iconic(photographs)[::every]]
    assert Tally.of(verdicts) == Tally(pictures=20 // every, tier_1=20 // every, tier_2=20 // every)


def test_an_authorised_seller_is_cleared_where_he_is_authorised_and_nowhere_else(judge, photographs):
    for data in iconic(photographs)[::7]:
        cleared = judge(data, seller=OFFICIAL)
        assert (cleared.tier, cleared.route, cleared.exemption) == (4, "none", "authorised_seller")
        assert judge(data, seller="another").tier == 1
        assert judge(data, seller=OFFICIAL, platform="bazaar").tier == 1


def test_modified_copies_are_found(judge, photographs, record_testsuite_property):
    found = {
        kind: Tally.of(judge(data) for data in copies(photographs, kind, seeds=(1,), every=EVERY))
        for kind in KINDS
    }
    report = {kind: f"{tally.tier_2}/{tally.pictures}" for kind, tally in found.items()}
    record_testsuite_property("copies found at tier 2 or better", json.dumps(report))
    whole = sum(found.values(), Tally())
    assert whole.pictures == 16 * 5
    assert whole.share >= 0.97, report


def test_pictures_of_other_things_raise_no_alarm(judge, photographs):
    verdicts = {path: judge(path.read_bytes()) for path in unrelated(photographs)[:UNRELATED]}
    raised = {path.name: verdict for path, verdict in verdicts.items() if verdict.tier <= 2}
    assert len(verdicts) == UNRELATED
    assert len(raised) <= 0.005 * UNRELATED, {name: asdict(verdict) for name, verdict in raised.items()}


@pytest.mark.ray
def test_a_scan_by_ray_comes_to_the_same_verdicts(ray_session, judge, home, photographs, tmp_path):
    pictures = {f"{kind}.jpg": next(copies(photographs, kind, seeds=(2,))) for kind in KINDS}
    pictures |= {path.name: path.read_bytes() for path in unrelated(photographs)[:4]}
    lines = [listing(name, name, title="A thing") for name in pictures]
    outcome = run_scan(
        home, write_market(tmp_path / "shop", lines, pictures), tmp_path / "out", tenant=TENANT
    )
    for name, data in pictures.items():
        here, there = judge(data), outcome[name]
        assert (here.tier, here.reference_id) == (there["tier"], there["reference_id"]), name
        assert here.score == pytest.approx(there["score"], abs=1e-3), name


def test_the_modified_copies_are_no_longer_the_picture_for_a_fingerprint_alone(judge, photographs):
    """Otherwise the share above would say nothing of geometry."""
    seen = [
        look(data, judge.library)
        for kind in KINDS
        for data in copies(photographs, kind, seeds=(1,), every=10)
    ]
    settled = sum(bool(it.features["fingerprint"]) for it in seen)
    assert settled < 0.8 * len(seen)
