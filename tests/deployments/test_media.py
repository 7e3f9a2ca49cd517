"""Searching by picture over HTTP: copies are found, others' never, and every row says what became of it."""

import json
import time

import jsonschema
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from cluster.settings import Limits
from deployments.api import make_api
from tests.catalog.pictures import drawn, encoded
from tests.conftest import settings_at
from tests.deployments.front import Front
from tests.deployments.listings import data_uri
from tests.pipelines.markets import import_into, jpeg, write_kit
from tests.scenarios.modified_copies import KINDS

SHOP = "https://cdn.example.com/"
SKUS = range(20, 26)
NAMELESS = "data:image/png;base64,AAAA"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """Acme has two references and six indexed pictures, the rival one of its own."""
    limits = Limits(image_similarity_daily=10_000, requests_per_second=100_000, burst=100_000)
    folder = tmp_path_factory.mktemp("media")
    front = Front(settings_at(folder / "home", limits=limits))
    import_into(front.settings, write_kit(folder / "kit", {"mug.jpg": jpeg(0), "jug.jpg": jpeg(1)}))
    front.scorer.pictures.shop |= {f"{SHOP}{seed}.jpg": jpeg(seed) for seed in SKUS}
    wanted = {"media": [{"url": f"{SHOP}{seed}.jpg", "name": f"SKU {seed}"} for seed in SKUS]}
    answer = front.ask("POST", "/v1/media", key=front.key(), json=wanted)
    assert [it["status"] for it in answer.json()["results"]] == ["indexed"] * len(SKUS)
    yield front
    front.close()


def search(front, picture, *, tenant="acme", top_k=5):
    """The matches of an uploaded picture."""
    answer = front.ask("POST", f"/v1/search/image/file?top_k={top_k}", key=front.key(tenant), content=picture)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def brightened(image):
    return ImageEnhance.Brightness(image).enhance(1.3)


