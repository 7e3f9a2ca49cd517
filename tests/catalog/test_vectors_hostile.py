"""The vector contract catches an index that breaks it: one test fails for each way of lying."""

from dataclasses import replace

import pytest

from catalog.vectors import Page
from catalog.vectors.edge import EdgeIndex
from tests.contracts.vector_index import NAME, VectorIndexContract

CONTRACT = VectorIndexContract()


class Hostile(EdgeIndex):
    """Right in everything but its one lie."""

    def __init__(self, folder, lie):
        super().__init__(folder)
        self.lie = lie

    def upsert(self, collection, points, *, tenant):
        if self.lie == "loses the last point":
            points = points[:-1]
        if self.lie == "keeps no payload":
            points = [replace(point, payload={"name": point.payload.get("name")}) for point in points]
        if self.lie == "keeps the first write":
            known = {point.id for point in self.fetch(collection, [it.id for it in points], tenant=tenant)}
            points = [point for point in points if point.id not in known]
        super().upsert(collection, points, tenant="acme" if self.lie == "mixes the tenants" else tenant)

    def search(self, collection, vectors, *, tenant, limit=10, where=None):
        if self.lie == "ignores where":
            where = None
        if self.lie == "ignores the limit":
            limit = 100
        answers = super().search(collection, vectors, tenant=tenant, limit=limit, where=where)
        if self.lie == "ranks the wrong way":
            answers = [hits[::-1] for hits in answers]
        if self.lie == "answers every query alike":
            answers = answers[:1] * len(answers)
        return answers

    def fetch(self, collection, ids, *, tenant):
        return super().fetch(
            collection, sorted(ids) if self.lie == "sorts what it fetches" else ids, tenant=tenant
        )

    def delete(self, collection, ids, *, tenant):
        if self.lie != "deletes nothing":
            super().delete(collection, ids, tenant=tenant)

    def scroll(self, collection, *, tenant, limit=256, after=None, where=None):
        page = super().scroll(collection, tenant=tenant, limit=limit, after=after, where=where)
        return Page(page.points, None) if self.lie == "forgets the second page" else page

    def close(self):
        if self.lie != "answers after closing":
            super().close()


@pytest.mark.parametrize(
    ("lie", "catches"),
    [
        ("mixes the tenants", "test_search_sees_only_its_tenant"),
        ("loses the last point", "test_search_ranks_by_cosine_whatever_the_length"),
        ("keeps no payload", "test_payloads_come_back_as_they_were"),
        ("keeps the first write", "test_a_later_write_replaces_vector_and_payload"),
        ("ignores the limit", "test_limit_is_kept"),
        ("ranks the wrong way", "test_search_ranks_by_cosine_whatever_the_length"),
        ("answers every query alike", "test_each_query_has_its_own_answer"),
        ("sorts what it fetches", "test_fetch_keeps_the_order_and_leaves_out_the_unknown"),
        ("deletes nothing", "test_delete_removes_and_bears_repetition"),
        ("answers after closing", "test_a_closed_index_says_so"),
    ],
)
def test_a_lie_is_caught(tmp_path, lie, catches):
    index = Hostile(tmp_path, lie)
    filled = VectorIndexContract.filled.__wrapped__(CONTRACT, index)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(CONTRACT, catches)(filled)
    EdgeIndex.close(index)


def test_conditions_that_are_ignored_are_caught(tmp_path):
    with Hostile(tmp_path, "ignores where") as index:
        filled = VectorIndexContract.filled.__wrapped__(CONTRACT, index)
        with pytest.raises(AssertionError):
            CONTRACT.test_where_narrows(filled, {"brand": "Other"}, ["far"], "")


def test_pages_that_are_forgotten_are_caught(tmp_path):
    with Hostile(tmp_path, "forgets the second page") as index, pytest.raises(AssertionError):
        CONTRACT.test_scroll_visits_every_point_once(index)


def test_an_honest_one_is_not(tmp_path):
    with Hostile(tmp_path, "") as index:
        filled = VectorIndexContract.filled.__wrapped__(CONTRACT, index)
        CONTRACT.test_fetch_keeps_the_order_and_leaves_out_the_unknown(filled)
        assert filled.count(NAME, tenant="acme") == 4
