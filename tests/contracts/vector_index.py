"""The contract of every vector index. A test class inherits it and gives it an `index` fixture."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from catalog.vectors import Point, VectorIndex, collection_name, point_id
from scoring.errors import CatalogError

MODEL = "contract-1"
NAME = collection_name("references", MODEL)
SIZE = 8


def vector(*numbers):
    return np.array([*numbers, *[0.0] * (SIZE - len(numbers))], dtype=np.float32)


def identifier(name, tenant="acme"):
    return point_id(tenant, "references", sha256=name, model=MODEL)


def point(name, *numbers, tenant="acme", **payload):
    return Point(identifier(name, tenant), vector(*numbers), {"name": name, **payload})


def names(points):
    return [found.payload["name"] for found in points]


class VectorIndexContract:
    """Inherit it; define the fixture `index`, empty and open."""

    one_thread_only = ""
    """Why an implementation cannot be shared by threads, where it cannot."""

    @pytest.fixture
    def filled(self, index: VectorIndex) -> VectorIndex:
        index.ensure(NAME, SIZE)
        index.upsert(
            NAME,
            [
                point("near", 1.0, 0.1, brand="Northpine", size=3, live="yes"),
                point("middle", 1.0, 1.0, brand="Northpine", size=4, live="no"),
                point("far", 0.0, 1.0, brand="Other", size=3, live="yes"),
                point("behind", -1.0, brand="Third", size=5, live="yes"),
            ],
            tenant="acme",
        )
        index.upsert(NAME, [point("theirs", 1.0, tenant="rival", brand="Northpine")], tenant="rival")
        return index

    def test_search_ranks_by_cosine_whatever_the_length(self, filled):
        [hits] = filled.search(NAME, 40 * vector(1.0)[None], tenant="acme", limit=10)
        assert names(hits) == ["near", "middle", "far", "behind"]
        expected = [1 / np.hypot(1, 0.1), 1 / np.sqrt(2), 0.0, -1.0]
        assert [hit.score for hit in hits] == pytest.approx(expected, abs=1e-5)

    def test_similar_finds_what_is_near_enough_of_its_own_tenant(self, filled):
        least = 1 / np.sqrt(2) - 0.01
        asked = np.stack([40 * vector(1.0), vector(0.0, 1.0)])
        first, second = filled.similar(NAME, asked, tenant="acme", least=least, limit=10)
        assert names(first) == ["near", "middle"]
        assert names(second) == ["far", "middle"]
        [few] = filled.similar(NAME, vector(1.0)[None], tenant="acme", least=least, limit=1)
        assert names(few) == ["near"]

    def test_each_query_has_its_own_answer(self, filled):
        first, second = filled.search(NAME, np.stack([vector(1.0), vector(0.0, 1.0)]), tenant="acme", limit=1)
        assert (names(first), names(second)) == (["near"], ["far"])

    def test_no_query_has_no_answer(self, filled):
        assert filled.search(NAME, np.empty((0, SIZE), np.float32), tenant="acme") == []

    def test_limit_is_kept(self, filled):
        [hits] = filled.search(NAME, vector(1.0)[None], tenant="acme", limit=2)
        assert names(hits) == ["near", "middle"]

    def test_equal_scores_come_by_id(self, index):
        index.ensure(NAME, SIZE)
        same = [point(f"twin {n}", 1.0) for n in range(20)]
        index.upsert(NAME, same, tenant="acme")
        [hits] = index.search(NAME, vector(1.0)[None], tenant="acme", limit=20)
        assert [hit.id for hit in hits] == sorted(twin.id for twin in same)

    def test_search_sees_only_its_tenant(self, filled):
        [hits] = filled.search(NAME, vector(1.0)[None], tenant="rival", limit=10)
        assert names(hits) == ["theirs"]

    def test_fetch_sees_only_its_tenant(self, filled):
        theirs = identifier("theirs", "rival")
        assert filled.fetch(NAME, [theirs], tenant="acme") == []
        assert names(filled.fetch(NAME, [theirs], tenant="rival")) == ["theirs"]

    def test_scroll_sees_only_its_tenant(self, filled):
        page = filled.scroll(NAME, tenant="rival", limit=10)
        assert (names(page.points), page.next) == (["theirs"], None)

    def test_delete_reaches_only_its_tenant(self, filled):
        filled.delete(NAME, [identifier("theirs", "rival")], tenant="acme")
        assert filled.count(NAME, tenant="rival") == 1

    def test_a_payload_cannot_pose_as_another_tenant(self, filled):
        posing = Point(identifier("posing"), vector(1.0), {"name": "posing", "tenant": "rival"})
        filled.upsert(NAME, [posing], tenant="acme")
        assert filled.count(NAME, tenant="rival") == 1
        assert filled.count(NAME, tenant="acme") == 5

    def test_an_unknown_tenant_finds_nothing(self, filled):
        assert filled.search(NAME, vector(1.0)[None], tenant="nobody") == [[]]
        assert filled.count(NAME, tenant="nobody") == 0

    @pytest.mark.parametrize(
        ("where", "expected", "reason"),
        [
            ({"brand": "Northpine"}, ["near", "middle"], "equal text"),
            ({"brand": ["Other", "Third"]}, ["far", "behind"], "one of several"),
            ({"brand": []}, [], "one of none"),
            ({"size": 3}, ["near", "far"], "equal number"),
            ({"brand": "Northpine", "size": 4}, ["middle"], "both conditions"),
            ({"brand": "northpine"}, [], "letter case counts"),
            ({"absent": "x"}, [], "a field nobody has"),
        ],
    )
    def test_where_narrows(self, filled, where, expected, reason):
        [hits] = filled.search(NAME, vector(1.0)[None], tenant="acme", limit=10, where=where)
        assert names(hits) == expected, reason
        assert filled.count(NAME, tenant="acme", where=where) == len(expected), reason
        page = filled.scroll(NAME, tenant="acme", where=where)
        assert sorted(names(page.points)) == sorted(expected), reason

    def test_where_refuses_truth_values(self, filled):
        with pytest.raises(CatalogError, match="'live' = True"):
            filled.count(NAME, tenant="acme", where={"live": True})

    def test_writing_twice_is_writing_once(self, filled):
        filled.upsert(NAME, [point("near", 1.0, 0.1, brand="Northpine", size=3, live="yes")], tenant="acme")
        assert filled.count(NAME, tenant="acme") == 4

    def test_a_later_write_replaces_vector_and_payload(self, filled):
        filled.upsert(NAME, [point("near", -1.0, brand="New")], tenant="acme")
        [found] = filled.fetch(NAME, [identifier("near")], tenant="acme")
        assert found.payload == {"name": "near", "brand": "New", "tenant": "acme"}
        assert found.vector == pytest.approx(vector(-1.0))

    def test_fetch_keeps_the_order_and_leaves_out_the_unknown(self, filled):
        asked = [identifier("far"), identifier("never"), identifier("near"), identifier("far")]
        assert names(filled.fetch(NAME, asked, tenant="acme")) == ["far", "near"]
        assert filled.fetch(NAME, [], tenant="acme") == []

    def test_vectors_come_back_normalised(self, filled):
        filled.upsert(NAME, [point("long", 30.0, 40.0)], tenant="acme")
        [found] = filled.fetch(NAME, [identifier("long")], tenant="acme")
        assert found.vector.dtype == np.float32
        assert found.vector == pytest.approx(vector(0.6, 0.8), abs=1e-6)

    def test_payloads_come_back_as_they_were(self, filled):
        kept = {"nested": {"list": [1, 2.5, None, True, "é"]}, "none": None, "big": 2**53}
        filled.upsert(NAME, [Point(identifier("rich"), vector(1.0), kept)], tenant="acme")
        [found] = filled.fetch(NAME, [identifier("rich")], tenant="acme")
        assert found.payload == {**kept, "tenant": "acme"}

    def test_delete_removes_and_bears_repetition(self, filled):
        for _ in range(2):
            filled.delete(NAME, [identifier("near"), identifier("never")], tenant="acme")
        assert filled.count(NAME, tenant="acme") == 3
        filled.delete(NAME, [], tenant="acme")
        assert filled.count(NAME, tenant="acme") == 3

    def test_erasing_takes_all_of_one_tenant(self, filled):
        for _ in range(2):
            filled.erase(NAME, tenant="acme")
        assert filled.count(NAME, tenant="acme") == 0
        assert filled.scroll(NAME, tenant="acme").points == ()
        assert filled.count(NAME, tenant="rival") == 1
        filled.upsert(NAME, [point("again", 1.0)], tenant="acme")
        assert filled.count(NAME, tenant="acme") == 1, "whoever comes back begins anew"

    def test_scroll_visits_every_point_once(self, index):
        index.ensure(NAME, SIZE)
        points = [point(f"point {n}", 1.0, n) for n in range(23)]
        index.upsert(NAME, points, tenant="acme")
        seen, after = [], None
        while True:
            page = index.scroll(NAME, tenant="acme", limit=5, after=after)
            assert len(page.points) <= 5
            seen += [found.id for found in page.points]
            if page.next is None:
                break
            after = page.next
        assert seen == sorted(wanted.id for wanted in points)

    def test_many_points_in_one_call(self, index):
        index.ensure(NAME, SIZE)
        many = [point(f"point {n}", 1.0, n / 1000) for n in range(2_300)]
        index.upsert(NAME, many, tenant="acme")
        assert index.count(NAME, tenant="acme") == 2_300
        assert len(index.fetch(NAME, [wanted.id for wanted in many], tenant="acme")) == 2_300

    def test_collections_are_apart(self, filled):
        other = collection_name("sightings", MODEL)
        filled.ensure(other, SIZE)
        assert filled.count(other, tenant="acme") == 0

    def test_vectors_of_two_encoders_never_meet(self, filled):
        """The same tenant and picture by another model: neither is found, kept or deleted with the other."""
        theirs = collection_name("references", "contract-2")
        filled.ensure(theirs, SIZE)
        other = point_id("acme", "references", sha256="near", model="contract-2")
        filled.upsert(theirs, [Point(other, vector(1.0), {"name": "by another"})], tenant="acme")
        assert other != identifier("near")
        [ours] = filled.search(NAME, vector(1.0)[None], tenant="acme", limit=100)
        [by_another] = filled.search(theirs, vector(1.0)[None], tenant="acme", limit=100)
        assert names(ours) == ["near", "middle", "far", "behind"]
        assert names(by_another) == ["by another"]
        assert filled.fetch(NAME, [other], tenant="acme") == []
        filled.delete(NAME, [other], tenant="acme")
        filled.delete(theirs, [identifier("near")], tenant="acme")
        assert (filled.count(NAME, tenant="acme"), filled.count(theirs, tenant="acme")) == (4, 1)

    def test_another_width_is_another_collection(self, filled):
        wide = collection_name("references", "contract-wide")
        filled.ensure(wide, 2 * SIZE)
        with pytest.raises(CatalogError):
            filled.search(wide, vector(1.0)[None], tenant="acme")
        with pytest.raises(CatalogError):
            filled.search(NAME, np.ones((1, 2 * SIZE), np.float32), tenant="acme")

    def test_collections_are_listed_with_their_size(self, index):
        assert index.collections() == {}
        index.ensure(NAME, SIZE)
        other = collection_name("sightings", MODEL)
        index.ensure(other, SIZE + 1)
        assert index.collections() == {NAME: SIZE, other: SIZE + 1}

    def test_ensure_bears_repetition(self, filled):
        filled.ensure(NAME, SIZE)
        assert filled.count(NAME, tenant="acme") == 4

    def test_ensure_refuses_another_size(self, filled):
        with pytest.raises(CatalogError, match=f"{SIZE}.* not .*{SIZE + 1}"):
            filled.ensure(NAME, SIZE + 1)

    @pytest.mark.parametrize("size", [0, -1, 70_000])
    def test_ensure_refuses_an_impossible_size(self, index, size):
        with pytest.raises(CatalogError, match="cannot have"):
            index.ensure(NAME, size)

    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            (np.ones(SIZE + 1, np.float32), "too wide"),
            (np.ones(SIZE - 1, np.float32), "too narrow"),
            (np.zeros(SIZE, np.float32), "no direction"),
            (np.full(SIZE, np.nan, np.float32), "not a number"),
            (np.full(SIZE, np.inf, np.float32), "not finite"),
        ],
    )
    def test_a_bad_vector_is_refused(self, filled, bad, reason):
        with pytest.raises(CatalogError):
            filled.upsert(NAME, [Point(identifier("bad"), bad, {"name": reason})], tenant="acme")
        with pytest.raises(CatalogError):
            filled.search(NAME, bad[None], tenant="acme")
        assert filled.count(NAME, tenant="acme") == 4, reason

    def test_a_flat_query_is_refused(self, filled):
        with pytest.raises(CatalogError, match="dimensions"):
            filled.search(NAME, vector(1.0), tenant="acme")

    @pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": object()}, {"x": b"bytes"}])
    def test_a_payload_that_is_not_json_is_refused(self, filled, payload):
        with pytest.raises(CatalogError, match="not JSON"):
            filled.upsert(NAME, [Point(identifier("bad"), vector(1.0), payload)], tenant="acme")

    def test_an_id_that_is_not_a_uuid_is_refused(self, filled):
        with pytest.raises(CatalogError, match="UUID"):
            filled.upsert(NAME, [Point("seven", vector(1.0))], tenant="acme")
        with pytest.raises(CatalogError, match="UUID"):
            filled.fetch(NAME, ["seven"], tenant="acme")

    @pytest.mark.parametrize(
        "ask",
        [
            lambda index, name: index.upsert(name, [point("x", 1.0)], tenant="acme"),
            lambda index, name: index.search(name, vector(1.0)[None], tenant="acme"),
            lambda index, name: index.fetch(name, [identifier("x")], tenant="acme"),
            lambda index, name: index.delete(name, [identifier("x")], tenant="acme"),
            lambda index, name: index.erase(name, tenant="acme"),
            lambda index, name: index.count(name, tenant="acme"),
            lambda index, name: index.scroll(name, tenant="acme"),
        ],
        ids=["upsert", "search", "fetch", "delete", "erase", "count", "scroll"],
    )
    def test_an_unknown_collection_says_so(self, index, ask):
        with pytest.raises(CatalogError, match=r"no collection .* ensure"):
            ask(index, collection_name("references", "never-made"))

    @pytest.mark.parametrize("name", ["../escape", "", "a/b", "UPPER", "with space"])
    def test_a_hostile_collection_name_is_refused(self, index, name):
        with pytest.raises(CatalogError, match="cannot name"):
            index.ensure(name, SIZE)

    def test_errors_and_answers_pickle(self, filled):
        with pytest.raises(CatalogError) as caught:
            filled.count("never-made", tenant="acme")
        again = pickle.loads(pickle.dumps(caught.value))
        assert str(again) == str(caught.value)
        answers = filled.search(NAME, vector(1.0)[None], tenant="acme")
        assert pickle.loads(pickle.dumps(answers)) == answers
        page = filled.scroll(NAME, tenant="acme")
        assert names(pickle.loads(pickle.dumps(page)).points) == names(page.points)

    def test_threads_may_share_it(self, index):
        if self.one_thread_only:
            pytest.skip(self.one_thread_only)
        index.ensure(NAME, SIZE)

        def work(number):
            index.upsert(NAME, [point(f"by {number}", 1.0, number)], tenant="acme")
            return len(index.search(NAME, vector(1.0)[None], tenant="acme", limit=1)[0])

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, range(16))) == [1] * 16
        assert index.count(NAME, tenant="acme") == 16

    def test_a_closed_index_says_so(self, filled):
        filled.close()
        filled.close()
        with pytest.raises(CatalogError, match="closed"):
            filled.count(NAME, tenant="acme")
