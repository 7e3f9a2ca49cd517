"""One market with everything in it, scanned once; most tests of the bulk path look at the result."""

import json

import pytest

from tests.conftest import settings_at
from tests.pipelines.hostile_rows import LOCAL, ROWS, SERVED, UNREADABLE
from tests.pipelines.markets import import_into, jpeg, listing, run_scan, write_kit, write_market
from tests.pipelines.picture_server import PictureServer

COPY = jpeg(0, quality=85)
RIGHTS = [{"platform": "shop", "seller_id": "official"}]

GOOD = (
    listing("copy", "copy.jpg"),
    listing("copy at an address", "{server}/copy.jpg"),
    listing("official", "copy.jpg", seller={"id": "official"}),
    listing("official elsewhere", "copy.jpg", seller={"id": "official"}, platform="bazaar"),
    listing("unrelated", "u.jpg"),
    listing("same 1", "same-95.jpg"),
    listing("same 2", "same-85.jpg"),
    listing("same 3", "same-75.jpg"),
    listing("same 4", "same-again.jpg"),
    listing("named", "u.jpg", title="Northpine bag"),
)
PICTURES = {
    "copy.jpg": COPY,
    "u.jpg": jpeg(100),
    "same-95.jpg": jpeg(101, quality=95),
    "same-85.jpg": jpeg(101, quality=85),
    "same-75.jpg": jpeg(101, quality=75),
    "same-again.jpg": jpeg(101, quality=95),
}


@pytest.fixture(scope="session")
def kit(tmp_path_factory):
    """Four packages and one authorised seller."""
    pictures = {f"{seed}.jpg": jpeg(seed, quality=95) for seed in range(4)}
    return write_kit(tmp_path_factory.mktemp("brand") / "kit", pictures, authorised_sellers=RIGHTS)


@pytest.fixture
def protected(settings, kit):
    """Settings whose catalogue holds the kit."""
    import_into(settings, kit)
    return settings


@pytest.fixture(scope="session")
def market(ray_session, tmp_path_factory, kit):
    """Everything in `GOOD` and in the tables of hostile rows, scanned: an `Outcome`."""
    folder = tmp_path_factory.mktemp("market")
    settings = settings_at(folder / "home", private_addresses=True)
    import_into(settings, kit)
    with PictureServer(SERVED | {"/copy.jpg": ("image/jpeg", COPY)}) as server:
        objects = [*GOOD, *(row.line for row in ROWS)]
        lines = [it if isinstance(it, str) else json.dumps(it) for it in objects]
        lines = [line.replace("{server}", server.url) for line in lines]
        lines += ["", *(line for _, line, _ in UNREADABLE), "  "]  # blank lines are no rows
        source = write_market(folder / "shop", lines, PICTURES | LOCAL)
        return run_scan(settings, source, folder / "out")
