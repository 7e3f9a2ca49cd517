"""Real marketplace dumps, their columns renamed to ours and otherwise as they are."""

import csv
import json
from pathlib import Path

import pytest

from connectors.file import FileConnector
from scoring.errors import SourceError

DUMPS = (Path(__file__).parents[3] / "../shared/data/titles/listings").resolve()
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DUMPS.is_dir(), reason=f"the shared data folder is not at {DUMPS}"),
]

RENAMED = {
    "shopee-products.csv": {
        "id": "listing_id",
        "Product Description": "description",
        "image": "images",
        "final_price": "price_amount",
        "currency": "price_currency",
    },
    "lazada-products.csv": {
        "sku": "listing_id",
        "product_description": "description",
        "image": "images",
        "final_price": "price_amount",
        "currency": "price_currency",
    },
}


@pytest.mark.parametrize("name", RENAMED)
def test_a_dump_of_1000_rows_is_1000_listings(tmp_path, name):
    with (DUMPS / name).open(encoding="utf-8", newline="") as file:
        header, *cells = csv.reader(file)
    path = tmp_path / "listings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["platform", *(RENAMED[name].get(column, column) for column in header)])
        writer.writerows([name.split("-")[0], *row] for row in cells)
    rows = [row for page, _ in FileConnector(path).pages() for row in page]
    assert len(rows) == len(cells) == 1000
    listings = [row.listing for row in rows if row.listing is not None]
    named = [row for row in cells if row[header.index("id" if "id" in header else "sku")].strip()]
    assert len(listings) == len(named)
    assert sum(bool(listing.images) for listing in listings) > 0.95 * len(listings)
    assert sum(listing.price is not None for listing in listings) > 0.9 * len(listings)
    assert all(image.startswith("https://") for listing in listings for image in listing.images)


def test_a_dump_as_it_comes_says_which_columns_it_lacks():
    with pytest.raises(SourceError, match="no column 'platform'"):
        list(FileConnector(DUMPS / "shopee-products.csv").pages())


def test_items_of_a_json_dump_written_one_a_line_are_listings(tmp_path):
    path = tmp_path / "listings.jsonl"
    items = json.loads((DUMPS / "amazon_global_dataset_by_keyword.json").read_text("utf-8"))
    with path.open("w", encoding="utf-8") as file:
        for item in items:
            fields = item | {"platform": "amazon", "listing_id": item["asin"], "images": item.get("images")}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")
    rows = [row for page, _ in FileConnector(path).pages() for row in page]
    assert len(rows) == len(items) > 100
    assert all(row.listing is not None for row in rows)
    assert all(any("unknown fields" in error for error in row.errors) for row in rows)
    listed = [item["asin"] for item in items]
    repeats = sum("duplicate of line" in error for row in rows for error in row.errors)
    assert repeats == len(listed) - len(set(listed))
