"""A picture that kills whoever opens it costs its own row, and one that did so once costs nothing."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from cluster.settings import Pools, Workers
from pipelines.alone import DIED
from pipelines.beginning import ScanRequest
from pipelines.progress import Reporter
from pipelines.scan import begun
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, measure_little, write_market
from tests.pipelines.processes import linux
from vision.fingerprint import fingerprint
from vision.fingerprint_index import FingerprintIndex
from vision.geometry import GeometryIndex

pytestmark = [pytest.mark.ray, linux, pytest.mark.timeout(600)]

LISTINGS = 12
DEADLY_LOOK, DEADLY_MODEL, DEADLY_ONCE = 2, 5, 9
SIDES = {DEADLY_MODEL: 201, DEADLY_ONCE: 202}
"""What kills knows these pictures by their width."""


class DeadlyGeometry(GeometryIndex):
    """Dies of one picture every time, of another one once: a native library that crashes."""

    def find(self, pixels):
        if pixels.shape[1] == SIDES[DEADLY_MODEL] or (
            pixels.shape[1] == SIDES[DEADLY_ONCE] and not self.scar.exists()
        ):
            self.scar.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().find(pixels)


class DeadlyFingerprints(FingerprintIndex):
    """Dies of a picture whose hash it is told."""

    def search(self, views, **more):
        if any(view.fingerprint.dhash == self.fatal for view in views):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().search(views, **more)

    def __getstate__(self):
        return super().__getstate__() | {"fatal": self.fatal}


@pytest.fixture(scope="module")
def shop(tmp_path_factory, kit):
    """Settings and a source of listings, the first of which shows a copy of a reference."""
    folder = tmp_path_factory.mktemp("deadly")
    settings = settings_at(folder / "home", pools=Pools(pictures=Workers(max_size=2, batch=4)))
    import_into(settings, kit)
    measure_little(settings)
    pictures = {f"{n}.jpg": jpeg(1000 + n, side=SIDES.get(n, 200)) for n in range(LISTINGS)}
    pictures["0.jpg"] = jpeg(0, quality=85)
    return settings, write_market(
        folder / "shop", [listing(n, f"{n}.jpg") for n in range(LISTINGS)], pictures
    )


def deadly(library, *, fatal, scar):
    """The same library, in which two indexes crash."""
    fingerprints, geometry = DeadlyFingerprints(), DeadlyGeometry()
    fingerprints.__setstate__(library.fingerprints.__getstate__() | {"fatal": fatal})
    geometry.__dict__.update(library.geometry.__dict__ | {"scar": scar})
    return replace(library, fingerprints=fingerprints, geometry=geometry)


def test_a_picture_that_kills_whoever_opens_it_costs_its_row_and_one_that_did_once_costs_nothing(
    ray_session, shop, tmp_path
):
    settings, source = shop
    pixels = np.asarray(Image.open(Path(source.removeprefix("file:")).parent / f"{DEADLY_LOOK}.jpg"))
    request = ScanRequest(tenant=TENANT, sources=(source,), out=tmp_path / "out")
    scar = tmp_path / "scar"
    with begun(request, settings, Reporter(quiet=True)) as run:
        run.library = deadly(run.library, fatal=fingerprint(pixels).dhash, scar=scar)
        run.all()
        summary = run.finish()
    rows = pq.read_table(tmp_path / "out" / "results.parquet").to_pylist()
    assert scar.exists()
    assert [row["listing_id"] for row in rows] == [str(n) for n in range(LISTINGS)]
    assert [row["errors"] for row in rows if row["errors"]] == [[f"picture 1: {DIED}"]]
    assert rows[DEADLY_LOOK]["errors"], "it could not even be looked at"
    gone = {
        number
        for number, row in enumerate(rows)
        for it in row["abstentions"]
        if it["signal"] == "geometry" and DIED in it["reason"]
    }
    assert gone == {DEADLY_LOOK, DEADLY_MODEL}
    assert [row["tier"] for row in rows] == [1] + [4] * (LISTINGS - 1)
    assert summary["model_calls"] == {"geometry": LISTINGS - 3}, "all but a copy, and the two that kill"
    assert summary["failures"] == {"WorkerDied": 1, "geometry not measured": 1}
