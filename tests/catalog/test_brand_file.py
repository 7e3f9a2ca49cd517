"""brand.yaml: all of the format, and every way of getting it wrong."""

from datetime import date
from decimal import Decimal
from textwrap import dedent

import pytest

from catalog.brand_file import MAX_BYTES, MINIMAL, parse_brand, read_brand
from scoring.errors import BrandKitError

WHOLE = """\
brand: Northpine
marks:                       # the text the brand owns
  - {text: NORTHPINE, kind: word, alternatives: ["North Pine"]}
  - {text: "Made for the long way", kind: slogan}
colours: [{name: pine green, hex: "#0B5D3B", registered: true}]
gtins: ["5701234567899"]
price: {floor: {amount: "20.00", currency: EUR}}
domains: [northpine.example, Shop.Northpine.example]
languages: [en, de]
authorised_sellers:
  - {platform: ebay, seller_id: northpine-official, territories: [DE], valid_from: 2026-01-01, valid_to: null}
watch_terms: [{class: prohibited-claims, primary: ["miracle cure"], alternatives: ["cures everything"]}]
"""


def test_every_key_of_the_format_is_understood():
    brand = parse_brand(WHOLE.encode()).resolved()
    assert brand.name == "Northpine"
    assert brand.words == ("Northpine", "NORTHPINE", "North Pine", "Made for the long way")
    assert brand.colours[0].registered
    assert brand.gtins == ("5701234567899",)
    assert (brand.price.floor.amount, brand.price.floor.currency) == (Decimal("20.00"), "EUR")
    assert brand.domains == ("northpine.example", "shop.northpine.example")
    assert brand.languages == ("en", "de")
    [seller] = brand.authorised_sellers
    assert (seller.platform, seller.valid_from, seller.valid_to) == ("ebay", date(2026, 1, 1), None)
    assert brand.watch_terms[0].class_ == "prohibited-claims"


def test_prices_of_products_and_prices_really_paid():
    text = """\
brand: Northpine
price:
  typical: [{amount: 20, currency: EUR}, {amount: "21.50", currency: eur}, {amount: 22, currency: EUR},
            {amount: 25, currency: USD}, {amount: 30, currency: USD}]
  products:
    - {words: [tea, Tee], floor: {amount: 4, currency: EUR}}
"""
    price = parse_brand(text.encode()).resolved().price
    assert (price.floor, len(price.typical), price.typical[1].currency) == (None, 5, "EUR")
    assert price.products[0].words == ("tea", "Tee")


def test_the_minimal_file_that_errors_show_is_valid():
    assert parse_brand(MINIMAL.encode()).resolved().name == "Northpine"


@pytest.mark.parametrize(
    ("domain", "reason"),
    [
        ("https://northpine.example/", "an address"),
        ("northpine", "no name on the web by itself"),
        ("*.northpine.example", "what lies under it is the brand's anyway"),
        ("northpine.example:443", "a port"),
        ("-northpine.example", "no such name can be"),
        ("192.0.2.1", "a number belongs to whoever has it today"),
    ],
)
def test_what_is_no_domain_is_told(domain, reason):
    with pytest.raises(BrandKitError, match=r"line 2: domains\[0\]"):
        parse_brand(f'brand: X\ndomains: ["{domain}"]'.encode())


def test_a_byte_order_mark_is_no_mistake():
    assert parse_brand(b"\xef\xbb\xbfbrand: X").brand == "X"


