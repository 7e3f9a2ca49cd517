"""A file of listings as what the sandbox's marketplaces sell: each where the file says it stands."""

import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.sandbox.catalogue import Catalogue, Item


class ListedCatalogue(Catalogue):
    """The goods of a JSONL file of ours, in its order, with the pictures beside it.

    What a marketplace does not say of its listings is lost on the way, as it would be on the marketplace.
    """

    def __init__(self, listings: Path) -> None:
        """`OSError` or `ValueError` where the file is not there, or not such a one."""
        super().__init__(0)
        found = list(_read(listings))
        self.items = tuple(_item(line, number) for number, line in enumerate(found, start=1))
        self._files = [[listings.parent / name for name in line["images"]] for line in found]

    def picture(self, number: int, place: int) -> bytes | None:
        """See `Catalogue.picture`: the file as it is."""
        if not 1 <= number <= len(self._files):
            return super().picture(number, place)
        files = self._files[number - 1]
        return files[place].read_bytes() if 0 <= place < len(files) else None


def _read(listings: Path) -> Iterator[dict[str, Any]]:
    for line in listings.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _item(line: dict[str, Any], number: int) -> Item:
    seller = line["seller"]
    return Item(
        number=number,
        title=line["title"],
        description=line["description"] or "",
        brand=line["brand"] or "",
        category=line["category"] or "",
        condition=line["condition"],
        price=Decimal(line["price"]["amount"]),
        seller=seller["id"],
        seller_country=seller["country"],
        rating=seller["rating"] or 0.0,
        feedback=seller["feedback_count"] or 0,
        stock=_stock(line["stock"]),
        gtin=f"{zlib.crc32(line['listing_id'].encode()):013}",
        pictures=len(line["images"]),
        opened=datetime.fromisoformat(line["observed_at"]),
        currency=line["price"]["currency"],
        platform=line["platform"],
    )


def _stock(told: dict[str, Any]) -> int | None:
    """As many as marketplaces are told: more than is shown where that is only known to be a part."""
    match told:
        case {"kind": "exact", "min": int(exact)}:
            return exact
        case {"kind": "at_least", "min": int(least)}:
            return least + 1
        case {"kind": "range", "max": int(most)}:
            return most
    return None
