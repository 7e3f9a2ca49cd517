"""How far real offers lie below their list prices: `python -m benchmarks.prices LISTINGS [--json]`.

LISTINGS is a folder of real listings (JSON and CSV with `initial_price`, `final_price` and `currency`). Each
list price is given to the price signal as if it were what the product is really sold at, which is what the
signal warns brands not to do: the share of offers on which it then fires is how wrong that would be.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from scoring.brand import LEAST_PRICES, Brand, Price
from scoring.evidence import Evidence
from scoring.listing import Listing, Money
from scoring.signals.price import PriceSignal

FIRED = 0.5
"""The level from which the default recipe counts a price as fired."""


def offers(folder: Path) -> Iterator[tuple[str, Listing, Money]]:
    """Shop, offer and list price, of every row that has both prices."""
    csv.field_size_limit(1 << 30)
    for path in sorted((*folder.glob("*.json"), *folder.glob("*.csv"))):
        for row in _rows(path):
            try:
                listed = Money.model_validate({"amount": row["initial_price"], "currency": row["currency"]})
                asked = Money.model_validate({"amount": row["final_price"], "currency": row["currency"]})
            except (KeyError, ValidationError):
                continue  # a row without prices is no offer to compare
            if listed.amount > 0 and asked.amount > 0:
                shop = path.stem.partition("_")[0].partition("-")[0]
                shown = {
                    "platform": shop,
                    "listing_id": "1",
                    "title": row["title"] or "",
                    "url": row.get("url"),
                }
                yield shop, Listing.model_validate(shown | {"price": asked}), listed


def _rows(path: Path) -> list[Mapping[str, str]]:
    if path.suffix == ".json":
        rows: list[Mapping[str, str]] = json.loads(path.read_text("utf-8"))
        return rows
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def main() -> None:
    """Count by shop and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("listings", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    signal = PriceSignal()
    counts: defaultdict[str, dict[str, int]] = defaultdict(
        lambda: {"offers": 0, "below half the list price": 0, "would fire": 0}
    )
    for shop, listing, listed in offers(options.listings):
        count = counts[shop]
        count["offers"] += 1
        if listing.price is not None:
            count["below half the list price"] += listing.price.amount < listed.amount / 2
        brand = Brand(name="Northpine", price=Price(typical=(listed,) * LEAST_PRICES))
        said = signal.weigh(listing, brand, {})
        count["would fire"] += isinstance(said, Evidence) and said.score >= FIRED
    print(json.dumps(counts, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