OVER = "valid_to: 2026-01-31, valid_from: 2026-02-01"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("", "is empty", "nothing in it"),
        ("# only a comment\n", "is empty", "nothing but a comment"),
        ("- brand", "not a mapping", "a list"),
        ("Northpine", "not a mapping", "a word"),
        ("brand: [unclosed", "line 1", "not YAML"),
        ("brand: X\n\tmarks: []", "line 2", "a tab"),
        ("brand: X\n---\nbrand: Y", "single document", "two documents"),
        ("languages: [en]", "brand: Field required", "no brand"),
        ("brand: ''", "line 1: brand: String should have at least 1", "an empty name"),
        ("brand: X\ncolors: []", "line 2: unknown key 'colors', did you mean 'colours'", "American spelling"),
        ("brand: X\nmark: []", "did you mean 'marks'", "singular"),
        ("brand: X\nname: Y", "line 2: unknown key 'name'", "the scorer's name for it, not the file's"),
        ("brand: X\nzzz: []", "the keys here are brand, marks", "nothing is near"),
        ("brand: X\nmarks: [{txt: X}]", "did you mean 'text'", "misspelt inside a list"),
        (
            "brand: X\nprice: {floor: {amount: 1, curency: EUR}}",
            "did you mean 'currency'",
            "misspelt inside money",
        ),
        (
            "brand: X\nauthorised_sellers:\n- platform: ebay\n  seller: y",
            "line 4: unknown key 'seller'",
            "the line",
        ),
        ("brand: X\nbrand: Y", "line 2: 'brand' stands there twice", "YAML would take the last"),
        ("brand: X\n<<: {marks: []}", "unknown key '<<'", "merge keys"),
        ("brand: X\n1: 2", "unknown key '1'", "a number as a key"),
        ("brand: X\n? [a, b]\n: 2", "line 2: a key must be a word", "a list as a key"),
        ("brand: 7", "put it in quotes", "YAML makes it a number"),
        (
            "brand: X\ngtins: [5701234567899]",
            r"line 2: gtins\[0\]: .* put it in quotes",
            "a barcode read as a number",
        ),
        ("brand: X\nlanguages: [no]", "put it in quotes", "Norwegian read as false"),
        (
            'brand: X\ngtins: ["5701234567898"]',
            r"line 2: gtins\[0\]: .*after 570123456789 comes 9",
            "a mistyped GTIN: no barcode carries it, so it would protect nothing",
        ),
        (
            'brand: X\ngtins:\n- "36000291452"',
            r"line 3: gtins\[0\]: .*drop the zeros of 036000291452",
            "a UPC that a spreadsheet took for a number",
        ),
        ("brand: X\ngtins: ['1234567890']", "not 10", "no GTIN has ten digits"),
        ("brand: X\ncolours: [{name: red, hex: #FF0000}]", "line 2", "an unquoted colour is a comment"),
        (
            "brand: X\ncolours:\n- name: red\n  hex: red",
            r"line 4: colours\[0\].hex: String should match",
            "a word",
        ),
        ("brand: X\nmarks: NORTHPINE", "line 2: marks: Input should be a valid tuple", "text for a list"),
        (
            "brand: X\nmarks: [{text: X, kind: word-mark}]",
            r"marks\[0\].kind: Input should be 'word'",
            "unknown kind",
        ),
        ("brand: X\nprice: {floor: {amount: -1, currency: EUR}}", "price.floor.amount", "a negative price"),
        ("brand: X\nauthorised_sellers: [{platform: ebay}]", "seller_id: Field required", "who is missing"),
        (
            "brand: X\nauthorised_sellers: [{platform: e, seller_id: s, territories: [Germany]}]",
            "'Germany' is no country: write a code",
            "a country by its name",
        ),
        (
            "brand: X\nauthorised_sellers: [{platform: e, seller_id: 'https://e.example/usr/s'}]",
            "the seller's id, not the address",
            "a page",
        ),
        (
            f"brand: X\nauthorised_sellers: [{{platform: e, seller_id: s, {OVER}}}]",
            "line 2: .*valid_to 2026-01-31 is before",
            "over before it begins",
        ),
        ("brand: X\nprice: {}", "tell a floor, typical prices or products", "no price at all"),
        (
            "brand: X\nprice: {typical: [{amount: 1, currency: EUR}]}",
            "at least 5 prices",
            "one price is no distribution",
        ),
        (
            "brand: X\nprice:\n  products:\n  - words: [tea]\n    flor: {amount: 1, currency: EUR}",
            "line 5: unknown key 'flor', did you mean 'floor'",
            "misspelt in a product",
        ),
        (
            "brand: X\nprice: {products: [{words: [tea]}]}",
            "tell a floor or typical prices",
            "a product without",
        ),
        (
            "brand: X\nauthorised_sellers: [{platform: e, seller_id: s, valid_from: 2026-13-45}]",
            "month",
            "no such date",
        ),
        ("brand: !!python/object/apply:os.system [id]", "line 1: could not determine a constructor", "code"),
        (BOMB, "aliases .* not allowed", "a bomb of aliases"),
        ("brand: &b X\nmarks: [{text: *b}]", "aliases .* not allowed", "a harmless alias too"),
        ("brand: " + "[" * 200 + "]" * 200, "nests too deep", "deep nesting"),
        ("brand: " + "[" * 20_000, "nests too deep", "nesting that would end the stack"),
        (
            "brand: X\nzzz: 1\n" + "\n".join(f"y{n}: 1" for n in range(30)),
            "and 21 more",
            "not all of 31 mistakes",
        ),
        ("brand: \x07", "not allowed|special characters", "a bell"),
    ],
)
def test_a_mistake_is_named(text, expected, reason):
    with pytest.raises(BrandKitError, match=expected) as caught:
        parse_brand(text.encode())
    assert caught.value.hint, reason


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(BrandKitError, match=r"not UTF-8 .*Save it as UTF-8"):
        parse_brand("brand: Café".encode("latin-1"))


def test_a_missing_file_shows_a_minimal_one(tmp_path):
    with pytest.raises(BrandKitError, match=r"There is no brand.yaml in .*") as caught:
        read_brand(tmp_path)
    assert MINIMAL in str(caught.value)


def test_a_near_miss_of_the_name_is_pointed_out(tmp_path):
    (tmp_path / "brand.yml").write_text("brand: X")
    with pytest.raises(BrandKitError, match=r"but a brand.yml: rename it"):
        read_brand(tmp_path)


def test_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere.yaml").write_text("brand: X")
    kit = tmp_path / "kit"
    kit.mkdir()
    (kit / "brand.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(BrandKitError, match="is a link"):
        read_brand(kit)


@pytest.mark.parametrize(("extra", "fits"), [(0, True), (1, False)])
def test_the_size_limit_is_exact(tmp_path, extra, fits):
    start = b"brand: X\n#"
    (tmp_path / "brand.yaml").write_bytes(start + b"-" * (MAX_BYTES - len(start) + extra))
    if fits:
        assert read_brand(tmp_path).name == "X"
    else:
        with pytest.raises(BrandKitError, match="more than 262,144"):
            read_brand(tmp_path)


def test_the_line_is_the_one_of_the_mistake():
    text = dedent(
        """\
        brand: X

        watch_terms:
          - class: a
            primary: [b]
          - class: c
            primry: [d]
        """
    )
    with pytest.raises(BrandKitError, match=r"line 7: unknown key 'primry', did you mean 'primary'"):
        parse_brand(text.encode())
