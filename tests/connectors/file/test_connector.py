"""A file is a connector: the whole contract for each format, and rows out = rows in."""

import csv
import json
import os
import sqlite3
import tracemalloc
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import Checkpoint, open_source
from connectors.file import FileConnector
from connectors.file.records import LINE_LIMIT
from connectors.file.seen import SeenIds
from scoring.errors import SourceError
from tests.contracts.connector import ConnectorContract


def listing(number):
    return {
        "platform": "ebay",
        "listing_id": f"v1|{number}",
        "url": f"https://shop.test/{number}",
        "title": f"Jacket {number}",
        "description": "Warm",
        "brand": "Northpine",
        "category": "Jackets",
        "condition": "new",
        "price": {"amount": "19.99", "currency": "EUR"},
        "stock": {"kind": "exact", "min": 12, "max": 12},
        "seller": {"id": "s-1", "country": "DE", "rating": 97.1, "feedback_count": 4},
        "images": ["images/1.jpg", "https://shop.test/2.jpg"],
        "video": "https://shop.test/v.mp4",
        "observed_at": "2026-11-20T10:00:00Z",
    }


def write_jsonl(path, rows=7):
    path.write_text("".join(json.dumps(listing(n)) + "\n" for n in range(rows)))


def write_csv(path, rows=7):
    with path.open("w", newline="") as file:
        flat = [flattened(listing(n)) for n in range(rows)]
        writer = csv.DictWriter(file, flat[0])
        writer.writeheader()
        writer.writerows(flat)


def flattened(row):
    flat = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": inner for part, inner in value.items()}
        else:
            flat[name] = "|".join(value) if isinstance(value, list) else value
    return flat


def write_parquet(path, rows=7):
    pq.write_table(pa.Table.from_pylist([listing(n) for n in range(rows)]), path, row_group_size=3)


class FileContract(ConnectorContract):
    name = ""
    write = staticmethod(write_jsonl)

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.path = tmp_path / self.name
        self.write(self.path)

    def open(self):
        return FileConnector(self.path, page_size=3)

    def failures(self):
        return (
            lambda: FileConnector(self.path.with_name("absent.jsonl")),
            lambda: list(self.open().pages(Checkpoint(3, "of another file"))),
            lambda: list(self.open().pages(Checkpoint(300, "of a longer file"))),
        )


class TestJsonl(FileContract):
    name, write, numbers = "a.jsonl", staticmethod(write_jsonl), tuple(range(1, 8))


class TestCsv(FileContract):
    name, write, numbers = "a.csv", staticmethod(write_csv), tuple(range(2, 9))


class TestParquet(FileContract):
    name, write, numbers = "a.parquet", staticmethod(write_parquet), tuple(range(1, 8))


def rows_of(path, **kwargs):
    return [row for rows, _ in FileConnector(path, **kwargs).pages() for row in rows]


def test_the_three_formats_give_the_same_listings(tmp_path):
    found = []
    for name, write in (("a.jsonl", write_jsonl), ("a.csv", write_csv), ("a.parquet", write_parquet)):
        write(tmp_path / name)
        found.append([(row.listing, row.errors) for row in rows_of(tmp_path / name)])
    assert found[0] == found[1] == found[2]
    assert found[0][0][0].images == ((tmp_path / "images/1.jpg").as_uri(), "https://shop.test/2.jpg")
    assert all(errors == () for _, errors in found[0])


