"""A list of addresses: pages are read, pictures are taken, and a bad line is a row with its reason."""

import pytest

from connectors import open_source
from connectors.file.feed import Feed
from connectors.found import Hit
from connectors.sandbox import Catalogue, build
from connectors.urls import UrlsConnector
from connectors.urls.table import read_hits
from scoring.errors import SourceError
from tests.connectors.sandboxed import WHEN, reaching, rows
from tests.contracts.connector import ConnectorContract

GOODS = 33


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestUrls(ConnectorContract):
    numbers = tuple(range(2, GOODS + 2))

    @pytest.fixture(autouse=True)
    def _list(self, sandbox, tmp_path):
        self.sandbox, self.folder = sandbox, tmp_path
        self.path = tmp_path / "addresses.csv"
        lines = (f"http://sandbox/goods/{n}" if n != 5 else "nonsense" for n in range(1, GOODS + 1))
        self.path.write_text("URL,note\n" + "".join(f"{one},x\n" for one in lines))

    def open(self):
        return UrlsConnector(Feed(self.path), reaching(self.sandbox), clock=lambda: WHEN)

    def failures(self):
        (self.folder / "names.csv").write_text("sku,amount\n1,2\n")
        return (
            lambda: open_source(f"urls:{self.folder / 'nothing.csv'}"),
            lambda: open_source(f"urls:{__file__}"),
            lambda: list(open_source(f"urls:{self.folder / 'names.csv'}").pages()),
            lambda: open_source(f"urls@DE:{self.path}"),
        )


PAGE, PICTURE = "https://shop.example/lamp", "https://cdn.example/lamp.JPG?w=9"
LISTS = [
    (f"url,image\n{PAGE},{PICTURE}\n", [(2, Hit(page=PAGE, picture=PICTURE))], "both in one line"),
    (f"Name;Page_URL\nLamp;{PAGE}\n", [(2, Hit(page=PAGE, title="Lamp"))], "semicolons and capitals"),
    (
        f"{PAGE}\n{PICTURE}\n",
        [(1, Hit(page=PAGE)), (2, Hit(picture=PICTURE))],
        "addresses alone, without a header",
    ),
    (f"url\n\n{PAGE}\n", [(3, Hit(page=PAGE))], "a blank line is no row"),
    ("url,note\n,x\n", [(2, "no address")], "a line without one"),
    ("url\njavascript:alert(1)\n", [(2, "'javascript:alert(1)' is no address on the web")], "another scheme"),
    ("url\nhttp://[half\n", [(2, "'http://[half' is no address on the web")], "half a bracket"),
    ("", [], "an empty file"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), LISTS, ids=[case[2] for case in LISTS])
def test_a_list(tmp_path, text, expected, reason):
    path = tmp_path / "list.csv"
    path.write_text(text)
    assert list(read_hits(Feed(path))) == expected


def test_a_picture_alone_is_a_listing_with_that_picture(sandbox, tmp_path):
    path = tmp_path / "pictures.txt"
    path.write_text(f"{PICTURE}\n")
    (row,) = rows(UrlsConnector(Feed(path), reaching(sandbox), clock=lambda: WHEN))
    assert (row.listing.images, row.errors) == ((PICTURE,), ())


def test_quotes_that_are_never_closed_end_the_list_with_a_reason(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('url,note\n"' + "x" * 200_000)
    with pytest.raises(SourceError, match="is no CSV from line 2 on"):
        list(read_hits(Feed(path)))
