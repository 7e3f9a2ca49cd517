"""Kits into the catalogue: what is kept, what is said, and that doing it twice does nothing."""

import os
import shutil
from hashlib import sha256

import pytest
from PIL import Image, ImageFilter

from catalog.blobs import BlobStore
from catalog.intake import MAX_BYTES, import_kit
from catalog.judgement import MINIMUM_SIDE
from catalog.references import reference_id
from scoring.brand import ReferenceKind
from scoring.errors import BrandKitError, CatalogError
from tests.catalog.pictures import SVG, drawn, encoded, inspect, png


@pytest.fixture
def kits(tmp_path):
    """A function that writes a kit: `kits("Northpine", {"photo/a.png": bytes})`."""

    def write(brand, pictures, *, text=""):
        folder = tmp_path / "kits" / brand
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "brand.yaml").write_text(f"brand: {brand}\n{text}")
        for place, data in pictures.items():
            path = folder / "references" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder

    return write


@pytest.fixture
def importing(catalog, blobs):
    def run(folder):
        return import_kit(catalog, blobs, folder, "acme", inspect=inspect)

    return run


def findings(report):
    return {
        file.place.removeprefix("references/"): [it.code for it in file.findings] for file in report.files
    }


def test_a_good_kit_is_kept_whole(kits, importing, catalog, blobs):
    pictures = {"photo/a.png": png(1), "packaging/front.jpg": encoded(drawn(2), "JPEG"), "logo/mark.svg": SVG}
    report = importing(kits("Northpine", pictures))
    assert findings(report) == {"photo/a.png": [], "packaging/front.jpg": [], "logo/mark.svg": []}
    assert (report.tenant_added, report.brand_version, report.brand_changed) == (True, 1, True)
    assert (report.references, report.removed, report.strays) == (3, (), ())
    references = catalog.references.of("acme")
    assert [(it.kind, it.name, it.brand) for it in references] == [
        (ReferenceKind.LOGO, "mark.svg", "Northpine"),
        (ReferenceKind.PACKAGING, "front.jpg", "Northpine"),
        (ReferenceKind.PHOTO, "a.png", "Northpine"),
    ]
    assert blobs.get(references[2].sha256) == pictures["photo/a.png"]
    assert (references[2].width, references[2].height) == (320, 320)
    assert {file.reference_id for file in report.files} == {it.id for it in references}


def test_importing_again_changes_nothing(kits, importing, catalog):
    folder = kits("Northpine", {"photo/a.png": png(1), "photo/b.png": png(1), "photo/c.jpg": b"text"})
    first = importing(folder)
    before = catalog.references.stored("acme"), catalog.brands.get("acme", "Northpine")
    again = importing(folder)
    assert first.changed
    assert not again.changed
    assert [file.change for file in again.files] == ["unchanged", "same_file", "refused"]
    assert (catalog.references.stored("acme"), catalog.brands.get("acme", "Northpine")) == before


def test_an_id_depends_on_nothing_but_its_four_parts(kits, importing, catalog):
    importing(kits("Northpine", {"photo/a.png": b"%PDF", "photo/b.png": png(1)}))
    [kept] = catalog.references.of("acme")
    digest = sha256(png(1)).hexdigest()
    assert kept.sha256 == digest
    assert kept.id == reference_id("acme", "Northpine", kind=ReferenceKind.PHOTO, sha256=digest)


def test_what_left_the_kit_leaves_the_catalogue(kits, importing, catalog):
    importing(kits("Northpine", {"photo/a.png": png(1), "logo/b.png": png(2)}))
    report = importing(kits("Northpine", {"photo/a.png": png(1)}))
    assert report.removed == ("references/logo/b.png",)
    assert [it.name for it in catalog.references.of("acme")] == ["a.png"]


def test_a_changed_brand_file_is_a_new_version(kits, importing, catalog):
    importing(kits("Northpine", {}))
    report = importing(kits("Northpine", {}, text="languages: [de]\n"))
    assert (report.brand_version, report.brand_changed) == (2, True)
    assert catalog.brands.get("acme", "Northpine").brand.languages == ("de",)


def test_a_renamed_picture_is_the_same_reference(kits, importing, catalog):
    importing(kits("Northpine", {"photo/a.png": png(1)}))
    [before] = catalog.references.of("acme")
    report = importing(kits("Northpine", {"photo/b.png": png(1)}))
    [after] = catalog.references.of("acme")
    assert [file.change for file in report.files] == ["updated"]
    assert (after.id, after.name, after.imported_at) == (before.id, "b.png", before.imported_at)


def blurred(seed):
    return encoded(drawn(seed, side=512).filter(ImageFilter.GaussianBlur(8)))


