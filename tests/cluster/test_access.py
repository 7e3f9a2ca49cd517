"""A tenant's credentials and caps on their way to connectors."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from pydantic import SecretStr

from catalog.records import open_catalog
from cluster.access import TenantMeter, access_of, resource
from cluster.kill_switch import KillSwitchWatch
from cluster.settings import Settings
from cluster.state import State
from scoring.errors import RateLimitedError

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


@pytest.fixture
def catalog(tmp_path):
    with open_catalog(tmp_path / "catalog.db", clock=lambda: NOW) as opened:
        opened.tenants.ensure("acme")
        yield opened


def meter(catalog, daily=None):
    return TenantMeter(
        catalog.usage,
        "acme",
        daily=daily or {},
        switch=KillSwitchWatch(catalog.kill_switch.standing),
        clock=lambda: NOW,
    )


def calls(catalog) -> dict[str, int]:
    return {it.resource: it.units for it in catalog.usage.of("acme", since=date.min)}


def test_a_cap_of_137_gives_137_calls_however_many_ask_at_once(catalog):
    counted = meter(catalog, {"ebay": 137})

    def take(_) -> bool:
        try:
            counted.take("ebay")
        except RateLimitedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(200))) == 137
    assert calls(catalog) == {"calls_ebay": 137}


def test_a_spent_cap_says_until_when(catalog):
    counted = meter(catalog, {"ebay": 0})
    with pytest.raises(RateLimitedError, match="0 calls of ebay") as raised:
        counted.take("ebay")
    assert raised.value.retry_after == 5.5 * 3600
    assert "resume" in raised.value.hint


def test_the_tenants_own_cap_goes_before_the_platforms(catalog):
    catalog.usage.set_cap("acme", resource("ebay"), 1, by="test")
    counted = meter(catalog, {"ebay": 137})
    counted.take("ebay")
    with pytest.raises(RateLimitedError):
        counted.take("ebay")


def test_without_any_cap_calls_are_counted(catalog):
    meter(catalog).take("shop")
    assert calls(catalog) == {"calls_shop": 1}


def test_the_environment_names_credentials_and_addresses(monkeypatch, tmp_path):
    monkeypatch.setenv("COUNTERFOIL_CONNECTORS__EBAY__CLIENT_ID", "me")
    monkeypatch.setenv("COUNTERFOIL_CONNECTORS__EBAY__CLIENT_SECRET", "hush")
    monkeypatch.setenv("COUNTERFOIL_CONNECTORS__EBAY__ADDRESS", "http://127.0.0.1:9000/ebay")
    settings = Settings.load(home=tmp_path)
    state = State(settings)
    state.catalog.tenants.ensure("acme")
    access = access_of(state, "acme")
    assert access.secret("ebay", "client_id") == "me"
    assert access.credentials["ebay"]["client_secret"] == SecretStr("hush")
    assert access.addresses == {"ebay": "http://127.0.0.1:9000/ebay"}
    assert not access.has("ebay", "address"), "an address is no credential"
    assert "hush" not in f"{settings!r}{access!r}"
    assert hash(settings) == hash(settings.model_copy()), "workers keep what they opened by their settings"
