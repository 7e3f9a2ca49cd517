"""A scan under the kill switch waits and goes on; beyond its cap it judges without pictures, and says so."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cluster.settings import Limits
from cluster.state import State
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, run_scan, write_kit, write_market

pytestmark = pytest.mark.ray

PICTURES = {"copy.jpg": jpeg(0, quality=85), **{f"u{n}.jpg": jpeg(100 + n) for n in range(3)}}


@pytest.fixture(scope="module")
def outcome(ray_session, tmp_path_factory):
    folder = tmp_path_factory.mktemp("held back")
    settings = settings_at(folder / "home", limits=Limits(image_similarity_daily=2))
    import_into(settings, write_kit(folder / "kit", {"0.jpg": jpeg(0, quality=95)}))
    source = write_market(folder / "shop", [listing(name, name) for name in PICTURES], PICTURES)
    catalog = State(settings).catalog
    catalog.kill_switch.turn(on=True, by="ada", resource="geometry", why="a try")

    def lift():
        """Turn it back when the scan has said that it waits."""
        for _ in range(600):
            if any(scan.state == "paused" for scan in catalog.scans.of(TENANT)):
                catalog.kill_switch.turn(on=False, by="ada", resource="geometry")
                return time.monotonic()
            time.sleep(0.1)
        return None

    with ThreadPoolExecutor(1) as pool:
        lifted = pool.submit(lift)
        outcome = run_scan(settings, source, folder / "out")
        assert lifted.result() is not None, "the scan never waited"
    yield outcome, catalog
    catalog.close()


def test_it_waited_and_lost_nothing(outcome):
    scanned, catalog = outcome
    assert scanned.summary["seconds"]["paused"] > 0
    assert scanned.summary["model_calls"]["geometry"] == 2
    assert [scan.state for scan in catalog.scans.of(TENANT)] == ["finished"]


def test_beyond_the_cap_listings_are_judged_without_their_pictures(outcome):
    scanned, catalog = outcome
    assert scanned["copy.jpg"]["tier"] == 1, "a fingerprint costs no model"
    assert scanned.summary["image_similarity"] == {"counted": 2, "free": 0, "spent": 1}
    assert scanned.summary["cap_use"]["image_similarity"] == {"used": 2, "cap": 2}
    assert [bool(scanned[name]["errors"]) for name in PICTURES] == [False, False, False, True]
    (error,) = scanned["u2.jpg"]["errors"]
    assert "had spent its cap of the day" in error
    reasons = {it["reason"] for it in scanned["u2.jpg"]["abstentions"] if it["signal"] == "geometry"}
    assert any("had spent its cap" in reason for reason in reasons)
    assert sum(it.units for it in catalog.usage.today(TENANT) if it.resource == "image_similarity") == 2
