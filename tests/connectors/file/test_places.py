"""Which images a listing file may name."""

import pytest

from connectors.file.places import locate
from scoring.errors import ListingError


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path.resolve() / "inside"
    (inside / "images").mkdir(parents=True)
    (inside / "images/a b.jpg").touch()
    (tmp_path / "secret.jpg").touch()
    (tmp_path / "inside-too").mkdir()
    (inside / "out").symlink_to(tmp_path)
    (inside / "secret.jpg").symlink_to(tmp_path / "secret.jpg")
    (inside / "alias.jpg").symlink_to(inside / "images/a b.jpg")
    (inside / "circle").symlink_to(inside / "circle")
    return inside


ALLOWED = [
    ("https://x.test/a.jpg", "https://x.test/a.jpg", "a URL passes"),
    ("HTTP://x.test/a.jpg", "HTTP://x.test/a.jpg", "in capitals too"),
    ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA", "the picture itself"),
    ("images/a b.jpg", "{folder}/images/a%20b.jpg", "a path beside the file"),
    ("./images/../images/a b.jpg", "{folder}/images/a%20b.jpg", "a path that leads back in"),
    ("alias.jpg", "{folder}/images/a%20b.jpg", "a link that stays inside"),
    ("images/absent.jpg", "{folder}/images/absent.jpg", "missing: the fetcher says so, with its own reason"),
    ("{folder}/images/a b.jpg", "{folder}/images/a%20b.jpg", "absolute, but inside"),
    ("file://{folder}/images/a%20b.jpg", "{folder}/images/a%20b.jpg", "a file: URI inside"),
]

REFUSED = [
    ("../../etc/passwd", "outside", "up and away"),
    ("images/../../secret.jpg", "outside", "down, then up further"),
    ("/etc/passwd", "outside", "from the root"),
    ("file:///etc/passwd", "outside", "from the root, as a URI"),
    ("file:///%2e%2e/etc/passwd", "outside", "with the dots encoded"),
    ("out/secret.jpg", "outside", "through a linked folder"),
    ("secret.jpg", "outside", "through a linked file"),
    ("../inside-too/a.jpg", "outside", "a sibling whose name begins the same"),
    ("circle", "not a path", "a link to itself"),
    ("a\x00.jpg", "not a path", "a NUL"),
    ("//cdn.test/a.jpg", "write https:", "a URL without its scheme"),
    ("ftp://x.test/a.jpg", "none of http", "a scheme we do not fetch"),
    ("javascript:alert(1)", "none of http", "no address at all"),
]


@pytest.mark.parametrize(("image", "uri", "reason"), ALLOWED, ids=[row[2] for row in ALLOWED])
def test_allowed(folder, image, uri, reason):
    found = locate(image.replace("{folder}", str(folder)), folder)
    assert found == (uri.replace("{folder}", folder.as_uri()))


@pytest.mark.parametrize(("image", "says", "reason"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refused(folder, image, says, reason):
    with pytest.raises(ListingError, match=says):
        locate(image, folder)
