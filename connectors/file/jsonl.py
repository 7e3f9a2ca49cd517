"""JSON lines: one object a line, read one line at a time."""

import json
from collections.abc import Iterator

from connectors.file.feed import Feed
from connectors.file.records import TOO_LONG, Record, not_utf8, read_line
from scoring.errors import SourceError

_KINDS = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}


def read_jsonl(feed: Feed) -> Iterator[Record]:
    """Every line that is not blank, as a record. Blank lines are counted but are no records."""
    with feed.open() as file:
        number = 0
        while (line := read_line(file)) != b"":
            number += 1
            if line is None:
                yield Record(number, None, TOO_LONG)
                continue
            if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise SourceError(f"{feed} is written in UTF-16.", hint="Save it as UTF-8.")
            # On any line, because files are joined end to end, byte-order marks and all.
            line = line.removeprefix(b"\xef\xbb\xbf").strip()
            if line:
                yield _record(number, line)


def _record(number: int, line: bytes) -> Record:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Record(number, None, not_utf8(error))
    except json.JSONDecodeError as error:
        return Record(number, None, f"not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Record(number, None, "not JSON that can be read: nested too deeply")
    except ValueError as error:  # a number of more digits than Python converts
        return Record(number, None, f"not JSON that can be read: {error}")
    if not isinstance(value, dict):
        return Record(number, None, f"expected a JSON object, found {_KINDS.get(type(value), 'null')}")
    return Record(number, value)
