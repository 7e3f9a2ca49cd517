"""A name is found however it is written, and what only resembles it is left in peace."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.names import NameIndex, Spelling, index_of, is_common, normalise, read
from scoring.names.keys import deletions, limit_of, near, squeeze
from scoring.names.look_alikes import look_alike

PLAIN, DISGUISED, MISSPELT = Spelling.PLAIN, Spelling.DISGUISED, Spelling.MISSPELT

FOUND = [
    ("as it is", "Nike", "new nike shoes", PLAIN),
    ("with its sign", "Nike", "NIKE® shoes", PLAIN),
    ("after an at-sign", "Nike", "look at @nike", PLAIN),
    ("a model's number sticks to it", "iPhone", "iphone15 case", PLAIN),
    ("a genitive", "Puma", "Puma's new shoe", PLAIN),
    ("a soft hyphen is typesetting", "Northpine", "North\u00adpine bottle", PLAIN),
    ("the Turkish capital of i", "Gucci", "GUCCİ kol saati", PLAIN),
    ("accents left out", "Nestlé", "nestle cocoa", PLAIN),
    ("written together", "Louis Vuitton", "louisvuitton bag", PLAIN),
    ("two words far from a sentence's end", "Hugo Boss", "a Hugo  Boss suit", PLAIN),
    ("signs that belong to it", "H&M", "h & m dress", PLAIN),
    ("signs only", "★", "the ★ bag", PLAIN),
    ("two letters", "HP", "ink for HP printers", PLAIN),
    ("digits that belong to it", "7up", "7UP can", PLAIN),
    ("among Chinese", "Nike", "正品nike鞋", PLAIN),
    ("in Japanese", "ナイキ", "新品ナイキシューズ", PLAIN),
    ("in Korean, with a particle", "나이키", "나이키는 신발", PLAIN),
    ("in half-width kana", "ナイキ", "新品ﾅｲｷ", DISGUISED),
    ("capital Greek nu, whose small letter is a v", "Nike", "Νike shoes", DISGUISED),
    ("all Cyrillic in a Latin title", "Coach", "соасн handbag leather", DISGUISED),
    ("all Greek, and nothing else there", "Nike", "ΝΙΚΕ", DISGUISED),
    ("squared letters", "Nike", "🅽🅸🅺🅴 shoes", DISGUISED),
    ("struck through by combining lines", "Nike", "N\u0336i\u0336k\u0336e shoes", DISGUISED),
    ("a capital i for an l", "Lacoste", "Iacoste polo", DISGUISED),
    ("rn for m", "Armani", "Arrnani belt", DISGUISED),
    ("signs", "Supreme", "$upreme hoodie", DISGUISED),
    ("signs in a name of two words", "Louis Vuitton", "Lou!$ Vu!tton bag", DISGUISED),
    ("one letter left of the others", "Rolex", "R0L3X watch", DISGUISED),
    ("a line between two letters", "Vans", "van_s shoes", DISGUISED),
    ("a line between two words, which no language draws", "Hermes", "her_mes scarf", DISGUISED),
    ("one space inside", "Adidas", "adi das shoes", DISGUISED),
    ("a doubled letter, of four", "Nike", "Niike shoes", MISSPELT),
    ("two neighbours swapped, of four", "Nike", "Nkie shoes", MISSPELT),
    ("one letter of five", "Gucci", "Guci bag", MISSPELT),
    ("one letter of five replaced", "Rolex", "Rolax watch", MISSPELT),
    ("two letters of nine", "Quiksilver", "Quicksilwer shirt", MISSPELT),
    ("a slip in the first of two words", "Louis Vuitton", "Loius Vuitton bag", MISSPELT),
]

NOT_FOUND = [
    ("an ordinary word with one more letter", "Puma", "pumps for women"),
    ("an ordinary word one letter away", "Prada", "parade costume"),
    ("another one", "Gant", "a grant of land"),
    ("a longer ordinary word", "Tropicana", "tropical shirt"),
    ("the start of an ordinary word", "Valino", "valid ticket"),
    ("an ordinary word in another language", "Gant", "gants de ski"),
    ("ordinary in German", "Diesel", "für dieses Auto"),
    ("three letters of four", "Nike", "nik shoes"),
    ("one letter of four replaced", "Nike", "bike shoes"),
    ("two letters of five", "Gucci", "Gaci bag"),
    ("three letters of nine", "Timberland", "Tymbelnd boots"),
    ("the middle of a longer word", "Vans", "Vansittart street"),
    ("a genitive s", "Vans", "the van's tyres"),
    ("a word and a size", "Vans", "van s"),
    ("pieces that are words", "Hermes", "for her mes amis"),
    ("pieces that are words, about a stop without its space", "Hermes", "for her.mes amis"),
    ("a wholly Cyrillic text", "Bata", "мягкая вата для рук"),
    ("a Vietnamese word", "Coach", "cách dùng"),
    ("a number", "Boss", "8055 screws"),
    ("a short name disguised", "HP", "h-p- h p"),
    ("letters without their signs", "H&M", "size h m"),
    ("half of two words", "Hugo Boss", "like a boss"),
    ("both words, in two sentences", "Hugo Boss", "Hugo ..... Boss"),
]


@pytest.mark.parametrize(("reason", "name", "text", "spelling"), FOUND, ids=[row[0] for row in FOUND])
def test_found(reason, name, text, spelling) -> None:
    assert [(hit.word, hit.spelling) for hit in NameIndex([name]).search(read(text))][:1] == [
        (name, spelling)
    ]


@pytest.mark.parametrize(("reason", "name", "text"), NOT_FOUND, ids=[row[0] for row in NOT_FOUND])
def test_left_in_peace(reason, name, text) -> None:
    assert NameIndex([name]).search(read(text)) == ()


def test_what_one_word_says_plainly_is_no_other_words_disguise() -> None:
    hits = NameIndex(["Trailkeeper", "Trail Keeper", "Asics", "Basics"]).search(read("Trail Keeper basics"))
    assert [(hit.word, hit.spelling) for hit in hits] == [("Trail Keeper", PLAIN), ("Basics", PLAIN)]


def test_one_name_in_two_cases_is_one_name_called_as_first_given() -> None:
    hits = NameIndex(["Northpine", "NORTHPINE"]).search(read("northpine"))
    assert [hit.word for hit in hits] == ["Northpine"]


def test_a_hit_tells_what_is_written_and_where() -> None:
    (hit,) = index_of(("Supreme",)).search(read("new $upr3me tee"))
    assert (hit.written, hit.start, hit.end) == ("$upr3me", 1, 2)


@pytest.mark.parametrize(
    ("length", "limit", "reason"),
    [
        (
            4,
            0,
            "four letters have too many neighbours: one edit tripled the false alarms, for 1.5 % more recall",
        ),
        (5, 1, "the first that forgives one"),
        (8, 1, "the last that forgives only one: two make Burberry of blueberry"),
        (9, 2, "the first that forgives two"),
    ],
)
def test_limit(length, limit, reason) -> None:
    assert limit_of(length) == limit


@given(st.text(), st.text())
def test_no_text_and_no_name_raises(name, text) -> None:
    for hit in NameIndex([name, "Nike", "H&M"]).search(read(text)):
        assert hit.written


@given(st.text())
def test_normalising_twice_changes_nothing(text) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.characters())
def test_a_look_alike_is_its_own_look_alike(character) -> None:
    for letter in look_alike(character):
        if letter.isascii():
            assert look_alike(letter) == letter


_WORDS = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGäéøßñçžабвгдНКжαβγΩ0123456789"), min_size=1
)
_NAMES = st.lists(_WORDS, min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from([" ".join(words), "-".join(words), " & ".join(words), "'".join(words)])
)
_SPACELESS = st.text(st.sampled_from("北松保温杯水筒ナイキシューズกขค"), min_size=1, max_size=6)


@given(_NAMES, st.sampled_from(["{}", "new {} bottle", "({})", "x, {}!", "水筒{}水筒"]), st.booleans())
def test_a_plain_mention_is_always_found(name, title, shouted) -> None:
    text = title.format(name.upper() if shouted and len(name.upper()) == len(name) else name)
    assert name in {hit.word for hit in NameIndex([name]).search(read(text))}


@given(_SPACELESS, st.text(st.sampled_from("正品鞋 a"), max_size=5))
def test_a_plain_mention_is_always_found_without_spaces(name, around) -> None:
    hits = NameIndex([name]).search(read(f"{around}{name}{around}"))
    assert name in {hit.word for hit in hits}


@given(st.text(st.sampled_from("abcde"), min_size=5, max_size=12), st.data())
def test_words_within_the_limit_share_a_key(name, data) -> None:
    """What the index rests on: no edit within the limit leads out of the neighbourhood."""
    spelled = name
    for _ in range(limit_of(len(name))):
        at = data.draw(st.integers(0, len(spelled) - 1))
        letter = data.draw(st.sampled_from("abcdef"))
        edit = data.draw(st.sampled_from(["drop", "insert", "replace", "swap"]))
        swapped = spelled[:at] + spelled[at + 1 : at + 2] + spelled[at] + spelled[at + 2 :]
        spelled = {
            "drop": spelled[:at] + spelled[at + 1 :],
            "insert": spelled[:at] + letter + spelled[at:],
            "replace": spelled[:at] + letter + spelled[at + 1 :],
            "swap": swapped,
        }[edit]
    assert deletions(name, limit_of(len(name))) & near(spelled)


@given(st.lists(st.text(st.sampled_from("abn"), min_size=1, max_size=4), min_size=2, max_size=5))
def test_joined_neighbours_are_squeezed_as_one_word(words) -> None:
    joined = squeeze("".join(words))
    spans = [span for span in read("_".join(words)).spans if (span.start, span.end) == (0, len(words))]
    assert all(span.finds == {f"~{joined}"} for span in spans)
    assert spans or len("".join(words)) < 4


@pytest.mark.parametrize(
    ("word", "common", "reason"),
    [
        ("pumps", True, "a plural of English"),
        ("stopping", True, "a doubled consonant of English"),
        ("berries", True, "y becomes ies"),
        ("schuhe", True, "German"),
        ("tropicales", False, "a plural that no list has"),
        ("crème", True, "French, with its accent"),
        ("creme", True, "typed without it"),
        ("cremé", False, "an accent where no language puts one"),
        ("nike", False, "a name"),
    ],
)
def test_common_words(word, common, reason) -> None:
    assert is_common(word) is common


def test_every_alphabet_of_mathematics_reads_as_its_letter() -> None:
    letters = [chr(code) for code in range(0x1D400, 0x1D6A4) if unicodedata.name(chr(code), "")]
    assert all(look_alike(letter) == unicodedata.normalize("NFKC", letter).lower() for letter in letters)


@pytest.mark.timeout(20)  # seconds; quadratic work takes a minute and more
@pytest.mark.parametrize(
    "text", ["@" * 50_000, "a@$" * 10_000, "a" + "\u0301" * 50_000, "北" * 50_000, "a1" * 25_000]
)
def test_a_hostile_text_takes_no_more_than_its_length(text) -> None:
    assert NameIndex(["Nike", "北松"]).search(read(text)) == ()
