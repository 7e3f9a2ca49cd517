"""An embedded index moves to a server: over HTTP, with bad days, interrupted, and twice."""

import pytest
from qdrant_client import QdrantClient

from catalog.vectors import Point
from catalog.vectors.edge import EdgeIndex
from catalog.vectors.push import Patience, Pushed, push
from catalog.vectors.server import ServerIndex
from scoring.errors import UnreachableError
from tests.catalog.qdrant_server import qdrant_server
from tests.contracts.vector_index import NAME, SIZE, VectorIndexContract, identifier, names, point, vector

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]


@pytest.fixture
def server():
    with qdrant_server() as server:
        yield server


@pytest.fixture
def target(server):
    client = QdrantClient(server.url, timeout=10, check_compatibility=False)
    with ServerIndex(client) as index:
        yield index
    client.close()


class TestOverHttp(VectorIndexContract):
    @pytest.fixture
    def index(self, target):
        return target


@pytest.fixture
def source(tmp_path):
    """700 points of one tenant, which are three pages, and one of another's."""
    with EdgeIndex(tmp_path / "vectors") as index:
        index.ensure(NAME, SIZE)
        many = [point(f"point {n}", 1.0, n / 700, seen_at=f"2026-11-{1 + n % 20:02}") for n in range(700)]
        index.upsert(NAME, many, tenant="acme")
        index.upsert(NAME, [point("theirs", 1.0, tenant="rival")], tenant="rival")
        yield index


@pytest.fixture
def naps():
    return []


@pytest.fixture
def pushing(source, target, naps):
    def run(tenants=("acme", "rival"), tell=lambda *_: None):
        return push(source, target, tenants, tell=tell, patience=Patience(sleep=naps.append))

    return run


def done(acme, rival):
    return [
        Pushed(collection=NAME, tenant=tenant, written=written, there=there)
        for tenant, (written, there) in (("acme", acme), ("rival", rival))
    ]


def test_everything_arrives_and_is_found_alike(source, target, pushing, server):
    told = []
    assert pushing(tell=lambda *what: told.append(what)) == done((700, 0), (1, 0))
    assert (told[0], told[-1]) == ((NAME, 0, 701), (NAME, 701, 701))
    for tenant in ("acme", "rival"):
        (here,), (there,) = (
            it.search(NAME, vector(0.0, 1.0)[None], tenant=tenant) for it in (source, target)
        )
        assert names(here) == names(there)
    assert server.indexed[NAME]["tenant"] == {"type": "keyword", "is_tenant": True}
    assert (server.graphs[NAME]["m"], server.graphs[NAME]["payload_m"]) == (0, 16)


def test_pushing_again_sends_nothing(pushing):
    pushing()
    assert pushing() == done((0, 700), (0, 1))


def test_one_that_was_interrupted_goes_on(pushing, target):
    def stop(_collection, count, _whole):
        if count >= 512:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pushing(tell=stop)
    assert target.count(NAME, tenant="acme") == 512
    assert pushing() == done((188, 512), (1, 0))


def test_what_the_server_saw_later_stays(pushing, source, target):
    pushing()
    for index, day in ((target, "2026-11-23"), (source, "2026-11-22")):
        index.upsert(NAME, [point("point 1", 1.0, seen_at=day)], tenant="acme")
    source.upsert(NAME, [point("point 2", 1.0, seen_at="2026-11-22")], tenant="acme")
    assert pushing() == done((1, 699), (0, 1))
    kept = target.fetch(NAME, [identifier("point 1"), identifier("point 2")], tenant="acme")
    assert [it.payload["seen_at"] for it in kept] == ["2026-11-23", "2026-11-22"]


@pytest.mark.parametrize(
    ("fault", "slept", "reason"),
    [
        ((429, {"Retry-After": "7"}), [7.0, 7.0], "as long as it says"),
        ((503, {}), [0.5, 1.0], "longer each time"),
        ((500, {}), [0.5, 1.0], "a fault of its own may pass"),
    ],
)
def test_a_bad_day_is_waited_for(pushing, server, naps, fault, slept, reason):
    server.faults = [fault] * 2
    assert pushing() == done((700, 0), (1, 0))
    assert naps == slept, reason


def test_a_server_that_stays_away_ends_it(pushing, server, naps):
    server.faults = [(503, {})] * 100
    with pytest.raises(UnreachableError, match="503"):
        pushing()
    assert naps == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_points_that_vanish_are_noticed(pushing, target):
    class Forgetful(ServerIndex):
        def upsert(self, collection, points, *, tenant):
            super().upsert(collection, list(points)[:-1], tenant=tenant)

    target.__class__ = Forgetful
    with pytest.raises(UnreachableError, match=r"holds 697 points .* after 700 were pushed.*Push again"):
        pushing()


def test_a_tenant_index_that_a_crash_left_out_is_made(target, server):
    target.ensure(NAME, SIZE)
    server.indexed.clear()
    target.ensure(NAME, SIZE)
    assert "tenant" in server.indexed[NAME]
    target.upsert(NAME, [Point(identifier("x"), vector(1.0))], tenant="acme")
