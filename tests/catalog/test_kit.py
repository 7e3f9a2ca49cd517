"""What a kit's folder may hold, and what is said of everything else."""

import os

import pytest

from catalog.kit import KitFile, Stray, read_kit
from scoring.brand import ReferenceKind
from scoring.errors import BrandKitError


@pytest.fixture
def kit(tmp_path):
    """A kit with nothing but its brand.yaml."""
    folder = tmp_path / "kit"
    folder.mkdir()
    (folder / "brand.yaml").write_text("brand: Northpine\n")
    return folder


def put(kit, place, data=b"x"):
    path = kit / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_pictures_come_by_kind_and_name(kit):
    for place in (
        "logo/b.svg",
        "logo/a.png",
        "photo/z.JPG",
        "packaging/front.webp",
        "certification/mark.jpeg",
    ):
        put(kit, f"references/{place}")
    found = read_kit(kit)
    assert found.brand.name == "Northpine"
    assert [file.place for file in found.files] == [
        "references/photo/z.JPG",
        "references/packaging/front.webp",
        "references/logo/a.png",
        "references/logo/b.svg",
        "references/certification/mark.jpeg",
    ]
    assert found.files[0].path == kit / "references/photo/z.JPG"
    assert found.strays == ()


def test_every_kind_of_reference_is_a_folder(kit):
    for kind in ReferenceKind:
        put(kit, f"references/{kind}/a.png")
    assert [file.kind for file in read_kit(kit).files] == list(ReferenceKind)


@pytest.mark.parametrize(
    ("place", "named", "said", "reason"),
    [
        (
            "notes.txt",
            "notes.txt",
            "a kit holds brand.yaml, references/ and marks/",
            "unknown file",
        ),
        ("brand.yml", "brand.yml", "did you mean brand.yaml?", "a second brand file"),
        ("refrences/photo/a.png", "refrences/", "did you mean references/?", "misspelt folder"),
        ("pictures/a.png", "pictures/", "a kit holds", "unknown folder"),
        ("references/a.png", "references/a.png", "move it into one of photo, packaging", "in no kind"),
        ("references/photos/a.png", "references/photos/", "did you mean photo?", "plural"),
        ("references/Logo/a.png", "references/Logo/", "did you mean logo?", "letter case"),
        ("references/photo/old/a.png", "references/photo/old/", "move its pictures up", "too deep"),
        (
            "references/photo/a.txt",
            "references/photo/a.txt",
            "takes .jpg, .jpeg, .png, .webp",
            "not a picture",
        ),
        ("references/photo/a.gif", "references/photo/a.gif", "takes .jpg", "a format that kits do not have"),
        (
            "references/photo/a.svg",
            "references/photo/a.svg",
            "photo takes .jpg, .jpeg, .png, .webp",
            "SVG is for logos",
        ),
        ("references/photo/a", "references/photo/a", "not a picture by its name", "no suffix"),
        ("references/photo/.hidden", "references/photo/.hidden", "not a picture by its name", "hidden"),
        ("marks/tree/1.jpg", "marks/tree/", "counterfoil mark train tree --kit", "another command's"),
        ("marks/1.jpg", "marks/1.jpg", "put it into one, named for the mark", "of no mark"),
    ],
)
def test_what_does_not_belong_is_named(kit, place, named, said, reason):
    put(kit, place)
    found = read_kit(kit)
    assert found.files == (), reason
    [stray] = found.strays
    assert stray.place == named, reason
    assert said in stray.reason, reason


def test_a_stray_stops_nothing(kit):
    put(kit, "references/photo/a.png")
    put(kit, "references/photo/notes.txt")
    found = read_kit(kit)
    assert [type(one) for one in (*found.files, *found.strays)] == [KitFile, Stray]


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini"])
def test_what_file_managers_leave_behind_is_no_news(kit, name):
    put(kit, name)
    put(kit, f"references/photo/{name}")
    assert read_kit(kit).strays == ()


@pytest.mark.parametrize(
    "place", ["references", "references/photo", "references/photo/a.png", "marks", "secrets.txt"]
)
@pytest.mark.parametrize("inside", [True, False])
def test_links_are_refused_wherever_they_point(kit, tmp_path, place, inside):
    target = put(kit if inside else tmp_path / "elsewhere", "real/photo/a.png").parents[1]
    link = kit / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target / "photo/a.png" if link.suffix else target)
    found = read_kit(kit)
    assert found.files == ()
    assert any(stray.place == place and "a link" in stray.reason for stray in found.strays)


def test_a_link_to_nothing_is_refused(kit):
    put(kit, "references/photo/a.png").unlink()
    (kit / "references/photo/a.png").symlink_to("nowhere")
    [stray] = read_kit(kit).strays
    assert "a link" in stray.reason


def test_a_pipe_is_not_opened(kit):
    put(kit, "references/photo/b.png")
    os.mkfifo(kit / "references/photo/a.png")
    found = read_kit(kit)
    assert [file.name for file in found.files] == ["b.png"]
    assert found.strays == (Stray("references/photo/a.png", "not a regular file"),)


def test_a_kit_reached_by_a_link_is_fine(kit, tmp_path):
    put(kit, "references/photo/a.png")
    (tmp_path / "shortcut").symlink_to(kit)
    assert len(read_kit(tmp_path / "shortcut").files) == 1


def test_no_references_are_no_mistake(kit):
    assert read_kit(kit).files == ()


def test_an_empty_folder_says_what_a_kit_needs(tmp_path):
    with pytest.raises(BrandKitError, match=r"There is no brand.yaml .*smallest that works"):
        read_kit(tmp_path)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_bytes(b"")])
def test_what_is_no_folder_says_so(tmp_path, make):
    make(tmp_path / "kit")
    with pytest.raises(BrandKitError, match="There is no folder"):
        read_kit(tmp_path / "kit")
