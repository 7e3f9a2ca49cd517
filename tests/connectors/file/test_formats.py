"""What each format's reader makes of files as people and programs write them."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.file.client import read_records
from connectors.file.records import LINE_LIMIT
from scoring.errors import SourceError

HEAD = b"platform,listing_id,title\n"
LONG = b"x" * LINE_LIMIT

JSONL = [
    (b'{"a": 1}\n{"a": 2}', [(1, {"a": 1}), (2, {"a": 2})], "no newline at the end"),
    (b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\r\n', [(1, {"a": 1}), (2, {"a": 2})], "BOM and CRLF, from Windows"),
    (
        b'{"a": 1}\n\xef\xbb\xbf{"a": 2}\n',
        [(1, {"a": 1}), (2, {"a": 2})],
        "two files joined, each with its BOM",
    ),
    (b'\n \t\n{"a": 1}\n\n', [(3, {"a": 1})], "blank lines are counted but are no rows"),
    (b"\xef\xbb\xbf\n", [], "nothing but a BOM"),
    (b'{"a": "\xff"}', [(1, "not UTF-8: byte 0xff at position 7")], "Latin-1"),
    (b'{"a": "\x00"}', [(1, "not JSON: Invalid control character")], "a NUL byte in text"),
    (b"\x00\x00", [(1, "not JSON")], "NUL bytes alone"),
    (b'{"a": 1,}', [(1, "not JSON")], "a trailing comma"),
    (b"[", [(1, "not JSON")], "the first line of a JSON array"),
    (b'[{"a": 1}]', [(1, "expected a JSON object, found a list")], "a whole array on one line"),
    (
        b'null\n"x"\n3\ntrue',
        [(n, "expected a JSON object, found") for n in (1, 2, 3, 4)],
        "values, not objects",
    ),
    (b"[" * 100_000, [(1, "nested too deeply")], "brackets that would exhaust the stack"),
    (b'{"a": ' + b"9" * 5000 + b"}", [(1, "Exceeds the limit")], "more digits than Python converts"),
    (b'{"a": "' + LONG + b'"}\n{"a": 2}', [(1, "skipped unread"), (2, {"a": 2})], "a line above the limit"),
    (LONG[:-1] + b"\n{}", [(1, "not JSON"), (2, {})], "a line exactly at the limit is read"),
    (LONG + b"\n{}", [(1, "skipped unread"), (2, {})], "one byte above is not"),
    (LONG * 3 + b"\n{}", [(1, "skipped unread"), (2, {})], "skipped in several pieces"),
    (LONG * 2, [(1, "skipped unread")], "a long line that is the last"),
]


def fields(title, listing_id="1"):
    return {"platform": "p", "listing_id": listing_id, "title": title}


CSV = [
    (HEAD + b"p,1,a\np,1,b\n", [(2, fields("a")), (3, fields("b"))], "the plain case"),
    (HEAD + b"p,1,a", [(2, fields("a"))], "no newline at the end"),
    (b"\xef\xbb\xbf" + HEAD.replace(b"\n", b"\r\n") + b"p,1,a\r\n", [(2, fields("a"))], "BOM and CRLF"),
    (HEAD.replace(b",", b";") + b"p;1;a,b\n", [(2, fields("a,b"))], "semicolons, from a European Excel"),
    (HEAD.replace(b",", b"\t") + b"p\t1\ta\n", [(2, fields("a"))], "tabs"),
    (HEAD + b'p,1,"a\nb"\np,1,c\n', [(2, fields("a\nb")), (4, fields("c"))], "a line break in quotes"),
    (HEAD + b'p,1,"say ""hi"", ok"\n', [(2, fields('say "hi", ok'))], "quotes in quotes"),
    (HEAD + b'p,1,8.5" x 11"\n', [(2, fields('8.5" x 11"'))], "inches, unquoted"),
    (HEAD + b"\np,1,a\n   \n", [(3, fields("a"))], "blank lines are no rows"),
    (HEAD + b"p,1,\xff\np,1,b\n", [(2, "not UTF-8"), (3, fields("b"))], "one Latin-1 line"),
    (HEAD + b"p,1,a,b\np,1,b\n", [(2, "4 values under 3 columns"), (3, fields("b"))], "an unquoted comma"),
    (
        HEAD + b'p,1,"a\np,1,b\np,1,c\n',
        [(2, "not CSV"), (3, fields("b")), (4, fields("c"))],
        "a quote never closed",
    ),
    (HEAD + b'p,1,"a" b\np,1,c\n', [(2, "not CSV"), (3, fields("c"))], "text after a closing quote"),
    (
        HEAD + b"p,1," + LONG + b"\np,1,b\n",
        [(2, "skipped unread"), (3, fields("b"))],
        "a line above the limit",
    ),
    (HEAD, [], "a header alone"),
    (b"\n\n" + HEAD + b"p,1,a\n", [(4, fields("a"))], "blank lines above the header"),
    (
        b"title, Platform ,LISTING_ID\na,p,1\n",
        [(2, {"title": "a", " Platform ": "p", "LISTING_ID": "1"})],
        "capitals",
    ),
]


def check(path, expected):
    found = list(read_records(path))
    assert [record.number for record in found] == [number for number, _ in expected]
    for record, (_, what) in zip(found, expected, strict=True):
        if isinstance(what, str):
            assert record.fields is None
            assert what in record.error
        else:
            assert (record.fields, record.error) == (what, "")


@pytest.mark.parametrize(("content", "expected", "reason"), JSONL, ids=[row[2] for row in JSONL])
def test_jsonl(tmp_path, content, expected, reason):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    check(path, expected)


@pytest.mark.parametrize(("content", "expected", "reason"), CSV, ids=[row[2] for row in CSV])
def test_csv(tmp_path, content, expected, reason):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    check(path, expected)


def test_a_quote_left_open_in_a_large_csv_costs_one_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(HEAD + b'p,1,"open\n' + b"p,1,a\n" * 200_000)  # 1.2 MB: beyond the limit of a record
    first, *rest = read_records(path)
    assert "a quote opened here is not closed within" in first.error or "field larger" in first.error
    assert len(rest) == 200_000
    assert all(record.fields == fields("a") for record in rest)


def test_a_csv_row_with_values_missing_is_kept_with_a_remark(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(HEAD + b"p,1\n")
    (record,) = read_records(path)
    assert record.fields == {"platform": "p", "listing_id": "1"}
    assert record.error == "only 2 values under 3 columns"


REFUSED = [
    ("a.jsonl", '{"a": 1}'.encode("utf-16"), "UTF-16", "JSONL in UTF-16"),
    ("a.csv", HEAD.decode().encode("utf-16"), "not a header in UTF-8", "CSV in UTF-16"),
    ("a.csv", b"p,1,a\np,2,b\n", "no column 'platform' and no column 'listing_id'", "CSV without a header"),
    ("a.csv", b"platform,listing_id,title,Title\n", "more than one column 'title'", "a column twice"),
    ("a.csv", LONG * 2, "not a header", "a first line without end"),
    ("a.parquet", b"PAR1 but not really", "is not a Parquet file", "a damaged Parquet file"),
    ("a.parquet", b"", "is not a Parquet file", "an empty Parquet file has not even a schema"),
]


@pytest.mark.parametrize(("name", "content", "says", "reason"), REFUSED, ids=[row[3] for row in REFUSED])
def test_a_file_that_cannot_be_read_at_all_says_what_to_do(tmp_path, name, content, says, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says) as caught:
        list(read_records(tmp_path / name))
    assert caught.value.hint


def test_parquet_without_our_columns_is_refused(tmp_path):
    pq.write_table(pa.table({"asin": ["1"]}), tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="no column 'platform'"):
        list(read_records(tmp_path / "a.parquet"))


def test_a_damaged_row_group_is_rows_with_the_reason_and_the_next_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table({"platform": ["p"] * 9, "listing_id": [f"id-{n}" for n in range(9)]})
    pq.write_table(table, path, row_group_size=3, compression="zstd", use_dictionary=False)
    start = pq.ParquetFile(path).metadata.row_group(1).column(1).data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)
    found = list(read_records(path))
    assert [record.number for record in found] == list(range(1, 10))
    assert [record.fields is None for record in found] == [False] * 3 + [True] * 3 + [False] * 3
    assert found[4].error == "row group 1 of the Parquet file is damaged"


def test_one_unreadable_value_in_parquet_costs_its_row_only(tmp_path):
    path = tmp_path / "a.parquet"
    titles = pa.array([b"good", b"\xff\xfe", b"good"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"platform": ["p"] * 3, "listing_id": ["1", "2", "3"], "title": titles}), path)
    assert [record.fields is None for record in read_records(path)] == [False, True, False]
