"""Apify's actors, against the sandbox's: paid for once, waited for, and read to the end."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.apify import ApifyConnector
from connectors.sandbox import Catalogue, build
from scoring.errors import SettingsError, SourceError, UnreachableError
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, listings, reaching, rows

GOODS = 130


def connector(sandbox, query="google-shopping-actor:*", **more) -> ApifyConnector:
    return ApifyConnector(query, reaching(sandbox, **more), clock=lambda: WHEN, page_size=40)


@pytest.fixture
def sandbox():
    return build(Catalogue(GOODS))


class TestApify(OnSandbox):
    kind = ApifyConnector
    query = "google-shopping-actor:*"
    refused = (
        "no-such-mapping:lamp",
        "/nowhere.yaml:lamp",
        "shopee-dump:lamp",
        "google-shopping-actor:",
        "aliexpress-actor:lamp",
    )

    def asked(self, query, **more):
        return connector(self.sandbox, query, **more)


def test_a_run_is_paid_for_once_however_often_its_records_are_read(sandbox):
    pages = connector(sandbox).pages()
    checkpoints = [next(pages)[1], next(pages)[1]]
    for checkpoint in checkpoints:
        rest = [row for found, _ in connector(sandbox).pages(checkpoint) for row in found]
        assert len(rest) == GOODS - checkpoint.rows
    assert sandbox.apify.started == 1


def test_a_start_whose_answer_is_lost_is_not_repeated():
    """The run may have begun, and would be paid for twice."""
    calls = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.path)
        raise httpx.ReadTimeout("late")

    access = reaching(None, transport=lambda: httpx.MockTransport(handle))
    with pytest.raises(UnreachableError):
        rows(ApifyConnector("google-shopping-actor:lamp", access))
    assert len(calls) == 1


@pytest.mark.parametrize("status", ["FAILED", "TIMED-OUT", "ABORTED"])
def test_a_run_that_ends_early_gives_what_it_has_and_says_that_more_is_missing(sandbox, status):
    sandbox.apify.ends_as = status
    *found, last = rows(connector(sandbox))
    assert len([row for row in found if row.listing]) == GOODS
    assert last.listing is None
    assert status in last.errors[0]


def test_a_wrong_token_is_refused_and_not_shown(sandbox):
    secrets = SECRETS | {"apify": {"token": SecretStr("hush")}}
    with pytest.raises(SettingsError, match="token is not valid") as raised:
        rows(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


def test_a_mapping_of_ones_own(sandbox, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "platform: mine\nsource: mine\nlisting_id: url\ntitle: title\n"
        "actor: {name: plumblinedata/google-shopping-scraper, input: {queries: ['{query}']}}\n"
    )
    found = listings(connector(sandbox, f"{own}:*"))
    assert {one.platform for one in found} == {"mine"}
    assert len(found) == GOODS


def test_an_actor_that_is_gone_is_told():
    with pytest.raises(SourceError, match="Actor was not found"):
        rows(connector(build(Catalogue(1)), "amazon-offers-actor:B01"))
