"""The commands on marketplaces: what is wrong is said, and dumps become listings."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cluster.connector_commands import connectors, told_by
from connectors import SOURCES
from connectors.sandbox import Catalogue, build
from scoring.errors import SettingsError, SourceError
from tests.connectors.sandboxed import reaching

DATA = (Path(__file__).parents[2] / "../shared/data").resolve()


@pytest.fixture(scope="module")
def shop():
    return build(Catalogue(30))


CHECKS = [
    ("etsy", None, ["0 listings in the first page of etsy:steel bottle"], "one page of the example"),
    ("etsy", "*", ["30 listings in the first page of etsy:*"], "one page of what is asked"),
    ("apify", None, ["the token is sandbox's, with the plan FREE"], "no run is started"),
    ("google_lens", None, ["100 searches left of the plan Sandbox Plan"], "no search is made"),
    ("brave", None, ["0 pages found"], "one search, no page"),
    (
        "ebay",
        None,
        ["0 listings in the first page of a search", "search by image is allowed"],
        "both searches",
    ),
    (
        "shop",
        "http://sandbox/plain/1",
        [
            "1 listings in the first page of shop:http://sandbox/plain/1",
            "1 of them could not be read, the page says nothing of a product in JSON-LD",
        ],
        "a page that says nothing",
    ),
]


@pytest.mark.parametrize(("name", "query", "expected", "reason"), CHECKS, ids=[case[3] for case in CHECKS])
def test_a_check(shop, name, query, expected, reason):
    assert list(told_by(name, SOURCES[name], reaching(shop), query=query)) == expected


def test_a_check_names_every_credential_that_is_missing(shop):
    with pytest.raises(SettingsError) as raised:
        told_by("amazon", SOURCES["amazon"], reaching(shop, credentials={}), query=None)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        assert f"COUNTERFOIL_CONNECTORS__AMAZON__{name}" in str(raised.value)


@pytest.mark.parametrize("name", ["shop", "shopify", "google_web", "file", "urls", "seen"])
def test_what_others_must_name_cannot_be_checked_by_itself(shop, name):
    with pytest.raises(SourceError, match="--query"):
        told_by(name, SOURCES[name], reaching(shop), query=None)


def test_the_list_tells_what_each_cannot_see_and_what_is_unverified():
    rows = {row["name"]: row for row in json.loads(CliRunner().invoke(connectors, ["list", "--json"]).stdout)}
    assert rows.keys() == SOURCES.keys()
    for name, source in SOURCES.items():
        assert rows[name]["cannot_see"], name
        assert rows[name]["documented"].startswith("https://") or source.offline is not None, name
    assert rows["ebay"]["details"] == ["brand", "category", "description", "stock"]
    assert rows["brave"]["details"] is None


def test_a_mapping_turns_a_dump_into_listings(tmp_path):
    (tmp_path / "mine.yaml").write_text("platform: mine\nsource: mine\nlisting_id: sku\ntitle: name\n")
    (tmp_path / "dump.csv").write_text("sku,name\n7,Lamp\n,Nameless\n")
    out = tmp_path / "out.jsonl"
    asked = ["translate", str(tmp_path / "mine.yaml"), str(tmp_path / "dump.csv"), "--out", str(out)]
    done = CliRunner().invoke(connectors, asked)
    assert "1 listings" in done.stdout
    assert "1 items could not be read" in done.stdout
    assert [json.loads(line)["title"] for line in out.read_text().splitlines()] == ["Lamp"]


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data folder is not at {DATA}")
@pytest.mark.parametrize(
    ("name", "page", "number"),
    [
        ("ebay", "api-pages/ebay-browse/item_summary_search.json", 100),
        ("mercadolibre", "api-pages/mercadolibre/meliSearchResponse.json", 1),
        ("shopee-dump", "titles/listings/shopee-products.csv", 1000),
        ("lazada-dump", "titles/listings/lazada-products.csv", 1000),
        ("amazon-dump", "titles/listings/amazon_global_dataset_by_keyword.json", 367),
    ],
)
def test_recorded_pages_and_dumps_translate_whole(tmp_path, name, page, number):
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(connectors, ["translate", name, str(DATA / page), "--out", str(out)])
    assert done.stdout.startswith(f"{number} listings in "), done.stdout
    assert len(out.read_text().splitlines()) == number
