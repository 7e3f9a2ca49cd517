"""Who is linked with whom: by what they share, with its proof, and never an innocent by the brand's photo."""

import json
from decimal import Decimal

import networkx as nx
import pytest
from typer.testing import CliRunner

from catalog.shown_groups import Role
from counterfoil import app
from pipelines.clustering import cluster
from pipelines.progress import Reporter
from pipelines.sellers.clues import MOST_SELLERS, gather
from pipelines.sellers.drawing import draw_graph
from pipelines.sellers.files import to_json, write_graph
from pipelines.sellers.graph import RING, link
from scoring.brand import AuthorisedSeller, Brand
from scoring.listing import Money
from tests.pipelines.sighted import TENANT, drawn_hashes, picture, sighting, stores

STORY = (
    "Hand made in our small workshop from the finest grain leather, with a lining of cotton and two "
    "pockets inside; ships within a day in its own box."
)
PHOTOS = [picture(n, hashes) for n, hashes in enumerate(drawn_hashes(12))]
QUIET = Reporter(quiet=True)


@pytest.fixture
def state(tmp_path):
    state = stores(tmp_path)
    with state.catalog:
        official = AuthorisedSeller(platform="shop", seller_id="official")
        state.catalog.brands.save(TENANT, Brand(name="Northpine", authorised_sellers=(official,)))
        yield state


def graph_of(state, *seen, tier=3):
    state.catalog.sightings.keep(TENANT, "scan", seen)
    cluster(state, TENANT, QUIET)
    return link(gather(state, TENANT, QUIET), tier=tier)


def pairs(graph):
    return {(it.one[1], it.other[1]) for it in graph.links}


def test_a_picture_of_their_own_links_two_and_says_where(state):
    graph = graph_of(
        state,
        sighting("ann", 1, PHOTOS[0]),
        sighting("ben", 2, PHOTOS[0], platform="bazaar"),
        sighting("cem", 3, PHOTOS[1]),
    )
    (found,) = graph.links
    (proof,) = found.proofs
    assert (proof.kind, proof.sellers, found.strength) == ("picture", 2, 0.5)
    assert {found.one: proof.ones, found.other: proof.others} == {
        ("bazaar", "ben"): (("bazaar", "2"),),
        ("shop", "ann"): (("shop", "1"),),
    }
    assert proof.pictures == ("https://shop.test/0.jpg",)
    assert graph.rings == ((("bazaar", "ben"), ("shop", "ann")),)


def test_the_rarer_the_stronger_and_a_stock_photo_links_nobody(state):
    few = [sighting(f"f{n}", f"f{n}", PHOTOS[0]) for n in range(5)]
    many = [sighting(f"m{n:02}", f"m{n}", PHOTOS[1], title="Northpine bag") for n in range(MOST_SELLERS + 1)]
    graph = graph_of(state, *few, *many)
    assert {it.strength for it in graph.links} == {0.25}
    assert {one[0] for pair in pairs(graph) for one in pair} == {"f"}
    assert graph.rings == (), "one photo of five is no ring"
    assert graph.left_out == {f"pictures of more than {MOST_SELLERS} sellers": 1}
    closer = graph_of(state, *(sighting(f"f{n}", f"g{n}", PHOTOS[2], PHOTOS[3]) for n in range(3)))
    assert closer.rings == ((("shop", "f0"), ("shop", "f1"), ("shop", "f2")),)


def test_the_brands_own_picture_links_nobody(state):
    seen = [sighting(name, name, PHOTOS[0]) for name in ("ann", "ben", "cem")]
    graph = graph_of(state, *seen)
    assert len(graph.links) == 3
    (group,) = state.catalog.groups.of(TENANT)
    state.catalog.groups.name_roles(TENANT, {group.id: (Role.REFERENCE, "r1")})
    graph = link(gather(state, TENANT, QUIET))
    assert graph.links == ()
    assert graph.left_out == {"pictures of the brand's own": 1}


def test_an_authorised_seller_whose_photo_and_words_were_taken_is_linked_to_nobody(state):
    thieves = [sighting(name, name, PHOTOS[0], description=STORY) for name in ("ann", "ben")]
    graph = graph_of(state, sighting("official", 0, PHOTOS[0], description=STORY), *thieves)
    assert graph.links == ()
    assert graph.left_out == {
        "pictures that an authorised seller shows": 1,
        "texts that an authorised seller shows": 1,
    }


