"""What a listing may say, each limit just kept and just broken."""

from typing import Any

import pytest
from pydantic import ValidationError

from scoring.listing import Listing, Money, Stock

BASE = {"platform": "ebay", "listing_id": "1"}
KEPT = [
    ({"price": {"amount": "19.99", "currency": "usd"}}, "a currency in lower case"),
    ({"stock": {"kind": "exact", "min": 0, "max": 0}}, "sold out"),
    ({"stock": {"kind": "range", "min": 2, "max": 2}}, "a range of one number"),
    ({"platform": " eBay "}, "a platform with spaces and capitals"),
    ({"nonsense": 1}, "an unknown field is the connector's to report"),
]
REFUSED = [
    ({"price": {"amount": "19.99"}}, "currency", "money without its currency"),
    ({"price": {"amount": "-1", "currency": "EUR"}}, "amount", "a negative price"),
    ({"price": {"amount": "1.1e15", "currency": "EUR"}}, "amount", "a price beyond every currency"),
    ({"price": {"amount": "NaN", "currency": "EUR"}}, "amount", "not a number"),
    ({"price": {"amount": "1", "currency": "EURO"}}, "currency", "four letters"),
    ({"stock": {"kind": "exact"}}, "stock", "exactly nothing"),
    ({"stock": {"kind": "range", "min": 3, "max": 2}}, "stock", "a range upside down"),
    ({"stock": {"kind": "exact", "min": 2**53}}, "min", "more than JSON keeps"),
    ({"platform": "  "}, "platform", "a blank platform"),
    ({"listing_id": ""}, "listing_id", "no id"),
]


@pytest.mark.parametrize(("fields", "reason"), KEPT, ids=[case[1] for case in KEPT])
def test_kept(fields: dict[str, Any], reason: str) -> None:
    listing = Listing.model_validate(BASE | fields)
    assert listing.key == ("ebay", "1"), reason
    assert Listing.model_validate_json(listing.model_dump_json()) == listing


@pytest.mark.parametrize(("fields", "named", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_refused(fields: dict[str, Any], named: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Listing.model_validate(BASE | fields)


def test_a_currency_is_written_in_capitals() -> None:
    assert Money.model_validate({"amount": "1", "currency": "eur"}).currency == "EUR"
    assert Stock().kind == "unknown"
