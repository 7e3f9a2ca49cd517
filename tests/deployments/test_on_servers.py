"""With records on PostgreSQL and pictures in S3, listings get the verdicts that one machine gives alone."""

import json
from uuid import uuid4

import pytest

from samples import write_samples
from tests.catalog.object_store import BUCKET
from tests.conftest import settings_at
from tests.deployments.test_examination_paid import judge
from tests.pipelines.markets import import_into

SHOWN = 6
"""Of the sample marketplace's listings, evenly spread; each takes up to two seconds, twice."""


@pytest.mark.timeout(300)
def test_verdicts_are_those_of_one_machine(postgres, s3, tmp_path):
    samples = write_samples(tmp_path / "samples")
    lines = [json.loads(line) for line in samples.listings.read_text("utf-8").splitlines()]
    listings = lines[:: len(lines) // SHOWN][:SHOWN]
    alone = settings_at(tmp_path / "alone")
    served = settings_at(
        tmp_path / "served",
        database_url=postgres.url(),
        blob_url=f"s3://{BUCKET}/{uuid4().hex}",
        s3=s3.settings,
    )
    verdicts = []
    for settings in (alone, served):
        for kit in samples.brands:
            import_into(settings, kit)
        verdicts.append(judge(settings, samples.listings.parent, listings))
    assert verdicts[0] == verdicts[1]
    assert len({verdict.tier for verdict in verdicts[0].values()}) > 1, "they are not all alike"
    assert not list((tmp_path / "served").rglob("*.sqlite")), "nothing was kept on the machine itself"
    assert not (tmp_path / "served" / "blobs").exists()
