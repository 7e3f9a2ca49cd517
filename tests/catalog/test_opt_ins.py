"""What may be sent out: nothing until somebody says so, and then only what was said."""

import pytest

from scoring.errors import CatalogError
from tests.catalog.test_records import NORTHPINE, reference


@pytest.fixture
def acme(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
        catalog.brands.save(tenant, NORTHPINE)
        catalog.references.replace(tenant, "Northpine", [reference(tenant=tenant)])
    return catalog


def only(catalog, tenant="acme"):
    (found,) = catalog.references.of(tenant)
    return found


def test_nothing_is_on_by_itself(acme):
    assert acme.opt_ins.turned_on("acme") == frozenset()
    assert acme.opt_ins.of("acme") == ()
    assert acme.opt_ins.searchable("acme") == frozenset()


def test_who_turned_what_on_and_off_when(acme):
    acme.opt_ins.turn("acme", ["vision_logo", "vision_web"], on=True, by="ada")
    assert acme.opt_ins.turned_on("acme") == {"vision_logo", "vision_web"}
    assert acme.opt_ins.turned_on("rival") == frozenset(), "another tenant's pictures stay here"
    acme.opt_ins.turn("acme", ["vision_web"], on=False, by="grace")
    logo, web = acme.opt_ins.of("acme")
    assert (logo.feature, logo.on, logo.changed_by) == ("vision_logo", True, "ada")
    assert (web.feature, web.on, web.changed_by) == ("vision_web", False, "grace")
    assert web.changed_at > logo.changed_at


def test_a_reference_needs_its_own_permission(acme):
    mine = only(acme)
    acme.opt_ins.turn("acme", ["vision_web"], on=True, by="ada")
    with pytest.raises(CatalogError, match=rf"Nobody allowed reference {mine.id} \(a.png\).*allow-web"):
        acme.opt_ins.permit("acme", mine.id)
    acme.opt_ins.allow_search("acme", mine.id, by="ada")
    permit = acme.opt_ins.permit("acme", mine.id)
    assert (permit.reference_id, permit.sha256, permit.allowed_by) == (mine.id, mine.sha256, "ada")
    assert acme.opt_ins.searchable("acme") == {mine.id}
    acme.opt_ins.forbid_search("acme", mine.id)
    acme.opt_ins.forbid_search("acme", mine.id)
    with pytest.raises(CatalogError, match="Nobody allowed"):
        acme.opt_ins.permit("acme", mine.id)


@pytest.mark.parametrize(
    "ask",
    [
        lambda opt_ins, theirs: opt_ins.allow_search("acme", theirs, by="ada"),
        lambda opt_ins, theirs: opt_ins.forbid_search("acme", theirs),
        lambda opt_ins, theirs: opt_ins.permit("acme", theirs),
    ],
)
def test_another_tenants_reference_is_no_reference(acme, ask):
    theirs = only(acme, "rival").id
    acme.opt_ins.allow_search("rival", theirs, by="eve")
    with pytest.raises(CatalogError, match=r"Tenant 'acme' has no reference.*reference list"):
        ask(acme.opt_ins, theirs)
    assert acme.opt_ins.searchable("acme") == frozenset()


def test_permission_goes_with_the_reference(acme):
    mine = only(acme)
    acme.opt_ins.allow_search("acme", mine.id, by="ada")
    acme.references.replace("acme", "Northpine", [reference()])
    assert acme.opt_ins.searchable("acme") == {mine.id}, "the same import again changes nothing"
    acme.references.replace("acme", "Northpine", [])
    acme.references.replace("acme", "Northpine", [reference()])
    assert acme.opt_ins.searchable("acme") == frozenset()


@pytest.mark.parametrize(
    "ask",
    [
        lambda opt_ins: opt_ins.turn("nobody", ["vision_logo"], on=True, by="ada"),
        lambda opt_ins: opt_ins.of("nobody"),
        lambda opt_ins: opt_ins.searchable("nobody"),
        lambda opt_ins: opt_ins.permit("nobody", "x"),
    ],
)
def test_no_question_is_answered_for_nobody(acme, ask):
    with pytest.raises(CatalogError, match="no tenant 'nobody'"):
        ask(acme.opt_ins)
