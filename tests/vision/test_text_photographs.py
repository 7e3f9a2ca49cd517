"""The promise, on real photographs: printed names are read, and none where there is none.

A small fixed sample of what `benchmarks/text.py` measures.
"""

from pathlib import Path

import pytest

from scoring.names import index_of, read
from vision.decode import decode
from vision.text import Line, read_text

pytestmark = pytest.mark.data


def lines(path: Path) -> tuple[Line, ...]:
    return read_text(decode(path.read_bytes()).pixels)


def shown(path: Path, *words: str) -> set[str]:
    """Which of the words a photograph shows."""
    return {hit.word for line in lines(path) for hit in index_of(words).search(read(line.text))}


@pytest.mark.parametrize(
    ("folder", "word"), [("adidas0", "adidas"), ("gucci", "Gucci"), ("lacoste", "Lacoste")]
)
def test_words_on_goods_in_the_wild(photographs, folder, word):
    chosen = sorted((photographs / "logos-in-photos" / folder).glob("*.jpg"))[1::12]
    assert len(chosen) == 6
    assert sum(bool(shown(path, word)) for path in chosen) >= 3


def test_packages_held_in_a_hand(photographs):
    chosen = sorted((photographs / "grocery" / "packaged" / "Arla-Standard-Milk" / "photos").iterdir())[::8]
    assert len(chosen) >= 8
    assert sum(bool(shown(path, "Arla")) for path in chosen) >= len(chosen) / 3


def test_fruit_bears_no_brand(photographs):
    chosen = sorted((photographs / "grocery" / "produce").rglob("*.jpg"))[1::80]
    words = ("Arla", "Oatly", "adidas", "Gucci", "Lacoste", "Chanel", "Nike")
    assert [word for path in chosen for word in shown(path, *words)] == []
