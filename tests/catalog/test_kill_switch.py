"""The kill switch's record: the last turn of a scope counts, and every turn stays."""

import pytest

from scoring.errors import CatalogError


@pytest.fixture
def acme(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    return catalog


def stopped(catalog, tenant, *resources):
    return any(turn.stops(tenant, *resources) for turn in catalog.kill_switch.standing())


STOPS = [
    ({}, [True, True, True, True], "everything of everybody"),
    ({"tenant": "acme"}, [True, True, False, False], "one tenant"),
    ({"resource": "marks"}, [True, False, True, False], "one resource"),
    ({"tenant": "acme", "resource": "marks"}, [True, False, False, False], "one resource of one tenant"),
]


@pytest.mark.parametrize(("scope", "expected", "reason"), STOPS, ids=[row[2] for row in STOPS])
def test_what_a_turn_stops_until_it_is_turned_back(acme, scope, expected, reason):
    calls = [(tenant, resource) for tenant in ("acme", "rival") for resource in ("marks", "text")]
    acme.kill_switch.turn(on=True, by="ada", **scope)
    assert [stopped(acme, tenant, "image_similarity", resource) for tenant, resource in calls] == expected
    acme.kill_switch.turn(on=False, by="bob", **scope)
    assert not any(stopped(acme, *call) for call in calls)


def test_a_scope_is_turned_back_by_itself_alone(acme):
    acme.kill_switch.turn(on=True, by="ada", why="a runaway bill")
    acme.kill_switch.turn(on=False, by="bob", tenant="acme")
    assert stopped(acme, "acme", "marks"), "everybody's switch still stands"


def test_every_turn_stays(acme):
    acme.kill_switch.turn(on=True, by="ada", tenant="acme", why="a runaway bill")
    acme.kill_switch.turn(on=True, by="ada", tenant="rival")
    acme.kill_switch.turn(on=False, by="bob", tenant="acme")
    turns = acme.kill_switch.history(tenant="acme")
    assert [(turn.on, turn.by, turn.why) for turn in turns] == [
        (False, "bob", ""),
        (True, "ada", "a runaway bill"),
    ]
    assert len(acme.kill_switch.history()) == 3
    acme.tenants.remove("acme")
    assert len(acme.kill_switch.history(tenant="acme")) == 2, "an audit trail outlives whom it is about"


def test_nobody_cannot_be_stopped(acme):
    with pytest.raises(CatalogError, match="no tenant 'nobody'"):
        acme.kill_switch.turn(on=True, by="ada", tenant="nobody")
