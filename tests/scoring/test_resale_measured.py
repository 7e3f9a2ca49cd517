"""Words that say second-hand on real titles, nearly all of which offer new goods."""

from pathlib import Path

import pytest

from benchmarks.names import half, titles
from benchmarks.resale import exempted
from scoring.resale import languages

FOLDER = (Path(__file__).parents[2] / "../shared/data/titles").resolve()


@pytest.mark.data
def test_few_titles_of_new_goods_are_exempted() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"the real titles are not at {FOLDER}")
    sample = half(titles(FOLDER), report=True)
    found = exempted(sample, languages())
    assert len(sample) > 4000
    assert len(found) / len(sample) <= 0.004, found
    assert "used" in found.values(), "and the few that are second-hand are found"
