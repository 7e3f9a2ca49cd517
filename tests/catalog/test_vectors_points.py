"""Names of points and collections: equal for equal things, unlike for all others."""

from itertools import combinations

import pytest

from catalog.vectors import collection_name, point_id
from scoring.errors import CatalogError


def test_an_id_depends_on_every_part_and_where_it_ends():
    ids = [
        point_id("acme", "references", sha256="1", model="m"),
        point_id("acm", "references", sha256="1", model="m"),
        point_id("acme", "sightings", sha256="1", model="m"),
        point_id("acme", "references", sha256="2", model="m"),
        point_id("acme", "references", sha256="1", model="n"),
        point_id("acme", "references", sha256="1m", model=""),
    ]
    assert all(one != other for one, other in combinations(ids, 2))
    assert ids[0] == point_id("acme", "references", sha256="1", model="m")


@pytest.mark.parametrize(
    ("model", "reason"),
    [("vit-b-32-1a2b", "words"), ("m", "one letter"), ("cut-at--1a2b", "a word cut at its hyphen")],
)
def test_an_encoders_key_names_its_collections(model, reason):
    assert collection_name("references", model) != collection_name("sightings", model), reason


@pytest.mark.parametrize("model", ["", "ViT", "a/b", "a.b", "-a", "a-", "a b", "..", "a\n"])
def test_what_is_no_key_is_refused(model):
    with pytest.raises(CatalogError, match="cannot name an encoder"):
        collection_name("references", model)
