"""API keys: nothing of a secret is kept, and a key ends when it should."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from catalog.keys import KeyTerms
from scoring.errors import CatalogError

PEPPER = b"of this test"


@pytest.fixture
def acme(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    return catalog


def make(catalog, **more):
    return catalog.keys.make(
        KeyTerms(**({"tenant": "acme", "role": "scorer"} | more)), by="ada", pepper=PEPPER
    )


def test_a_key_is_found_by_its_text_alone(acme):
    key, token = make(acme)
    make(acme, tenant="rival")
    assert acme.keys.find(token, pepper=PEPPER) == key
    assert (key.tenant, key.role, key.created_by, key.last_used_at) == ("acme", "scorer", "ada", None)


def test_nothing_of_the_secret_is_kept(acme):
    key, token = make(acme)
    secret = token.removeprefix(f"cf_{key.id}_")
    assert len(secret) == 43, "256 bits"
    with acme._database.reading() as session:
        kept = " ".join(map(str, session.execute(text("SELECT * FROM api_keys")).one()))
    assert secret not in kept
    assert key.id in kept


def other(token):
    return token[:-1] + ("A" if token[-1] != "A" else "B")


WRONG = [
    (lambda token: "", PEPPER, "nothing"),
    (lambda token: token[:-1], PEPPER, "cut off"),
    (lambda token: token + "A", PEPPER, "too long"),
    (other, PEPPER, "another secret"),
    (lambda token: token.upper(), PEPPER, "another case"),
    (lambda token: f"cf_{'a' * 16}_{token[-43:]}", PEPPER, "another id"),
    (lambda token: token, b"another", "another pepper: a stolen database opens nothing"),
]


@pytest.mark.parametrize(("change", "pepper", "reason"), WRONG, ids=[row[2] for row in WRONG])
def test_what_is_no_key(acme, change, pepper, reason):
    _, token = make(acme)
    assert acme.keys.find(change(token), pepper=pepper) is None


def test_a_key_ends_at_its_expiry(acme, clock):
    key, token = make(acme, lifetime=timedelta(hours=1))
    clock.now = key.expires_at - timedelta(seconds=2)
    assert acme.keys.find(token, pepper=PEPPER) is not None, "a second before"
    clock.now = key.expires_at - timedelta(seconds=1)
    assert acme.keys.find(token, pepper=PEPPER) is None, "at the very moment"


def test_a_revoked_key_opens_nothing_and_stays_on_the_list(acme):
    key, token = make(acme)
    revoked = acme.keys.revoke(key.id).revoked_at
    assert acme.keys.find(token, pepper=PEPPER) is None
    assert acme.keys.revoke(key.id).revoked_at == revoked
    assert [it.id for it in acme.keys.of("acme")] == [key.id]
    assert acme.keys.any(), "revoking the last key opens no door"


def test_rotation_overlaps_and_then_ends(acme, clock):
    old, old_token = make(acme, label="shop")
    new, token = acme.keys.rotate(old.id, by="bob", pepper=PEPPER, overlap=timedelta(minutes=10))
    assert (new.tenant, new.role, new.label, new.created_by) == ("acme", "scorer", "shop", "bob")
    assert acme.keys.find(old_token, pepper=PEPPER).replaced_by == new.id
    with pytest.raises(CatalogError, match=f"rotated into {new.id}"):
        acme.keys.rotate(old.id, by="bob", pepper=PEPPER, overlap=timedelta(days=1))
    clock.now += timedelta(minutes=11)
    assert acme.keys.find(old_token, pepper=PEPPER) is None
    assert acme.keys.find(token, pepper=PEPPER).id == new.id
    with pytest.raises(CatalogError, match="does not work any more"):
        acme.keys.rotate(old.id, by="bob", pepper=PEPPER, overlap=timedelta(days=1))


def test_rotation_never_lengthens_a_life(acme):
    old, _ = make(acme, lifetime=timedelta(minutes=5))
    acme.keys.rotate(old.id, by="bob", pepper=PEPPER, overlap=timedelta(days=7))
    assert {it.id: it.expires_at for it in acme.keys.of()}[old.id] == old.expires_at


def test_keys_go_with_their_tenant(acme):
    _, token = make(acme)
    _, others = make(acme, tenant="rival")
    acme.tenants.remove("acme")
    assert acme.keys.find(token, pepper=PEPPER) is None
    assert acme.keys.find(others, pepper=PEPPER) is not None
    assert acme.tenants.names() == ("rival",)


def test_use_is_noted(acme):
    key, _ = make(acme)
    acme.keys.note_use({key.id})
    assert acme.keys.of("acme")[0].last_used_at is not None


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda keys: keys.make(KeyTerms(tenant="nobody", role="admin"), by="a", pepper=b"p"),
            "no tenant 'nobody'",
        ),
        (
            lambda keys: keys.make(KeyTerms(tenant=None, role="reviewer"), by="a", pepper=b"p"),
            "needs a tenant",
        ),
        (lambda keys: keys.revoke("unknown"), "no key 'unknown'"),
        (lambda keys: keys.of("nobody"), "no tenant 'nobody'"),
    ],
)
def test_what_cannot_be_done_says_so(acme, ask, said):
    with pytest.raises(CatalogError, match=said):
        ask(acme.keys)