def with_logo(image):
    """A seller's own badge over an eighth of the picture."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    draw.ellipse((190, 10, 310, 90), fill="white", outline="red", width=6)
    draw.text((215, 40), "MEGA SHOP", fill="black")
    return image


def modified(kind):
    return lambda image: Image.fromarray(KINDS[kind](np.asarray(image), np.random.default_rng(3)))


COPIES = [
    (lambda image: image, {"quality": 30}, "re-encoded"),
    (lambda image: image.resize((140, 140)), {"quality": 80}, "scaled down"),
    (modified("watermark"), {"quality": 80}, "watermarked"),
    (brightened, {"quality": 80}, "brightened"),
    (with_logo, {"quality": 80}, "a logo laid over it"),
    (modified("crop"), {"quality": 80}, "cropped"),
    (modified("mirror"), {"quality": 80}, "mirrored"),
]


@pytest.mark.parametrize(("change", "options", "reason"), COPIES, ids=[row[2] for row in COPIES])
@pytest.mark.parametrize(("seed", "name"), [(22, "SKU 22"), (0, "mug.jpg")], ids=["media", "reference"])
def test_copies_are_found_first_and_with_high_confidence(front, seed, name, change, options, reason):
    first, *others = search(front, encoded(change(drawn(seed)).convert("RGB"), "JPEG", **options))
    assert (first["name"], first["confidence"]) == (name, "high"), first
    assert first["kind"] == ("reference" if seed == 0 else "media")
    assert first["brand"] == ("Northpine" if seed == 0 else None)
    assert all(it["similarity_score"] < first["similarity_score"] for it in others)


def test_a_picture_of_something_else_finds_nothing(front):
    assert search(front, jpeg(77)) == []


def test_another_tenants_media_and_references_are_never_found(front):
    rival = front.key("rival")
    answer = front.ask("POST", "/v1/media", key=rival, json={"url": data_uri(jpeg(50)), "name": "theirs"})
    assert answer.json()["indexed"] == 1
    assert [it["name"] for it in search(front, jpeg(50), tenant="rival")] == ["theirs"]
    assert search(front, jpeg(50)) == []
    for seed in (0, *SKUS):
        assert search(front, jpeg(seed), tenant="rival") == []
    answer = front.ask("POST", "/v1/search/image/file?tenant=acme", key=rival, content=jpeg(22))
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:counterfoil:unknown-tenant")
    same = front.ask("POST", "/v1/media", key=rival, json={"url": data_uri(jpeg(22))}).json()["results"][0]
    assert same["status"] == "indexed", "that acme has these bytes is not told"


def test_by_address_ranked_and_cut_to_top_k(front):
    front.scorer.pictures.shop[f"{SHOP}both.jpg"] = encoded(side_by_side(21, 23), "JPEG", quality=90)
    answer = front.ask(
        "POST", "/v1/search/image/url", key=front.key(), json={"url": f"{SHOP}both.jpg", "top_k": 5}
    )
    results = answer.json()["results"]
    assert {it["name"] for it in results} == {"SKU 21", "SKU 23"}
    assert {it["found_by"] for it in results} == {"geometry"}
    scores = [it["similarity_score"] for it in results]
    assert scores == sorted(scores, reverse=True)
    cut = front.ask(
        "POST", "/v1/search/image/url", key=front.key(), json={"url": f"{SHOP}both.jpg", "top_k": 1}
    )
    assert cut.json()["results"] == results[:1]
    assert int(answer.headers["ratelimit-remaining"]) > 0


def side_by_side(*seeds):
    both = Image.new("RGB", (320 * len(seeds), 320))
    for at, seed in enumerate(seeds):
        both.paste(drawn(seed), (320 * at, 0))
    return both


def test_an_indexed_picture_is_free_and_a_new_one_is_not(front):
    answers = [
        front.ask("POST", "/v1/search/image/file", key=front.key(), content=it).json()
        for it in (jpeg(24), jpeg(24, quality=60))
    ]
    assert [it["units"] for it in answers] == [0, 1]
    assert answers[0]["results"][0]["media_id"] == answers[0]["query_media_id"]
    assert answers[0]["results"][0]["similarity_score"] == 1.0


def test_a_csv_has_a_result_for_every_row(front):
    front.scorer.pictures.shop[f"{SHOP}text.jpg"] = b"<html>"
    rows = [
        (f"{SHOP}20.jpg,again", "known", None, "bytes that are indexed already"),
        (f"{SHOP}20.jpg,a,b", "failed", "quote values with commas", "an unquoted comma"),
        (f'"{data_uri(jpeg(61))}",new', "indexed", None, "a new picture"),
        (",nothing", "failed", "url", "no address"),
        ("https://127.0.0.1/x.jpg,inside", "failed", "", "an address inside"),
        ("file:///etc/passwd,secret", "failed", "", "a file of ours"),
        (f"{SHOP}text.jpg,page", "failed", "", "not a picture"),
        (f'{SHOP}21.jpg,"a"b', "failed", "not CSV", "a broken quote"),
        (f"{SHOP}21.jpg", "known", None, "without a name"),
    ]
    body = "\ufeffURL,name\r\n" + "\r\n".join(row[0] for row in rows) + "\r\n\r\n"
    answer = front.ask(
        "POST", "/v1/media", key=front.key(), content=body.encode(), headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [it["row"] for it in told["results"]] == list(range(1, len(rows) + 1))
    for (_, status, why, reason), row in zip(rows, told["results"], strict=True):
        assert row["status"] == status, (reason, row)
        assert (row["problem"] is None) is (status != "failed"), reason
        assert (row["media_id"] is None) is (status == "failed"), reason
        assert (why or "") in json.dumps(row["problem"]), reason
    assert (told["indexed"], told["known"], told["failed"]) == (1, 2, 6)
    assert told["results"][-1]["name"] == "21.jpg"
    assert search(front, jpeg(20))[0]["name"] == "SKU 20", "the first name stays"


BODIES = [
    (b"{", "application/json", 400, "not-json", "not JSON"),
    (b"{}", "application/json", 422, "not-media", "no address"),
    (
        b'{"url": "https://a.example/1.jpg", "more": 1}',
        "application/json",
        422,
        "not-media",
        "an unknown field",
    ),
    (b'{"media": []}', "application/json", 422, "not-media", "none"),
    (b"link\nhttps://a.example/1.jpg", "text/csv", 422, "not-media", "another column"),
    (b"url\n", "text/csv", 422, "not-media", "a header alone"),
    (b"url\n" + b"x\n" * 501, "text/csv; charset=utf-8", 422, "not-media", "one row too many"),
    (b"\xff\xfe", "text/csv", 422, "not-media", "not UTF-8"),
    (b'{"url": "https://10.0.0.1/1.jpg"}', "application/json", 422, "picture-unusable", "one, and inside"),
    (
        json.dumps({"url": NAMELESS}).encode(),
        "application/json",
        422,
        "picture-unusable",
        "one, and no picture",
    ),
]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "kind", "reason"), BODIES, ids=[row[4] for row in BODIES]
)
def test_what_cannot_be_indexed_is_a_problem(front, body, content_type, status, kind, reason):
    answer = front.ask(
        "POST", "/v1/media", key=front.key(), content=body, headers={"Content-Type": content_type}
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:counterfoil:{kind}"), answer.text
    assert answer.json()["hint"]


SEARCHES = [
    ("/v1/search/image/file", b"no picture", 422, "urn:counterfoil:picture-unusable"),
    ("/v1/search/image/file", b"", 422, "urn:counterfoil:picture-unusable"),
    ("/v1/search/image/file", b" " * ((20 << 20) + 1), 413, "urn:counterfoil:too-large"),
    ("/v1/search/image/file?top_k=0", jpeg(0), 422, "about:blank"),
    ("/v1/search/image/url", b'{"url": "https://169.254.169.254/"}', 422, "urn:counterfoil:picture-unusable"),
    ("/v1/search/image/url", b'{"url": 1}', 422, "urn:counterfoil:not-media"),
    ("/v1/search/video/url", b"{}", 501, "urn:counterfoil:not-implemented"),
    ("/v1/search/audio/file", b"", 501, "urn:counterfoil:not-implemented"),
    ("/v1/search/text/url", b"{}", 422, "about:blank"),
]


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"), SEARCHES, ids=[f"{r[0]} {r[2]}" for r in SEARCHES]
)
def test_a_search_that_cannot_be_is_a_problem(front, path, body, status, kind):
    answer = front.ask("POST", path, key=front.key(), content=body)
    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert front.ask("POST", path, content=body).status_code == 401


def test_groups_are_the_same_picture(front):
    key = front.key()
    for quality in (85, 40):
        answer = front.ask("POST", "/v1/media", key=key, json={"url": data_uri(jpeg(25, quality=quality))})
        assert answer.json()["indexed"] == 1
    told = front.ask("GET", "/v1/groups", key=key).json()
    (group,) = told["groups"]
    assert told["there"] == 1
    assert [it["name"] for it in group["members"]] == ["SKU 25", "picture", "picture"]
    rivals = front.ask("GET", "/v1/groups", key=front.key("rival")).json()
    assert rivals == {"there": 0, "groups": []}


def test_caps_and_the_kill_switch(tmp_path):
    limits = Limits(image_similarity_daily=1, media_daily=1)
    front = Front(settings_at(tmp_path / "home", limits=limits))
    key, operator = front.key(), front.key(None, "admin")

    def index(seed):
        return front.ask("POST", "/v1/media", key=key, json={"url": data_uri(jpeg(seed))})

    def find(seed):
        return front.ask("POST", "/v1/search/image/file", key=key, content=jpeg(seed))

    assert (index(1).status_code, index(1).json()["known"]) == (200, 1)
    assert (index(2).status_code, index(2).json()["type"]) == (429, "urn:counterfoil:cap-spent")
    assert [find(5).status_code, find(5).status_code, find(1).status_code] == [200, 429, 200]
    assert "retry-after" in find(5).headers
    front.catalog.tenants.prefer("acme", "text")
    other = Front(front.settings)
    told = other.ask("POST", "/v1/search/image/file", key=key, content=jpeg(1, quality=70)).json()
    assert (told["results"][0]["found_by"], told["units"]) == ("fingerprint", 0)
    assert "by its fingerprint alone" in told["limited"][0]
    other.close()
    front.ask("PUT", "/v1/kill-switch", key=operator, json={"on": True, "resource": "image_similarity"})
    time.sleep(0.3)  # both had just looked
    assert [find(1).status_code, index(3).status_code] == [503, 503]
    front.close()


def test_another_replica_finds_what_was_indexed_here(front):
    front.ask("POST", "/v1/media", key=front.key(), json={"url": data_uri(jpeg(90)), "name": "late"})
    other = Front(front.settings)
    assert search(other, jpeg(90, quality=50))[0]["name"] == "late"
    other.close()


def test_the_examples_are_what_they_say():
    document = json.loads(json.dumps(make_api(None).openapi()))
    for path, name in (("/v1/search/image/url", "MediaFound"), ("/v1/media", "MediaIndexed")):
        answered = document["paths"][path]["post"]["responses"]["200"]
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        example = answered["content"]["application/json"]["example"]
        assert example["results"]
        jsonschema.Draft202012Validator(schema).validate(example)


def test_what_is_deleted_is_found_no_more_by_anybody(front):
    """A reviewer deletes, a scorer may not; the rival's of the same bytes stays."""
    picture = jpeg(40)
    front.scorer.pictures.shop[f"{SHOP}40.jpg"] = picture
    wanted = {"url": f"{SHOP}40.jpg", "name": "forty"}
    for tenant in ("acme", "rival"):
        assert front.ask("POST", "/v1/media", key=front.key(tenant), json=wanted).status_code == 200
    [first] = search(front, picture, top_k=1)
    address = f"/v1/media/{first['media_id']}"
    assert front.ask("DELETE", address, key=front.key()).status_code == 403
    assert front.ask("DELETE", address, key=front.key("rival", role="reviewer")).status_code == 404
    gone = front.ask("DELETE", address, key=front.key(role="reviewer"))
    assert (gone.status_code, gone.content) == (204, b"")
    assert front.ask("DELETE", address, key=front.key(role="reviewer")).status_code == 404
    assert "forty" not in {it["name"] for it in search(front, picture)}
    assert search(front, picture, tenant="rival")[0]["name"] == "forty"
