"""The products that a page describes in JSON-LD: https://schema.org/Product, https://www.w3.org/TR/json-ld11/."""

import json
from html.parser import HTMLParser
from typing import Any

from connectors.web import Json

_PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel"})
_DEEPEST = 32
"""Levels of nesting that are looked through. Real pages have about six."""


def products_in(html: str) -> list[Json]:
    """Every product of a page, in its order; not those that another product only mentions.

    Scripts that are not JSON are passed over: shops get them wrong, and others on the same page may be right.
    """
    scripts = _Scripts()
    scripts.feed(html)
    scripts.close()
    found: list[Json] = []
    for text in scripts.texts:
        try:
            _collect(json.loads(_bare(text), strict=False), found, depth=0)
        except (ValueError, RecursionError):
            continue
    return found


def is_a(thing: Json, names: frozenset[str]) -> bool:
    """Whether a thing's type is one of schema.org's, however the page spells it.

    >>> is_a({"@type": ["Thing", "https://schema.org/Product"]}, frozenset({"product"}))
    True
    """
    types = thing.get("@type")
    every = types if isinstance(types, list) else [types]
    return any(isinstance(one, str) and last_word(one).casefold() in names for one in every)


def last_word(name: str) -> str:
    """A schema.org name without what stands before it.

    >>> last_word("http://schema.org/InStock"), last_word("schema:InStock"), last_word("InStock")
    ('InStock', 'InStock', 'InStock')
    """
    return name.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2]


def _collect(value: Any, found: list[Json], *, depth: int) -> None:  # noqa: ANN401  # any JSON at all
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            _collect(one, found, depth=depth + 1)
    elif isinstance(value, dict):
        if is_a(value, _PRODUCTS):
            found.append(value)
            return
        for one in value.values():
            _collect(one, found, depth=depth + 1)


def _bare(text: str) -> str:
    """Without the wrappings that old pages put around scripts."""
    text = text.strip()
    for start, end in (("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>"), ("<!--", "-->")):
        if text.startswith(start):
            text = text.removeprefix(start).removesuffix(end).strip()
    return text.removesuffix(";")


class _Scripts(HTMLParser):
    """Collects what stands in `<script type="application/ld+json">`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().casefold()
        self._within = tag == "script" and kind == "application/ld+json"
        if self._within:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # within a script no other tag ends
        self._within = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.texts[-1] += data
