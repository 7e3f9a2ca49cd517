"""A service as a newcomer has it: one tenant, no encoder, pictures from public addresses only."""

import pytest

from tests.deployments.listings import listing
from tests.pipelines.markets import import_into, jpeg, write_kit
from tests.pipelines.picture_server import PictureServer

pytestmark = pytest.mark.ray


def test_the_only_tenant_need_not_be_named(alone):
    verdict = alone.score(listing(jpeg(0, quality=85)))
    assert (verdict["tier"], verdict["tenant"]) == (1, "acme")


def test_without_an_encoder_appearance_says_how_to_have_one(alone):
    verdict = alone.score(listing(jpeg(100)))
    silent = {it["signal"]: it["reason"] for it in verdict["abstentions"]}
    assert "set COUNTERFOIL_ENCODER" in silent["appearance"]
    assert (verdict["encoder"], verdict["tier"]) == (None, 4)
    assert alone.client.get(alone.ready).json() == {"ready": True, "reasons": [], "encoder": None}


def test_private_addresses_are_not_fetched_from(alone):
    with PictureServer({"/copy.jpg": ("image/jpeg", jpeg(0))}) as shop:
        verdict = alone.score(listing(f"{shop.url}/copy.jpg"))
    assert verdict["tier"] == 4
    assert len(verdict["errors"]) == 1
    assert not shop.hits


def test_with_a_second_tenant_the_request_must_name_one(alone, tmp_path):
    import_into(alone.settings, write_kit(tmp_path / "kit", {"a.jpg": jpeg(9)}), tenant="second")
    answer = alone.client.post(alone.path, json=listing())
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:counterfoil:tenant-not-named"
    assert "?tenant=" in answer.json()["hint"]
    assert alone.score(listing(jpeg(9)), params={"tenant": "second"})["tier"] == 1
