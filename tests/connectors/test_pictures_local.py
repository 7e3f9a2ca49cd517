"""Pictures that need no network: `data:` URIs, and files inside one folder."""

import base64
import os

import pytest

from connectors.pictures import FetchLimits, PictureFetcher
from scoring.errors import FetchError

QUICK = FetchLimits(seconds=1.0, first_pause=0.01)


@pytest.fixture
def public():
    """As in production: no private addresses."""
    with PictureFetcher(limits=QUICK) as fetcher:
        yield fetcher


def data_uri(body, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


def test_data_uris_carry_their_picture(public, png):
    for source in (data_uri(png), data_uri(png).replace("+", "%2B"), data_uri(png, "image/png;charset=x")):
        assert public.fetch(source) == png


BAD_DATA = [
    ("data:image/png,abc", "not a data: URI in base64", "not base64"),
    ("data:image/png;base64", "not a data: URI in base64", "no comma"),
    ("data:;base64,****", "not valid base64", "letters that base64 has not"),
    ("data:;base64,AAA", "not valid base64", "a length that base64 has not"),
    ("data:;base64,é", "not valid base64", "beyond ASCII"),
    ("data:;base64,", "gave nothing", "empty"),
    (data_uri(b"<html></html>"), "gave HTML", "a page"),
    ("data:;base64," + "A" * (30 << 20), "larger than", "30 MiB of letters"),
]


@pytest.mark.parametrize(("source", "says", "reason"), BAD_DATA, ids=[row[2] for row in BAD_DATA])
def test_bad_data_uris(public, source, says, reason):
    with pytest.raises(FetchError, match=says) as caught:
        public.fetch(source)
    assert len(str(caught.value)) < 300


@pytest.fixture
def folder(tmp_path, png):
    inside = tmp_path / "in side"
    inside.mkdir()
    (inside / "a b.png").write_bytes(png)
    (tmp_path / "secret.png").write_bytes(png)
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "circle.png").symlink_to(inside / "circle.png")
    (inside / "page.png").write_bytes(b"<html>")
    (inside / "large.png").write_bytes(bytes(2000))
    (inside / "sub").mkdir()
    os.mkfifo(inside / "pipe.png")
    return inside


def test_files_inside_the_root_are_read(folder, png):
    with PictureFetcher(root=folder) as fetcher:
        assert fetcher.fetch((folder / "a b.png").as_uri()) == png
        assert fetcher.fetch((folder / "a b.png").as_uri().replace("file://", "file://localhost")) == png


BAD_FILES = [
    ("{folder}/absent.png", "there is no file", "missing"),
    ("{folder}/../secret.png", "lies outside", "next door"),
    ("{folder}/%2e%2e/secret.png", "lies outside", "next door, encoded"),
    ("{folder}/link.png", "lies outside", "through a link"),
    ("{folder}/circle.png", "cannot be read", "a link to itself"),
    ("file:///etc/passwd", "lies outside", "from the root of the disk"),
    ("file://host.test/share/a.png", "on another machine", "on another machine"),
    ("{folder}/sub", "not a regular file", "a folder"),
    ("{folder}/pipe.png", "not a regular file", "a pipe, which would never end"),
    ("{folder}/a%00.png", "cannot be read", "a NUL"),
    ("{folder}/" + "a" * 5000, "cannot be read", "longer than any path"),
    ("{folder}/page.png", "gave HTML", "a page saved as a picture"),
    ("{folder}/large.png", "larger than 1,000 bytes", "larger than allowed"),
]


@pytest.mark.parametrize(("source", "says", "reason"), BAD_FILES, ids=[row[2] for row in BAD_FILES])
def test_bad_files(folder, source, says, reason):
    fetcher = PictureFetcher(root=folder, limits=FetchLimits(max_bytes=1000))
    with fetcher, pytest.raises(FetchError, match=says):
        fetcher.fetch(source.replace("{folder}", folder.as_uri()))


def test_without_a_root_no_file_is_read(public, folder):
    with pytest.raises(FetchError, match="files are not fetched here"):
        public.fetch((folder / "a b.png").as_uri())
