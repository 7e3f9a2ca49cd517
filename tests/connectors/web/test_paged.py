"""What pages that name the next one share: order, ends, resuming, markets, and rows that are no listings."""

from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from connectors.interface import Capabilities, Checkpoint
from connectors.web import Access
from connectors.web.paged import Found, PagedConnector
from scoring.errors import SourceError, UnreachableError
from scoring.listing import Listing
from tests.connectors.sandboxed import WHEN


class Shop(PagedConnector):
    platform = "shop"
    id_field = "id"
    markets: ClassVar[dict] = {"US": 1, "DE": 2}
    aliases: ClassVar[dict] = {"sku": "id"}
    script: ClassVar[dict] = {}

    can = Capabilities(platform="shop", searches=frozenset({"text", "id"}), fields=frozenset(), page_size=2)

    @asynccontextmanager
    async def reading(self):
        async def read(cursor):
            return Found(*self.script[cursor])

        yield read

    def translate(self, item):
        if "bad" in item:
            raise ValueError("it is bad")
        return Listing(platform="shop", listing_id=item["id"], observed_at=WHEN), ()


def shop(script, written="lamp", **more):
    made = Shop(written, Access(), **more)
    made.script = script
    return made


def read(script, checkpoint=None):
    pages = list(shop(script).pages(checkpoint))
    return [[row.raw_id for row in rows] for rows, _ in pages], [at for _, at in pages]


A, B = {"id": "a"}, {"id": "b"}

ENDS = [
    ({"": ([A, B], None)}, [["a", "b"]], "one page"),
    ({"": ([A], "2"), "2": ([B], None)}, [["a"], ["b"]], "a page names the next"),
    ({"": ([], None)}, [[]], "nothing at all is one empty page, so that there is a checkpoint"),
    ({"": ([A], "2"), "2": ([], None)}, [["a"]], "an empty end is no page"),
    ({"": ([A], "2"), "2": ([], "3"), "3": ([B], None)}, [["a"], ["b"]], "an empty page in the middle"),
    ({"": ([], "2"), "2": ([], None)}, [[]], "empty throughout"),
]


@pytest.mark.parametrize(("script", "expected", "reason"), ENDS, ids=[case[2] for case in ENDS])
def test_pages_are_read_to_their_end(script, expected, reason):
    found, checkpoints = read(script)
    assert found == expected
    for at, place in enumerate(checkpoints):
        assert read(script, place)[0] == expected[at + 1 :]


def test_a_page_that_names_itself_is_not_read_for_ever():
    with pytest.raises(UnreachableError, match="the same page again"):
        read({"": ([A], "2"), "2": ([B], "2")})


def test_what_is_no_listing_is_a_row_with_the_reason():
    ((rows, checkpoint),) = shop({"": ([A, {"id": "b", "bad": 1}], None)}).pages()
    assert (rows[1].listing, rows[1].raw_id, rows[1].errors) == (None, "b", ("it is bad",))
    assert checkpoint == Checkpoint(2, "end:")


def test_the_platforms_own_word_for_an_id():
    assert shop({}, "sku: a, b,").ids == ["a", "b"]


def test_markets():
    assert (shop({}).market, shop({}, market="de").market) == ("US", "DE")
    with pytest.raises(SourceError, match="no market 'XX'"):
        shop({}, market="XX")
    alone = type("Alone", (Shop,), {"markets": {}})
    with pytest.raises(SourceError, match="no markets to choose from"):
        alone("lamp", Access(), market="DE")
