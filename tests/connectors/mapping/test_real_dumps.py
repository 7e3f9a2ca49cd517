"""Real marketplace dumps by the shipped mappings: every row a listing, with what the dump holds."""

from pathlib import Path

import pytest

from connectors.mapping import load, read_dump, shipped
from tests.connectors.sandboxed import WHEN

DUMPS = (Path(__file__).parents[3] / "../shared/data/titles/listings").resolve()
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DUMPS.is_dir(), reason=f"the shared data folder is not at {DUMPS}"),
]

# Rows, and the least share of them in which each field is filled: counted in the dumps themselves.
FILES = [
    (
        "shopee-products.csv",
        "shopee-dump",
        1000,
        {
            "url": 1,
            "title": 1,
            "description": 0.99,
            "category": 1,
            "price": 0.99,
            "stock": 0.85,
            "seller": 1,
            "images": 0.99,
        },
    ),
    (
        "lazada-products.csv",
        "lazada-dump",
        1000,
        {"url": 1, "title": 1, "description": 0.9, "category": 1, "price": 1, "seller": 1, "images": 1},
    ),
    (
        "amazon_global_dataset_by_keyword.json",
        "amazon-dump",
        367,
        {
            "url": 1,
            "title": 1,
            "description": 0.97,
            "category": 1,
            "price": 0.98,
            "stock": 0.95,
            "seller": 1,
            "images": 1,
        },
    ),
    ("amazon_bestsellers.json", "amazon-dump", 3, {"title": 1, "price": 1, "seller": 1, "images": 1}),
    ("amazon_keyword_data.json", "amazon-dump", 6, {"title": 1, "price": 1, "seller": 1, "images": 1}),
    ("amazon_products_global_dataset.json", "amazon-dump", 2, {"title": 1, "price": 1, "stock": 1}),
]


@pytest.mark.parametrize(("name", "mapping", "number", "shares"), FILES, ids=[case[0] for case in FILES])
def test_every_row_is_a_listing(name, mapping, number, shares):
    rules = load(shipped()[mapping])
    found = [rules.translate(record, observed_at=WHEN)[0] for _, record in read_dump(DUMPS / name)]
    assert len(found) == number
    for field, least in shares.items():
        empty = type(found[0]).model_fields[field].get_default()
        filled = sum(getattr(one, field) != empty for one in found)
        assert filled >= least * number, field
    assert all(image.startswith("https://") for one in found for image in one.images)
