"""The sample brands and marketplace, drawn once and read back as a stranger would read them."""

import json
from collections import Counter

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image

from samples import fennavel, northpine, rooms, write_samples
from samples.barcodes import barcode, check_digit
from samples.marketplace import offers, pictures
from samples.offers import VERDICTS
from scoring.brand import Brand, ReferenceKind
from scoring.listing import Listing

COUNTS = {
    "stolen_photo": 8,
    "modified_photo": 12,
    "self_photographed": 10,
    "name_attack": 10,
    "composited_logo": 4,
    "counterfeit_pattern": 5,
    "second_hand_abuse": 3,
    "look_alike": 5,
    "second_hand": 6,
    "authorised_seller": 5,
    "irrelevant": 18,
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return write_samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def records(drawn):
    return [json.loads(line) for line in drawn.listings.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def brands(drawn):
    kits = [yaml.safe_load((kit / "brand.yaml").read_text("utf-8")) for kit in drawn.brands]
    return {kit["brand"]: Brand.model_validate({"name": kit.pop("brand"), **kit}) for kit in kits}


def test_kits_are_brands_with_every_kind_of_statement(brands):
    assert set(brands) == {"Northpine", "Fennavel"}
    for brand in brands.values():
        assert {mark.kind for mark in brand.marks} >= {"word", "slogan"}
        assert any(mark.alternatives for mark in brand.marks)
        assert any(colour.registered for colour in brand.colours)
        assert brand.price is not None
        assert len({seller.platform for seller in brand.authorised_sellers}) >= 2
        assert brand.watch_terms


def test_gtins_carry_the_right_check_digit(brands):
    gtins = [gtin for brand in brands.values() for gtin in brand.gtins]
    assert len(set(gtins)) == 6
    for gtin in gtins:
        assert gtin[-1] == check_digit(gtin[:-1]), gtin
        assert gtin.startswith("952"), "GS1 keeps 952 for examples: any other prefix may be somebody's"


def test_a_drawn_barcode_reads_as_its_gtin(brands):
    for gtin in brands["Northpine"].gtins:
        text, *_ = cv2.barcode.BarcodeDetector().detectAndDecode(barcode(gtin, 2))
        assert text == gtin


def test_references_lie_under_known_kinds_and_open(drawn):
    for kit in drawn.brands:
        folders = {folder.name for folder in (kit / "references").iterdir()}
        assert folders == {"photo", "packaging", "pattern", "artwork", "logo"}
        assert folders <= {kind.value for kind in ReferenceKind}
        for path in sorted((kit / "references").rglob("*.[jp][pn]g")):
            with Image.open(path) as picture:
                picture.load()
                assert min(picture.size) >= 300, path.name
        svgs = sorted((kit / "references" / "logo").glob("*.svg"))
        assert svgs
        for svg in svgs:
            assert svg.read_text("utf-8").startswith("<svg xmlns=")


def test_every_kind_is_there_with_its_verdict(records):
    assert Counter(record["label"]["kind"] for record in records) == COUNTS
    for record in records:
        assert record["label"]["verdict"] == VERDICTS[record["label"]["kind"]]


def test_every_listing_is_a_listing_with_an_id_of_its_own(records):
    listings = [Listing.model_validate(record) for record in records]
    assert len({listing.key for listing in listings}) == len(listings)
    assert {listing.platform for listing in listings} == {"ebay", "amazon", "walmart", "etsy"}
    assert sum(len(listing.images) > 1 for listing in listings) >= 8


def test_every_picture_opens_and_none_is_left_over(drawn, records):
    folder = drawn.listings.parent
    named = {name for record in records for name in record["images"]}
    assert named == {f"images/{path.name}" for path in (folder / "images").iterdir()}
    for name in sorted(named):
        with Image.open(folder / name) as picture:
            picture.load()
            assert picture.format == "JPEG"
            assert 400 <= max(picture.size) <= 1250, name
            assert np.asarray(picture.convert("L")).std() > 12, f"{name} is nearly blank"


def test_authorised_sellers_are_covered_and_nobody_else_is(brands, records):
    for record in records:
        listing, label = Listing.model_validate(record), record["label"]
        covered = any(seller.covers(listing) for seller in brands[label["brand"]].authorised_sellers)
        assert covered == (label["kind"] == "authorised_seller"), record["title"]


def test_an_authorised_seller_id_also_sells_where_it_may_not(brands, records):
    allowed = {seller.seller_id for brand in brands.values() for seller in brand.authorised_sellers}
    strays = [r for r in records if r["label"]["kind"] == "stolen_photo" and r["seller"]["id"] in allowed]
    assert len(strays) == 2


def test_stolen_files_are_the_references_bytes(drawn, records):
    genuine = {path.read_bytes() for kit in drawn.brands for path in (kit / "references").rglob("*.jpg")}
    copies = {
        record["label"]["kind"]
        for record in records
        for name in record["images"]
        if (drawn.listings.parent / name).read_bytes() in genuine
    }
    assert copies == {"stolen_photo", "second_hand", "second_hand_abuse", "authorised_seller"}


def test_irrelevant_and_look_alike_titles_do_not_name_the_brands(records):
    for record in records:
        if record["label"]["kind"] in ("irrelevant", "look_alike"):
            text = f"{record['title']} {record['description']}".lower()
            assert "northpine" not in text
            assert "fennavel" not in text


def test_the_whole_set_stays_small(drawn):
    total = sum(path.stat().st_size for path in drawn.folder.rglob("*") if path.is_file())
    assert total < 25_000_000


def test_a_picture_depends_on_its_seed_and_on_nothing_drawn_before():
    """The first offer of every kind, drawn twice; in between, what it is made of is forgotten."""
    chosen = list({offer.kind: offer for offer in reversed(offers())}.values())
    assert len(chosen) == len(COUNTS)

    def draw(seed):
        return [next(pictures(offer, 1, seed=seed)) for offer in chosen]

    first = draw(2026)
    for cached in (northpine.bottle_skin, northpine.tin_skin, fennavel.pattern, rooms.wood, rooms.speckled):
        cached.cache_clear()
    assert draw(2026) == first
    changed = [a != b for a, b in zip(first, draw(1), strict=True)]
    assert sum(changed) >= 4


def test_what_was_drawn_by_the_same_code_is_not_drawn_again(drawn):
    before = drawn.listings.stat().st_mtime_ns
    assert write_samples(drawn.folder) == drawn
    assert drawn.listings.stat().st_mtime_ns == before


def test_another_codes_drawings_are_not_kept(tmp_path):
    """An update must not go on showing old samples, nor half-drawn ones count as drawn."""
    stamp = tmp_path / "drawn-by.txt"
    stamp.write_text("seed 2026, code other\nnorthpine", "utf-8")
    (tmp_path / "brands").write_text("in the way: drawing stops here", "utf-8")
    with pytest.raises(OSError, match="brands"):
        write_samples(tmp_path)
    assert not stamp.exists()