MESSY_LINE = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from([*listing(0), "titel", "price.amount", "seller_id", "Title", "label", ""]),
        st.one_of(
            st.none(),
            st.text(max_size=6),
            st.integers(),
            st.floats(),
            st.booleans(),
            st.lists(st.text(max_size=12), max_size=2),
            st.dictionaries(
                st.sampled_from(["amount", "currency", "id", "min", "kind", "rating", "x"]),
                st.none() | st.text(max_size=4) | st.integers() | st.booleans(),
                max_size=4,
            ),
        ),
    ).map(lambda fields: json.dumps({"platform": "p", "listing_id": "1"} | fields).encode()),
    st.just(b'{"platform": "ebay", "listing_id": "7", "title": "the same again"}'),
    st.just(b"x" * (LINE_LIMIT + 9)),
    st.just(b"["),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(MESSY_LINE.map(lambda line: line.replace(b"\n", b"")), max_size=12),
    ending=st.sampled_from([b"\n", b"\r\n"]),
    last=st.booleans(),
    size=st.integers(1, 5),
)
def test_rows_out_are_rows_in(tmp_path, lines, ending, last, size):
    if lines and lines[0].startswith((b"\xff\xfe", b"\xfe\xff")):
        lines[0] = b"x"  # UTF-16, which is refused whole
    path = tmp_path / "messy.jsonl"
    path.write_bytes(ending.join(lines) + (ending if last and lines else b""))
    expected = [n for n, line in enumerate(lines, start=1) if line.removeprefix(b"\xef\xbb\xbf").strip()]
    pages = list(FileConnector(path, page_size=size).pages())
    rows = [row for page, _ in pages for row in page]
    assert [row.number for row in rows] == expected
    assert all(row.listing is not None or row.errors for row in rows)
    for row in rows:
        json.dumps([row.errors, row.raw_id, row.platform], ensure_ascii=False).encode()  # Parquet wants UTF-8
        if row.listing is not None:
            row.listing.model_dump_json()
    middle = pages[len(pages) // 2][1]
    assert [row for page, _ in FileConnector(path, page_size=size).pages(middle) for row in page] == rows[
        middle.rows :
    ]


def test_a_duplicate_is_a_row_that_names_the_first_even_after_resuming(tmp_path):
    path = tmp_path / "a.jsonl"
    line = '{"platform": "eBay ", "listing_id": %s, "title": "t"}\n'
    path.write_text("\n" + line % '"7"' + line % '"8"' + line % "7" + line % '" 7"')
    rows = rows_of(path)
    assert [row.errors[0] for row in rows[2:]] == ["duplicate of line 2", "duplicate of line 2"]
    assert all(row.listing is not None for row in rows)
    _, after_two = next(FileConnector(path, page_size=2).pages())
    rest = [row for page, _ in FileConnector(path).pages(after_two) for row in page]
    assert rest == rows[2:]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_an_empty_file_is_one_empty_page(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"")
    ((rows, checkpoint),) = FileConnector(path).pages()
    assert (rows, checkpoint.rows) == ((), 0)
    assert list(FileConnector(path).pages(checkpoint)) == [((), checkpoint)]


def test_an_empty_parquet_file_is_one_empty_page(tmp_path):
    pq.write_table(pa.table({}), tmp_path / "a.parquet")
    ((rows, checkpoint),) = FileConnector(tmp_path / "a.parquet").pages()
    assert (rows, checkpoint.rows) == ((), 0)


def test_rows_added_after_the_end_are_what_remains(tmp_path):
    path = tmp_path / "a.jsonl"
    write_jsonl(path, rows=4)
    *_, (_, last) = FileConnector(path).pages()
    write_jsonl(path, rows=6)
    assert [row.number for page, _ in FileConnector(path).pages(last) for row in page] == [5, 6]


def test_a_file_changed_before_the_checkpoint_is_refused(tmp_path):
    path = tmp_path / "a.jsonl"
    write_jsonl(path)
    _, checkpoint = next(FileConnector(path, page_size=3).pages())
    path.write_text(path.read_text().replace("v1|1", "v1|x"))
    with pytest.raises(SourceError, match="changed in its first 3 rows"):
        list(FileConnector(path).pages(checkpoint))


def test_a_line_without_a_time_was_observed_when_the_file_was_written(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"platform": "ebay", "listing_id": "1"}')
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert rows_of(path)[0].listing.observed_at == datetime.fromtimestamp(1_700_000_000, UTC)


UNREADABLE = [
    ("file:absent.jsonl", "there is no file", "a misspelt path"),
    ("file:folder", "is a folder", "its folder was named"),
    ("file:folder.jsonl", "is a folder", "a folder that looks like a file"),
    ("file:listings.txt", "what format", "an ending we do not know"),
    ("file:listings.json", "jq -c", "a JSON array is the likeliest mistake: say how to turn it"),
    ("file:listings", "what format", "no ending at all"),
    ("file:", "what kind of source", "nothing after the scheme"),
    ("listings.jsonl", "Write one of file:", "no scheme"),
    ("alibaba:shoes", "Known are file:", "a scheme we do not have"),
    ("file:pipe.jsonl", "not a regular file", "a scan may have to read it twice"),
]


@pytest.mark.parametrize(("source", "says", "reason"), UNREADABLE, ids=[row[2] for row in UNREADABLE])
def test_what_cannot_be_a_source_says_what_to_do(tmp_path, monkeypatch, source, says, reason):
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "folder.jsonl"):
        (tmp_path / folder).mkdir()
    for name in ("listings.txt", "listings.json", "listings"):
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(SourceError, match=says) as caught:
        open_source(source)
    assert caught.value.hint


def test_a_source_opens_by_its_scheme(tmp_path):
    write_jsonl(tmp_path / "a.jsonl")
    connector = open_source(f"file:{tmp_path / 'a.jsonl'}")
    assert connector.capabilities.platform == "file"
    assert len(list(connector.pages())) == 1


def test_memory_stays_flat_however_long_the_file(tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("w") as file:
        for n in range(6000):
            file.write(json.dumps({"platform": "p", "listing_id": str(n), "title": "x" * 2000}) + "\n")
        file.write('{"platform": "' + "x" * (24 << 20) + '"}\n')  # one line of 24 MiB
    tracemalloc.start()
    try:
        count = sum(len(rows) for rows, _ in FileConnector(path).pages())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 6001
    assert peak < 8 << 20, f"{peak >> 20} MiB at the peak for a file of {path.stat().st_size >> 20} MiB"


def test_ids_are_told_apart_by_platform_and_by_id():
    with SeenIds() as seen:
        assert seen.first("a", "bc", number=1) is None
        assert seen.first("ab", "c", number=2) is None
        assert seen.first("a", "bc", number=3) == 1
        assert seen.first("a", "bc", number=4) == 1


def test_a_full_disk_under_the_ids_is_an_error_of_ours():
    with SeenIds() as seen:
        seen._db.execute("PRAGMA max_page_count=2")
        with pytest.raises(SourceError, match="full") as caught:
            [seen.first("p", str(number), number=number) for number in range(5000)]
        assert isinstance(caught.value.__cause__, sqlite3.Error)
