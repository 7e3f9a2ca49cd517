"""The embedded index: its contract, and what only files on a disk can do."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from qdrant_edge import Distance, EdgeConfig, EdgeShard, EdgeVectorParams

from catalog.vectors.edge import EdgeIndex
from scoring.errors import CatalogError
from tests.contracts.vector_index import NAME, SIZE, VectorIndexContract, names, vector


class TestEdgeIndex(VectorIndexContract):
    @pytest.fixture
    def index(self, tmp_path):
        with EdgeIndex(tmp_path / "vectors") as index:
            yield index

    def test_it_is_still_there_when_opened_again(self, filled, tmp_path):
        filled.close()
        with EdgeIndex(tmp_path / "vectors") as again:
            [hits] = again.search(NAME, vector(1.0)[None], tenant="acme", limit=2)
            assert names(hits) == ["near", "middle"]
            again.ensure(NAME, SIZE)
            with pytest.raises(CatalogError, match="not 9"):
                again.ensure(NAME, 9)

    def test_a_write_outlives_a_killed_process(self, tmp_path):
        script = (
            "import os, sys; from pathlib import Path; from catalog.vectors.edge import EdgeIndex\n"
            "from tests.contracts.vector_index import *\n"
            "index = EdgeIndex(Path(sys.argv[1])); index.ensure(NAME, SIZE)\n"
            "index.upsert(NAME, [point('kept', 1.0)], tenant='acme'); os._exit(9)\n"
        )
        died = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, capture_output=True)
        assert died.returncode == 9, died.stderr.decode()
        with EdgeIndex(tmp_path) as again:
            assert names(again.scroll(NAME, tenant="acme").points) == ["kept"]

    def test_a_folder_open_elsewhere_says_so(self, filled, tmp_path):
        with (
            EdgeIndex(tmp_path / "vectors") as second,
            pytest.raises(CatalogError, match=r"open in another.*Stop"),
        ):
            second.count(NAME, tenant="acme")
        assert filled.count(NAME, tenant="acme") == 4

    def test_a_damaged_folder_says_so(self, filled, tmp_path):
        filled.close()
        (tmp_path / "vectors" / NAME / "edge_config.json").write_text("{")
        with EdgeIndex(tmp_path / "vectors") as again, pytest.raises(CatalogError, match="damaged folder"):
            again.count(NAME, tenant="acme")

    def test_threads_may_open_it_together(self, filled, tmp_path):
        filled.close()
        ready = Barrier(8)
        with EdgeIndex(tmp_path / "vectors") as again, ThreadPoolExecutor(8) as pool:

            def count(_):
                ready.wait(10)
                return again.count(NAME, tenant="acme")

            assert list(pool.map(count, range(8))) == [4] * 8

    def test_the_tenant_is_indexed_also_where_a_crash_left_it_out(self, tmp_path):
        config = EdgeConfig(vectors=EdgeVectorParams(size=SIZE, distance=Distance.Cosine))
        (tmp_path / NAME).mkdir()
        EdgeShard.create(str(tmp_path / NAME), config).close()
        with EdgeIndex(tmp_path) as index:
            index.ensure(NAME, SIZE)
        shard = EdgeShard.load(str(tmp_path / NAME))
        assert "tenant" in shard.info().payload_schema
        shard.close()

    def test_writing_nothing_is_fine(self, index):
        index.ensure(NAME, SIZE)
        index.upsert(NAME, [], tenant="acme")
        assert index.search(NAME, vector(1.0)[None], tenant="acme") == [[]]
