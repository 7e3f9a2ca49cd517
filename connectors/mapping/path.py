"""Paths into a record, as mapping files write them."""

import json
import re
from functools import lru_cache

_STEP = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<name>[^=\]]+)=(?P<wanted>[^\]]*)\]|\[(?P<every>)\]")
_NOTHING = frozenset({"", "null", "none", "nan", "n/a", "undefined"})
"""What exporters write where there is nothing."""


def follow(record: object, path: str) -> object:
    """What lies at a path; None where there is nothing.

    A step is a name, the number of a list's element, `[]` for each element, or `[name=…]` for the first
    element of that name. Text that holds JSON, as tables do it, is read where a step leads into it.

    >>> follow({"offers": [{"price": 5}, {"price": 7}]}, "offers.0.price")
    5
    >>> follow({"offers": '[{"price": 5}, {"price": 7}]'}, "offers[].price")
    [5, 7]
    >>> follow({"specs": [{"name": "Stock", "value": "4"}]}, "specs[name=Stock].value")
    '4'
    >>> follow({"a": "null"}, "a") is follow({}, "a.b") is None
    True
    """
    return _follow(record, steps(path))


@lru_cache(maxsize=1024)  # a file's few paths, for every record again
def steps(path: str) -> tuple[re.Match[str], ...]:
    """A path's steps; `ValueError` where it is none.

    >>> [step.group() for step in steps("a.b[].c")]
    ['a', 'b', '[]', 'c']
    """
    found: list[re.Match[str]] = []
    at = 0
    while at < len(path) or not found:
        step = _STEP.match(path, at + (bool(found) and path[at] == "."))
        if step is None:
            raise ValueError(f"{path!r} is no path: write name.name, name[].name or name[key=word].name")
        found.append(step)
        at = step.end()
    return tuple(found)


def opened(value: object) -> object:
    """A list or an object that stands there as text, read; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def says_nothing(value: object) -> bool:
    """Whether a value only says that there is none."""
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    return value is None or (isinstance(value, (list, dict)) and not value)


def _follow(value: object, left: tuple[re.Match[str], ...]) -> object:
    if says_nothing(value):
        return None
    if not left:
        return value
    step, rest = left[0], left[1:]
    value = opened(value)
    if step["every"] is not None:
        found = [_follow(one, rest) for one in value] if isinstance(value, list) else []
        return [one for one in found if one is not None] or None
    if step["name"] is not None:
        named = (
            one
            for one in (value if isinstance(value, list) else ())
            if isinstance(one, dict) and str(one.get(step["name"])) == step["wanted"]
        )
        return _follow(next(named, None), rest)
    key = step["key"]
    if isinstance(value, list):
        return _follow(value[int(key)], rest) if key.isdigit() and int(key) < len(value) else None
    return _follow(value.get(key), rest) if isinstance(value, dict) else None
