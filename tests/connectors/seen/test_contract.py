"""What was seen, as a source: the contract of all connectors, and what a query may say."""

from datetime import UTC, datetime

import pytest

from connectors import open_source
from connectors.interface import Checkpoint
from connectors.seen import SeenConnector, SeenQuery
from connectors.web import Access
from scoring.errors import SourceError
from scoring.listing import Listing
from tests.contracts.connector import ConnectorContract

WHEN = datetime(2026, 11, 20, tzinfo=UTC)
WHOLE = {
    "platform": "shop",
    "url": "https://shop.test/1",
    "title": "Bag",
    "description": "A bag.",
    "brand": "Northpine",
    "category": "Bags",
    "condition": "new",
    "price": {"amount": "9", "currency": "EUR"},
    "stock": {"kind": "exact", "min": 1, "max": 1},
    "seller": {"id": "somebody"},
    "images": ["kept:1"],
    "video": "https://shop.test/v",
    "observed_at": WHEN,
}
SEEN = [Listing.model_validate(WHOLE | {"listing_id": f"{number}"}) for number in range(1, 8)]


def remembered(changed, since, after):
    keys = [listing.key for listing in SEEN]
    yield from SEEN[keys.index(after) + 1 if after else 0 :]


class TestContract(ConnectorContract):
    numbers = tuple(range(1, 8))

    def open(self):
        return SeenConnector(SeenQuery(), Access(remembered=remembered), page_size=3)

    def failures(self):
        return (
            lambda: open_source("seen:everything"),
            lambda: list(open_source("seen:*").pages()),
            lambda: list(self.open().pages(Checkpoint(1, "nowhere"))),
        )


def test_a_query_is_handed_on_and_written_as_it_is_read():
    asked = []

    def listen(*words):
        asked.append(words)
        return iter(())

    query = SeenQuery.read("changed,since=2026-11-01")
    pages = list(SeenConnector(query, Access(remembered=listen)).pages())
    assert asked == [(True, datetime(2026, 11, 1, tzinfo=UTC), None)]
    assert pages == [((), Checkpoint(0, ""))], "nothing is one empty page"
    assert SeenQuery.read(query.written) == query
    assert SeenQuery.read("*").written == "*"


@pytest.mark.parametrize("written", ["all", "since=yesterday", "changed=1", "*,changed"])
def test_a_misspelt_query_is_told_of(written):
    with pytest.raises(SourceError, match=r"seen:|Write it as"):
        SeenQuery.read(written)
