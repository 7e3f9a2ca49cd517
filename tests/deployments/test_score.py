"""POST /v1/score: what the verdicts are, and what a caller is told of what could not be read."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.encoder_choices import Place
from cluster.state import State
from tests.deployments.listings import data_uri, listing
from tests.pipelines.markets import import_into, jpeg, write_kit
from tests.pipelines.picture_server import PictureServer
from tests.vision.tiny_checkpoint import write_tiny_checkpoint

pytestmark = pytest.mark.ray

COPY = jpeg(0, quality=85)
UNRELATED = jpeg(100)
BROKEN = COPY[: len(COPY) // 3]

TIERS = [
    (listing(COPY), 1, "priority_review", "another encoding of a reference"),
    (listing(UNRELATED, COPY), 1, "priority_review", "the copy is the second picture"),
    (listing(COPY, seller={"id": "official"}), 4, "none", "an authorised seller is cleared"),
    (
        listing(COPY, seller={"id": "official"}, platform="bazaar"),
        1,
        "priority_review",
        "the authorisation is for one platform",
    ),
    (listing(BROKEN, COPY), 1, "priority_review", "a broken picture hides no copy beside it"),
    (listing(title="Northpine bag"), 2, "review", "only the name: words alone are judged"),
]


@pytest.mark.parametrize(("sent", "tier", "route", "reason"), TIERS, ids=[row[3] for row in TIERS])
def test_tiers(service, sent, tier, route, reason):
    verdict = service.score(sent)
    assert (verdict["tier"], verdict["route"]) == (tier, route), verdict


def test_a_verdict_says_everything_it_rests_on(service):
    verdict = service.score(listing(COPY))
    assert [share["signal"] for share in verdict["contributions"]] == ["fingerprint"]
    assert sum(it["contribution"] for it in verdict["contributions"]) == pytest.approx(verdict["score"])
    assert verdict["reference_id"]
    assert verdict["brand"] == "Northpine"
    assert verdict["recipe_version"] == "default@1"
    assert verdict["errors"] == []
    assert {"library", "fetch", "look", "judge", "total"} <= set(verdict["timings_ms"])
    assert verdict["timings_ms"]["total"] >= max(verdict["timings_ms"].values())


def test_a_cleared_listing_costs_no_picture(service):
    verdict = service.score(listing(COPY, seller={"id": "official"}))
    assert (verdict["exemption"], verdict["seller_authorised"]) == ("authorised_seller", True)
    assert "fetch" not in verdict["timings_ms"]


ERRORS = [
    (listing(BROKEN), "picture 1: ", "a truncated JPEG"),
    (listing(COPY, BROKEN, UNRELATED), "picture 2: ", "the number is the picture's in the listing"),
    (listing(b"<html>gone</html>"), "picture 1: ", "a page instead of a picture"),
    (listing("../../etc/passwd"), "images[0]: ../../etc/passwd cannot be fetched", "a path is nobody's here"),
    (listing("file:///etc/passwd"), "images[0]: file:///etc/passwd cannot", "nor is a file of the server's"),
    (listing("ftp://example.com/a.jpg"), "images[0]: ftp://", "another scheme"),
    (listing("http://169.254.169.254/a.jpg"), "picture 1: ", "a cloud's metadata, whatever is allowed"),
    (listing(title=["no", "text"]), "title: expected text", "a wrong type"),
    (listing(titel="misspelt"), "unknown field 'titel' ignored; did you mean 'title'?", "a misspelt field"),
    (listing(price={"amount": "cheap", "currency": "EUR"}), "price.amount: expected a number", "no amount"),
    (listing(), "no images", "no pictures at all"),
    (listing(*[UNRELATED] * 10), "pictures 9 to 10: not looked at", "more pictures than are looked at"),
]


@pytest.mark.parametrize(("sent", "said", "reason"), ERRORS, ids=[row[2] for row in ERRORS])
def test_what_cannot_be_read_is_said_and_the_verdict_still_comes(service, sent, said, reason):
    verdict = service.score(sent)
    assert any(error.startswith(said) for error in verdict["errors"]), verdict["errors"]


def test_pictures_are_fetched_from_addresses(service):
    pictures = {"/copy.jpg": ("image/jpeg", COPY), "/page.jpg": ("image/jpeg", b"<html>log in</html>")}
    with PictureServer(pictures) as shop:
        verdict = service.score(
            listing(f"{shop.url}/gone.jpg", f"{shop.url}/page.jpg", f"{shop.url}/copy.jpg")
        )
    assert verdict["tier"] == 1
    first, second = verdict["errors"]
    assert first.startswith("picture 1: ")
    assert "404" in first
    assert second.startswith("picture 2: ")


def test_a_shop_that_hangs_costs_its_picture_only(service):
    with PictureServer({"/slow.jpg": ("image/jpeg", COPY)}, pause=6.0) as shop:
        verdict = service.score(listing(f"{shop.url}/slow.jpg", COPY))
    assert verdict["tier"] == 1
    assert any(error.startswith("picture 1: ") for error in verdict["errors"])
    assert verdict["timings_ms"]["total"] < 5500


def test_many_at_once_get_what_each_gets_alone(service):
    sent = [
        listing(jpeg(seed, quality=80), listing_id=str(seed)) for seed in (0, 1, 2, 3, 100, 101, 102, 103)
    ]
    alone = [service.score(one) for one in sent]
    with ThreadPoolExecutor(24) as threads:
        together = list(threads.map(service.score, sent * 6))
    for number, verdict in enumerate(together):
        expected = alone[number % len(sent)]
        assert verdict["listing_id"] == expected["listing_id"]
        assert (verdict["tier"], verdict["encoder"]) == (expected["tier"], expected["encoder"])
        assert verdict["score"] == pytest.approx(expected["score"], abs=1e-3)


def test_another_tenant_sees_only_its_own(service, tmp_path):
    kit = write_kit(tmp_path / "kit", {"other.jpg": jpeg(50, quality=95)}, brand="Otherwise")
    import_into(service.settings, kit, tenant="other")
    theirs = service.score(listing(jpeg(50)), tenant="other")
    assert (theirs["tier"], theirs["brand"], theirs["tenant"]) == (1, "Otherwise", "other")
    assert service.score(listing(COPY), tenant="other")["tier"] != 1
    assert service.score(listing(jpeg(50)))["tier"] != 1


def test_a_change_in_the_catalogue_reaches_the_service(service, tmp_path, until):
    def sold_by_a_friend(tier):
        return lambda: (
            service.score(listing(jpeg(60), seller={"id": "friend"}), tenant="moving")["tier"] == tier
        )

    pictures = {"a.jpg": jpeg(60, quality=95)}
    import_into(service.settings, write_kit(tmp_path / "1", pictures), tenant="moving")
    assert sold_by_a_friend(1)()
    rights = [{"platform": "shop", "seller_id": "friend"}]
    import_into(
        service.settings, write_kit(tmp_path / "2", pictures, authorised_sellers=rights), tenant="moving"
    )
    until(sold_by_a_friend(4))
    more = write_kit(tmp_path / "3", pictures | {"b.jpg": jpeg(61, quality=95)})
    import_into(service.settings, more, tenant="moving")
    until(lambda: service.score(listing(jpeg(61)), tenant="moving")["tier"] == 1)


def test_a_data_uri_in_another_case_is_one_too(service):
    assert service.score(listing("DATA:" + data_uri(COPY)[5:]))["tier"] == 1


def test_another_encoder_is_taken_over_without_a_restart(service, until, tmp_path):
    first = service.score(listing(jpeg(900)))["encoder"]
    choices = State(service.settings).catalog.encoder_choices
    bags = Place.of("bags", None)
    choices.use("acme", bags, model=str(write_tiny_checkpoint(tmp_path, 5)), key="as chosen", by="ada")
    try:
        until(lambda: service.score(listing(jpeg(901), category="Bags"))["encoder"] not in (None, first))
        assert service.score(listing(jpeg(902), category="shoes"))["encoder"] == first
    finally:
        choices.drop("acme", bags)
    until(lambda: service.score(listing(jpeg(903), category="Bags"))["encoder"] == first)
