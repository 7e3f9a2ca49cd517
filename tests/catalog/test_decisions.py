"""Reviewers' decisions: kept once, replaced by a later one, with their history and what they rested on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog.decisions import KeptDecisions, NewDecision
from scoring.decisions import Basis, Weighed
from scoring.errors import CatalogError
from scoring.evidence import Abstained

BASIS = Basis(
    scan_id="20261121-090000-00000000",
    recipe_version="default@1",
    tier=2,
    score=0.7,
    seller_id="s1",
    exemption=None,
    evidence=(Weighed("names", 0.7, 1.0),),
    abstentions=(Abstained("logo", "no logo was found"),),
)
CONFIRMED = NewDecision(
    platform="file", listing_id="1", brand="Northpine", ruling="confirmed", by="ann", basis=BASIS
)
DISMISSED = replace(CONFIRMED, ruling="dismissed", by="bob")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def acme(catalog):
    catalog.tenants.ensure("acme")
    catalog.tenants.ensure("rival")
    return catalog.decisions


def test_a_decision_comes_back_with_what_it_rested_on(acme):
    assert acme.keep("acme", [CONFIRMED]) == KeptDecisions(new=1, replaced=0, known=0)
    [kept] = acme.of("acme")
    assert (kept.key, kept.ruling, kept.by, kept.basis) == (("file", "1"), "confirmed", "ann", BASIS)
    assert acme.of("rival") == ()


def test_a_listing_is_a_platform_s(acme):
    acme.keep("acme", [CONFIRMED, replace(DISMISSED, platform="ebay")])
    assert [(it.platform, it.ruling) for it in acme.of("acme")] == [
        ("file", "confirmed"),
        ("ebay", "dismissed"),
    ]


LATER = [
    ([CONFIRMED], [CONFIRMED], ["confirmed"], "the same again is known"),
    ([CONFIRMED], [DISMISSED], ["confirmed", "dismissed"], "a later one replaces"),
    ([CONFIRMED], [replace(CONFIRMED, by="bob")], ["confirmed", "confirmed"], "another person's word is new"),
    (
        [CONFIRMED],
        [replace(CONFIRMED, basis=replace(BASIS, scan_id="another"))],
        ["confirmed", "confirmed"],
        "another scan's evidence is new",
    ),
    ([CONFIRMED], [DISMISSED, CONFIRMED], ["confirmed", "dismissed", "confirmed"], "one may change back"),
    (
        [replace(CONFIRMED, at=NOON)],
        [replace(DISMISSED, at=NOON - timedelta(days=1))],
        ["dismissed", "confirmed"],
        "an older one goes into the history",
    ),
    (
        [replace(DISMISSED, at=NOON - timedelta(days=1)), replace(CONFIRMED, at=NOON)],
        [replace(DISMISSED, at=NOON - timedelta(days=1)), replace(CONFIRMED, at=NOON)],
        ["dismissed", "confirmed"],
        "a dated import, twice, is known whole",
    ),
]


@pytest.mark.parametrize(("first", "then", "history", "reason"), LATER, ids=[case[-1] for case in LATER])
def test_later_decisions(acme, first, then, history, reason):
    acme.keep("acme", first)
    acme.keep("acme", then)
    assert [it.ruling for it in acme.history("acme", "file", "1")] == history, reason
    assert [it.ruling for it in acme.of("acme")] == history[-1:], reason


def test_what_was_kept_is_counted(acme):
    acme.keep("acme", [CONFIRMED])
    old = replace(DISMISSED, at=datetime(2020, 1, 1, tzinfo=UTC))
    said = acme.keep("acme", [CONFIRMED, DISMISSED, replace(CONFIRMED, listing_id="2"), old])
    assert said == KeptDecisions(new=1, replaced=1, known=1)


def test_nothing_is_kept_for_nobody_or_by_halves(acme):
    with pytest.raises(CatalogError, match="no tenant 'nobody'"):
        acme.keep("nobody", [CONFIRMED])
    with pytest.raises(CatalogError, match="no time zone"):
        acme.keep("acme", [CONFIRMED, replace(DISMISSED, listing_id="2", at=datetime(2026, 1, 1))])  # noqa: DTZ001
    assert acme.of("acme") == ()