def test_a_contact_of_an_authorised_seller_is_shown_and_makes_no_ring(state):
    said = {"description": "WhatsApp +44 7700 900123"}
    graph = graph_of(state, sighting("official", 0, **said), sighting("ann", 1, **said))
    assert [it.strength for it in graph.links] == [0.9]
    assert graph.rings == ()


def test_texts_and_contacts_link_with_what_was_written(state):
    graph = graph_of(
        state,
        sighting("ann", 1, description=STORY),
        sighting("ann", 4, description="Mail bags@fakes.cn"),
        sighting("ben", 2, description=STORY.upper()),
        sighting("ben", 5, description="Write to bags (at) fakes (dot) cn"),
        sighting("cem", 3, description="See https://www.fakes.cn/bags"),
    )
    assert pairs(graph) == {("ann", "ben"), ("ann", "cem"), ("ben", "cem")}
    best = graph.links[0]
    assert {(it.kind, it.what) for it in best.proofs} >= {
        ("contact", "email bags@fakes.cn"),
        ("contact", "site fakes.cn"),
    }
    assert "text" in {it.kind for it in best.proofs}


@pytest.mark.parametrize(
    ("prices", "linked", "why"),
    [
        (("17.43", "1237.21"), True, "two goods at the same unusual prices"),
        (("17.43", "19.99"), False, "one of them is a usual price"),
        (("19.99", "25"), False, "anybody's prices"),
    ],
)
def test_prices_only_support_what_pictures_say(state, prices, linked, why):
    seen = [
        sighting(name, f"{name}{n}", PHOTOS[n], price=Money(amount=Decimal(price), currency="EUR"))
        for name in ("ann", "ben")
        for n, price in enumerate(prices)
    ]
    alone = [
        sighting(name, f"{name}{n}", PHOTOS[n + 4 * (name == "dan") + 2], price=seen[n].listing.price)
        for name in ("cem", "dan")
        for n in range(2)
    ]
    graph = graph_of(state, *seen, *alone)
    assert pairs(graph) == {("ann", "ben")}, "prices alone link nobody"
    (found,) = graph.links
    assert ("price" in {it.kind for it in found.proofs}) is linked, why


def test_who_is_linked_to_nothing_suspicious_is_left_out(state):
    seen = [sighting(name, name, PHOTOS[0], tier=4) for name in ("ann", "ben")]
    assert graph_of(state, *seen).links == ()
    assert len(graph_of(state, tier=4).links) == 1


def test_files_hold_every_proof_and_are_read_again(state, tmp_path):
    graph = graph_of(
        state, sighting("ann", 1, PHOTOS[0]), sighting("ben", 2, PHOTOS[0]), sighting("b&<n", 3, PHOTOS[0])
    )
    told, network = write_graph(graph, tmp_path / "out")
    assert json.loads(told.read_text("utf-8")) == json.loads(json.dumps(to_json(graph)))
    read = nx.read_graphml(network)
    assert set(read.nodes) == {"shop/ann", "shop/ben", "shop/b&<n"}
    edge = read.edges["shop/ann", "shop/ben"]
    assert edge["weight"] == pytest.approx(0.3536)
    assert edge["weight"] >= RING
    assert "in shop/1 and shop/2" in edge["proofs"]
    assert draw_graph(graph, tmp_path / "sellers.svg") == 0
    assert "<svg" in (tmp_path / "sellers.svg").read_text("utf-8")


def test_the_command_tells_rings(state, tmp_path, monkeypatch):
    graph_of(state, sighting("ann", 1, PHOTOS[0]), sighting("ben", 2, PHOTOS[0]))
    monkeypatch.setenv("COUNTERFOIL_HOME", str(state.settings.home))
    words = ["sellers", "graph", "--tenant", TENANT, "--out", str(tmp_path / "out")]
    said = CliRunner().invoke(app, words, catch_exceptions=False).stdout
    assert "Ring 1: 2 sellers, tier 2: shop/ann, shop/ben" in said
    names = {it.name for it in (tmp_path / "out").iterdir()}
    assert names == {"sellers.json", "sellers.graphml", "sellers.svg", "sellers.png"}
