"""Beyond some dozens of references both paths ask the same shortlist, and get the same answer."""

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from cluster.library import Owner
from cluster.measure import measure
from scoring.brand import ReferenceKind
from scoring.features import GEOMETRY
from tests.scenarios.modified_copies import KINDS
from tests.vision.drawn_pictures import poster
from vision.geometry import GeometryIndex, describe
from vision.shortlist import DEFAULT_SHORTLIST

MANY = DEFAULT_SHORTLIST.exact_up_to + 4
"""A few more than are looked at without a shortlist."""


@dataclass(frozen=True)
class Known:
    """As much of a library as geometry asks for."""

    owners: dict[str, Owner]
    geometry: GeometryIndex


@pytest.fixture(scope="module")
def online():
    """Built by the replica itself."""
    index = GeometryIndex()
    for seed in range(MANY):
        index.add(f"ref-{seed}", describe(poster(seed)))
    return Known({f"ref-{seed}": Owner("Northpine", ReferenceKind.PHOTO) for seed in range(MANY)}, index)


@pytest.fixture(scope="module")
def bulk(online):
    """Lent by Ray: its arrays lie in shared memory and cannot be written to."""
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(online, protocol=5, buffer_callback=buffers.append)
    return pickle.loads(data, buffers=[bytes(it) for it in buffers])  # our own bytes


@pytest.mark.parametrize("kind", ["crop", "mirror", "pasted", "watermark"])
def test_bulk_and_online_find_the_same(bulk, online, kind):
    pixels = KINDS[kind](poster(9), np.random.default_rng(2))
    found = measure(GEOMETRY, pixels, online)
    assert found == measure(GEOMETRY, pixels, bulk)
    assert [match.reference_id for match in found] == ["ref-9"]


def test_replicas_that_met_their_references_in_another_order_agree(online):
    index = GeometryIndex()
    for seed in reversed(range(MANY)):
        index.add(f"ref-{seed}", describe(poster(seed)))
    pixels = np.hstack([poster(9), poster(30)])
    found = measure(GEOMETRY, pixels, online)
    assert found == measure(GEOMETRY, pixels, Known(online.owners, index))
    assert {match.reference_id for match in found} == {"ref-9", "ref-30"}
