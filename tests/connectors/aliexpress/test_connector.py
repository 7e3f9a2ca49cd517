"""AliExpress against the sandbox's affiliate search, which checks every signature."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.aliexpress import AliExpressConnector
from connectors.aliexpress.translate import translate_product
from connectors.sandbox import Catalogue, build
from scoring.errors import RateLimitedError, SettingsError, SourceError
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 160


def connector(sandbox, query="*", **more) -> AliExpressConnector:
    return AliExpressConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestAliExpress(OnSandbox):
    kind = AliExpressConnector
    refused = ("id:1",)


def test_nothing_found_is_no_error(sandbox):
    assert rows(connector(sandbox, "no such thing anywhere")) == []


def test_prices_are_asked_for_in_the_countrys_currency(sandbox):
    source = AliExpressConnector("steel lamp", reaching(sandbox), market="de")
    assert {one.price.currency for one in listings(source)} == {"EUR"}


@pytest.mark.parametrize(
    ("name", "says"), [("app_key", "InvalidAppKey"), ("app_secret", "IncompleteSignature")]
)
def test_credentials_that_are_refused_are_not_shown(sandbox, name, says):
    secrets = {"aliexpress": SECRETS["aliexpress"] | {name: SecretStr("hush")}}
    with pytest.raises(SettingsError, match=says) as raised:
        rows(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


REFUSED = [
    ({"error_response": {"code": "ApiCallLimit", "msg": "too many"}}, RateLimitedError, "a limit"),
    ({"error_response": {"code": "15", "msg": "Remote service error"}}, SourceError, "an error of theirs"),
    (
        {
            "aliexpress_affiliate_product_query_response": {
                "resp_result": {"resp_code": 402, "resp_msg": "no"}
            }
        },
        SourceError,
        "an error within the answer",
    ),
    ({"something": "else"}, SourceError, "an answer of another shape"),
]


@pytest.mark.parametrize(("body", "error", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_errors_that_come_with_status_200(body, error, reason):
    access = answering(lambda request: httpx.Response(200, json=body))
    with pytest.raises(error) as raised:
        rows(AliExpressConnector("lamp", access))
    assert raised.value.hint


PRODUCTS = [
    ({}, {"seller": None, "images": (), "category": None}, "an id is enough"),
    (
        {"product_small_image_urls": ["//a/1.jpg"]},
        {"images": ("https://a/1.jpg",)},
        "a plain list of pictures",
    ),
    ({"first_level_category_name": "Home"}, {"category": "Home"}, "one class only"),
]


@pytest.mark.parametrize(("more", "expected", "reason"), PRODUCTS, ids=[case[2] for case in PRODUCTS])
def test_a_product(more, expected, reason):
    listing, errors = translate_product({"product_id": 7} | more, observed_at=WHEN)
    assert {name: getattr(listing, name) for name in expected} == expected
    assert not errors