@pytest.mark.parametrize(
    ("name", "data", "expected", "stored", "reason"),
    [
        ("a.png", png(1), [], True, "nothing against it"),
        ("a.png", png(1, side=MINIMUM_SIDE), [], True, "just large enough"),
        ("a.png", png(1, side=MINIMUM_SIDE - 1), ["too_small"], True, "just too small"),
        ("a.png", blurred(1), ["blurred"], True, "blurred with 8 px"),
        (
            "a.png",
            encoded(Image.new("RGB", (400, 400), "navy")),
            ["flat"],
            True,
            "one colour; not blurred as well",
        ),
        (
            "a.png",
            encoded(Image.new("RGB", (40, 40), "navy")),
            ["too_small", "flat"],
            True,
            "two things at once",
        ),
        ("a.jpg", b"just text", ["unreadable"], False, "text called .jpg"),
        ("a.jpg", b"", ["unreadable"], False, "nothing in it"),
        ("a.jpg", encoded(drawn(1), "JPEG")[:2000], ["unreadable"], False, "cut short"),
        ("a.jpg", png(1), [], True, "the bytes count, not the name"),
    ],
)
def test_each_picture_is_judged(kits, importing, catalog, name, data, expected, stored, reason):
    report = importing(kits("Northpine", {f"logo/{name}": data, "photo/other.png": png(99)}))
    assert findings(report) == {"photo/other.png": [], f"logo/{name}": expected}, reason
    assert len(catalog.references.of("acme")) == 1 + stored, reason
    [kept] = [it for it in catalog.references.stored("acme") if it.reference.name == name] or [None]
    assert (kept is not None) == stored, reason
    if kept:
        assert [it.code for it in kept.quality.findings] == expected, reason


def test_a_finding_says_what_to_do(kits, importing):
    report = importing(kits("Northpine", {"photo/a.png": png(1, side=64), "photo/b.jpg": b"text"}))
    small, unreadable = [file.findings[0].text for file in report.files]
    assert small == (
        "64 x 64 pixels: copies are found reliably where the long side has 160 or more, this has 64"
    )
    assert unreadable == "This is not a picture. Export it as JPEG or PNG."


@pytest.mark.parametrize(
    ("twin", "said", "reason"),
    [
        (png(1), "the same file as references/photo/a.png", "same bytes"),
        (
            encoded(drawn(1), "JPEG", quality=60),
            "the same picture as references/photo/a.png",
            "another format",
        ),
        (encoded(drawn(1).resize((200, 200))), "the same picture as references/photo/a.png", "another size"),
    ],
)
def test_a_duplicate_names_the_other(kits, importing, twin, said, reason):
    report = importing(
        kits("Northpine", {"photo/a.png": png(1), "packaging/b.png": twin, "packaging/c.png": png(3)})
    )
    assert findings(report) == {
        "photo/a.png": [],
        "packaging/b.png": ["duplicated"],
        "packaging/c.png": [],
    }, reason
    assert said in report.files[1].findings[0].text, reason


def test_a_picture_of_another_brand_is_named(kits, importing):
    importing(kits("Northpine", {"photo/a.png": png(1)}))
    report = importing(kits("Otherbrand", {"photo/b.jpg": encoded(drawn(1), "JPEG"), "photo/c.png": png(2)}))
    assert findings(report) == {"photo/b.jpg": ["same_as_other_brand"], "photo/c.png": []}
    assert "references/photo/a.png of Northpine" in report.files[0].findings[0].text


def test_another_tenant_is_never_looked_at(kits, importing, catalog, tmp_path):
    folder = kits("Northpine", {"photo/a.png": png(1)})
    importing(folder)
    rival = BlobStore(tmp_path / "state" / "blobs", tenant="rival")
    report = import_kit(catalog, rival, kits("Rivals", {"photo/a.png": png(1)}), "rival", inspect=inspect)
    assert findings(report) == {"photo/a.png": []}
    assert [it.tenant for it in catalog.references.of("rival")] == ["rival"]


def test_two_blank_pictures_are_not_each_other(kits, importing):
    """Hashes of blank pictures are alike whatever the picture: only equal bytes make them twins."""
    blank = {
        f"photo/{colour}.png": encoded(Image.new("RGB", (300, 300), colour)) for colour in ("red", "blue")
    }
    assert findings(importing(kits("Northpine", blank))) == {
        "photo/blue.png": ["flat"],
        "photo/red.png": ["flat"],
    }


def test_a_huge_file_is_refused_unread(kits, importing):
    folder = kits("Northpine", {"photo/a.png": png(1), "photo/b.png": png(2)})
    os.truncate(folder / "references/photo/a.png", MAX_BYTES)  # padded with zeros: still the picture
    os.truncate(folder / "references/photo/b.png", MAX_BYTES + 1)
    report = importing(folder)
    assert findings(report) == {"photo/a.png": [], "photo/b.png": ["unreadable"]}
    assert "more than 20,971,520" in report.files[1].findings[0].text


def test_a_kit_without_references_is_kept(kits, importing, catalog):
    report = importing(kits("Northpine", {}))
    assert report.references == catalog.references.count("acme") == 0


def test_a_kit_that_cannot_be_used_changes_nothing(importing, catalog, tmp_path):
    with pytest.raises(BrandKitError):
        importing(tmp_path)
    assert catalog.tenants.names() == ()


def test_blobs_of_another_tenant_are_refused(kits, catalog, blobs):
    with pytest.raises(CatalogError, match="tenant 'acme', and the kit for 'rival'"):
        import_kit(catalog, blobs, kits("Northpine", {}), "rival", inspect=inspect)


def test_strays_are_reported(kits, importing):
    folder = kits("Northpine", {"photo/readme.txt": b"x"})
    [stray] = importing(folder).strays
    assert stray.place == "references/photo/readme.txt"
