"""What the issue asks of names, on attacks drawn at random and on real titles."""

from pathlib import Path

import pytest

from benchmarks.names import DEVELOPMENT, REPORT, alarms, half, recall, score, titles
from tests.scenarios.name_attacks import KINDS

FOLDER = (Path(__file__).parents[2] / "../shared/data/titles").resolve()

LEAST = {
    "split by a space": 0.75,  # "Puma" as "pu ma": pieces that are words are left in peace
    "dropped": 0.75,  # three letters of four are a chance
    "mistyped": 0.80,  # one of four replaced is another word
    "inserted": 0.82,  # five for a name of four
}
"""The share of each kind of attack that is found; 0.95 where nothing is said."""


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[int, int, list[str]]]:
    return recall(REPORT, seed=11, rounds=3)


@pytest.mark.parametrize("kind", KINDS)
def test_attacks_of_a_kind(kind, found) -> None:
    hit, tried, missed = found[kind]
    assert tried >= 60, "enough to tell"
    assert hit / tried >= LEAST.get(kind, 0.95), missed


def test_attacks_of_all_kinds(found) -> None:
    hit, tried = sum(row[0] for row in found.values()), sum(row[1] for row in found.values())
    assert hit / tried >= 0.95


@pytest.mark.data
def test_real_titles() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"the real titles are not at {FOLDER}")
    sample = half(titles(FOLDER), report=True)[::8]
    assert len(sample) > 400
    raised = {alarm.title for alarm in alarms((*DEVELOPMENT, *REPORT), sample)}
    assert len(raised) / len(sample) <= 0.005, raised
    plain = sum(score("Nike", title) is not None for title in sample)
    assert plain > 30, "a plain name is still found among them"
