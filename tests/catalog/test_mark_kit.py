"""A mark's photographs in a kit: which count, where the mark lies, and what is wrong with the rest."""

import json

import pytest

from catalog.mark_kit import read_mark
from scoring.errors import BrandKitError


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "marks" / "pine"
    folder.mkdir(parents=True)
    for name in ("1.jpg", "2.PNG", "3.jpg"):
        (folder / name).write_bytes(b"picture")
    return folder


def boxes(folder, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "boxes.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_boxes_are_optional_and_an_empty_list_takes_a_picture_out(folder, tmp_path):
    (folder / "notes.txt").write_text("not a picture")
    (folder / "link.jpg").symlink_to(folder / "1.jpg")
    boxes(folder, {"file": "1.jpg", "boxes_xywh": [[1, 2, 30, 40]]}, "", {"file": "3.jpg", "boxes_xywh": []})
    assert [(one.path.name, one.boxes) for one in read_mark(tmp_path, "pine")] == [
        ("1.jpg", ((1.0, 2.0, 30.0, 40.0),)),
        ("2.PNG", None),
    ]


@pytest.mark.parametrize(
    ("row", "said", "reason"),
    [
        ("{", "Line 2 of", "no JSON"),
        ({"file": "1.jpg"}, "Line 2 of", "no boxes"),
        ({"file": "1.jpg", "boxes_xywh": [[0, 0, 0, 9]]}, "Line 2 of", "a box without width"),
        ({"file": "1.jpg", "boxes_xywh": [[0, 0, float("nan"), 9]]}, "Line 2 of", "not a number"),
        (
            {"file": "9.jpg", "boxes_xywh": []},
            "'9.jpg', which is not beside it",
            "a picture that is not there",
        ),
    ],
)
def test_a_line_that_cannot_be_used_is_named(folder, tmp_path, row, said, reason):
    boxes(folder, {"file": "2.PNG", "boxes_xywh": [[0, 0, 9, 9]]}, row)
    with pytest.raises(BrandKitError) as caught:
        read_mark(tmp_path, "pine")
    assert said in str(caught.value), reason


@pytest.mark.parametrize("name", ["", "..", "pine/..", "/etc"])
def test_a_name_is_one_folder(tmp_path, name):
    with pytest.raises(BrandKitError, match="cannot name a mark"):
        read_mark(tmp_path, name)


def test_no_folder_and_no_picture_are_told_apart(tmp_path):
    with pytest.raises(BrandKitError, match="There is no folder"):
        read_mark(tmp_path, "pine")
    (tmp_path / "marks" / "pine").mkdir(parents=True)
    with pytest.raises(BrandKitError, match="holds no picture"):
        read_mark(tmp_path, "pine")
