"""Who chose which encoder for what, and which choice counts for a listing."""

import pytest

from catalog.encoder_choices import Place, chosen
from scoring.errors import CatalogError


@pytest.fixture
def acme(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    return catalog


def use(catalog, model, category=None, region=None, by="ada"):
    catalog.encoder_choices.use("acme", Place.of(category, region), model=model, key=f"{model}-1", by=by)


def test_a_choice_is_kept_with_who_and_when_and_replaced_by_the_next(acme):
    use(acme, "one")
    use(acme, "two", by="grace")
    use(acme, "three", category="Shoes")
    general, shoes = acme.encoder_choices.of("acme")
    assert (general.model, general.key, general.chosen_by) == ("two", "two-1", "grace")
    assert (shoes.model, shoes.category, shoes.region) == ("three", "shoes", None)
    assert shoes.chosen_at > general.chosen_at
    assert acme.encoder_choices.of("rival") == ()


def test_a_choice_is_taken_back_once(acme):
    use(acme, "one", region="de")
    assert acme.encoder_choices.drop("acme", Place.of(None, "DE"))
    assert not acme.encoder_choices.drop("acme", Place.of(None, "DE"))
    assert acme.encoder_choices.of("acme") == ()


def test_a_tenant_that_is_not_there(acme):
    with pytest.raises(CatalogError, match="no tenant 'nobody'"):
        acme.encoder_choices.of("nobody")


NARROWEST = [
    ((None, None), "general", "nothing narrower holds"),
    (("bags", None), "general", "a category without a choice"),
    (("Shoes ", None), "shoes", "a category, however written"),
    ((None, "jp"), "japan", "a region"),
    (("shoes", "FR"), "shoes", "a region without a choice"),
    (("shoes", "JP"), "shoes", "a category comes before a region"),
    (("shoes", "DE"), "german shoes", "both are narrower than either"),
    (("bags", "DE"), "general", "half of a choice for both does not hold"),
]


@pytest.mark.parametrize(("listed", "model", "reason"), NARROWEST, ids=[row[2] for row in NARROWEST])
def test_the_narrowest_choice_counts(acme, listed, model, reason):
    use(acme, "general")
    use(acme, "shoes", category="shoes")
    use(acme, "japan", region="JP")
    use(acme, "german shoes", category="shoes", region="DE")
    assert chosen(acme.encoder_choices.of("acme"), Place.of(*listed), otherwise="x") == model, reason


def test_without_a_choice_that_holds_the_settings_count(acme):
    use(acme, "shoes", category="shoes")
    assert chosen(acme.encoder_choices.of("acme"), Place(), otherwise="builtin") == "builtin"
    assert chosen((), Place(), otherwise=None) is None


def test_a_tenants_calibrations_are_kept_by_encoder_and_category(acme):
    for category, document in ((None, {"n": 1}), ("shoes", {"n": 2}), (None, {"n": 3})):
        acme.calibrations.keep("acme", document, encoder="e-1", category=category, by="ada")
    assert [(it.category, it.document) for it in acme.calibrations.of("acme")] == [
        (None, {"n": 3}),
        ("shoes", {"n": 2}),
    ]
    assert acme.calibrations.drop("acme", encoder="e-1", category="shoes")
    assert not acme.calibrations.drop("acme", encoder="e-1", category="shoes")
    assert acme.calibrations.of("rival") == ()
