"""Google Lens: the pages that show a picture, then goods that look like it, each page once."""

import pytest

from connectors.google_lens import GoogleLensConnector
from connectors.sandbox import Catalogue, build
from tests.connectors.sandboxed import WHEN, OnSandbox, listings, reaching

GOODS = 45


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestLens(OnSandbox):
    kind = GoogleLensConnector
    query = "https://elsewhere.example/any.jpg"
    refused = ("bottle.jpg", "file:///home/me/reference.jpg", "seller:A1")


def test_the_page_of_the_picture_itself_comes_first_and_once(sandbox):
    item = sandbox.catalogue.item(9)
    alike = sandbox.catalogue.find(" ".join(item.title.split()[:2]))
    source = GoogleLensConnector("http://sandbox/pictures/9-0.jpg", reaching(sandbox), clock=lambda: WHEN)
    found = listings(source)
    assert found[0].title == item.title
    assert len(found) == len(alike)
