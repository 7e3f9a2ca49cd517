"""Pictures come from outside once, and are the same picture the second time or an error."""

import pytest

from cluster.sources import Pictures, PictureSpec
from scoring.errors import CatalogError, FetchError
from tests.pipelines.markets import jpeg
from tests.pipelines.picture_server import PictureServer

SHA = "0" * 64


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "other").mkdir()
    return tmp_path


def pictures(folder, *roots):
    return Pictures(
        PictureSpec(private_addresses=True, roots=roots, copies=str(folder / "copies"), tenant="acme")
    )


def digest(data):
    from hashlib import sha256

    return sha256(data).hexdigest()


def test_an_address_is_asked_once(folder):
    data = jpeg(1)
    with PictureServer({"/a.jpg": ("image/jpeg", data)}) as server:
        shop = pictures(folder)
        assert shop.fetch(f"{server.url}/a.jpg") == data
        assert shop.again(f"{server.url}/a.jpg", digest(data)) == data
        assert server.hits["/a.jpg"] == 1


def test_each_file_is_read_from_the_folder_it_lies_in(folder):
    for name in ("shop", "other"):
        (folder / name / "a.jpg").write_bytes(jpeg(1))
    both = pictures(folder, folder / "shop", folder / "other")
    for name in ("shop", "other"):
        assert both.fetch((folder / name / "a.jpg").as_uri()) == jpeg(1)


def test_a_file_outside_every_folder_is_refused(folder):
    (folder / "secret.jpg").write_bytes(jpeg(1))
    with pytest.raises(FetchError, match="lies outside"):
        pictures(folder, folder / "shop").fetch((folder / "secret.jpg").as_uri())


def test_a_file_that_was_changed_in_between_is_not_taken_for_the_one_before(folder):
    path = folder / "shop" / "a.jpg"
    path.write_bytes(jpeg(1))
    shop = pictures(folder, folder / "shop")
    before = digest(shop.fetch(path.as_uri()))
    assert shop.again(path.as_uri(), before) == jpeg(1)
    path.write_bytes(jpeg(2))
    with pytest.raises(FetchError, match="has changed since it was looked at"):
        shop.again(path.as_uri(), before)


def test_a_lost_copy_is_an_error_that_names_it(folder):
    with pytest.raises(CatalogError, match=f"has no blob {SHA}"):
        pictures(folder).again("https://shop.example/a.jpg", SHA)
