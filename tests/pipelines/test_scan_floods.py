"""A whole scan with a placeholder among its pictures and a flood of one reference; online says the same."""

import asyncio
import base64
import json

import pytest
import ray

from cluster.inspect import inspect
from cluster.settings import Flood
from cluster.state import State
from deployments.scorer import Scorer
from scoring.listing import Listing
from tests.conftest import settings_at
from tests.pipelines.markets import import_into, jpeg, listing, run_scan, write_kit, write_market

pytestmark = pytest.mark.ray

PLACEHOLDER, MUG, JUG, STOCK = jpeg(5), jpeg(0), jpeg(1), jpeg(7)


def uri(data):
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"


def lines():
    flood = [
        listing(f"flood {n}", uri(jpeg(0, quality=60 + n)), seller={"id": f"seller {n}"}) for n in range(5)
    ]
    return [
        *flood,
        listing("placeholder", uri(jpeg(5, quality=70))),
        listing("stock", uri(jpeg(7, quality=70))),
        listing("placeholder and copy", uri(PLACEHOLDER), uri(jpeg(1, quality=70))),
        listing("flood by name", uri(jpeg(0, quality=80)), title="Northpine mug"),
        listing("copy of the other", uri(jpeg(1, quality=80))),
    ]


@pytest.fixture(scope="module")
def ended(ray_session, tmp_path_factory):
    """The placeholder is everybody's and the brand's own reference too; the stock photo lies in the kit."""
    folder = tmp_path_factory.mktemp("floods")
    settings = settings_at(folder / "home", flood=Flood(listings=5, sellers=5, times=2))
    kit = write_kit(folder / "kit", {"mug.jpg": MUG, "jug.jpg": JUG, "gone.jpg": PLACEHOLDER})
    (kit / "references" / "negative").mkdir()
    (kit / "references" / "negative" / "stock.jpg").write_bytes(STOCK)
    import_into(settings, kit)
    state = State(settings)
    looked = inspect(PLACEHOLDER, "placeholder.jpg")
    state.catalog.negatives.add(
        None,
        state.shared_blobs().put(PLACEHOLDER),
        name="placeholder.jpg",
        size=(looked.width, looked.height),
        by="ada",
    )
    outcome = run_scan(settings, write_market(folder / "market", lines()), folder / "out")
    yield state, outcome, folder
    state.catalog.close()


SEEN = [
    ("placeholder", 4, "none", "it is a copy of a reference, and everybody's placeholder"),
    ("stock", 4, "none", "a kit's negative picture"),
    ("placeholder and copy", 1, "priority_review", "the other picture counts"),
    ("copy of the other", 1, "priority_review", "this reference floods nothing"),
    ("flood 0", 3, "none", "it rests on the flooding reference alone"),
    ("flood by name", 2, "review", "the name in its title puts it there without the reference"),
]


@pytest.mark.parametrize(("name", "tier", "route", "reason"), SEEN, ids=[row[0] for row in SEEN])
def test_what_counts_and_what_waits(ended, name, tier, route, reason):
    row = ended[1][name]
    assert (row["tier"], row["route"]) == (tier, route), (reason, row["rule"])


def test_whoever_reads_the_summary_learns_how_many_wait(ended):
    state, outcome, _ = ended
    [told] = outcome.summary["quarantined"]
    mug = next(it for it in state.catalog.references.of("acme") if it.name == "mug.jpg")
    assert (told["reference_id"], told["listings_waiting"]) == (mug.id, 5)
    assert outcome["flood 0"]["reference_id"] == mug.id
    assert outcome["flood 0"]["score"] > 0.9, "its evidence is whole"
    assert state.catalog.standings.waiting("acme", [mug.id]) == {mug.id: 5}
    [said] = state.catalog.standings.history("acme", mug.id)
    assert said.by == f"scan {outcome.summary['scan_id']}"


def test_nothing_that_compares_was_measured_on_the_placeholder(ended):
    """Geometry was asked of the flooding picture's groups and the like, never of the two negative ones."""
    told = {it["signal"]: it["reason"] for it in ended[1]["placeholder"]["abstentions"]}
    for signal in ("fingerprint", "geometry"):
        assert "placeholder.jpg, which must never match anybody" in told[signal]


def test_online_says_the_same(ended):
    state, outcome, _ = ended
    asked = [Listing.model_validate(line) for line in lines()]

    @ray.remote(num_cpus=1)
    def score(settings, listings):
        """In a worker, as replicas are."""

        async def all_of_them():
            scorer = Scorer(settings)
            return [await scorer.score("acme", it) for it in listings]

        return asyncio.run(all_of_them())

    for verdict in ray.get(score.remote(state.settings, asked)):
        row = outcome[verdict.listing_id]
        for field in ("tier", "route", "rule", "reference_id", "brand"):
            assert getattr(verdict, field) == row[field], (verdict.listing_id, field)
        assert verdict.score == pytest.approx(row["score"], abs=1e-3)
        assert {(it.signal, it.reason) for it in verdict.abstentions} == {
            (it["signal"], it["reason"]) for it in row["abstentions"]
        }


def test_release_brings_the_next_scans_matches_back(ended):
    """Last, because it changes what the others look at: what was released is usual from then on."""
    state, outcome, folder = ended
    [told] = outcome.summary["quarantined"]
    figures = state.catalog.standings.of("acme")[told["reference_id"]].figures
    state.catalog.standings.say("acme", told["reference_id"], "released", by="ada", figures=figures)
    again = run_scan(state.settings, f"file:{folder}/market/listings.jsonl", folder / "again")
    assert again["flood 0"]["tier"] == 1
    assert again.summary["quarantined"] == []
    assert json.loads((folder / "again" / "summary.json").read_text())["tiers"]["1"] == 8
