"""Marketplaces in, listings out. A new marketplace is its folder and one line in `SOURCES`."""

from collections.abc import Callable
from pathlib import Path

from connectors.file import FileConnector
from connectors.interface import Capabilities, Checkpoint, Connector, Page, SourceRow
from scoring.errors import SourceError

SOURCES: dict[str, Callable[[str], Connector]] = {
    "file": lambda path: FileConnector(Path(path).expanduser()),
}


def open_source(source: str) -> Connector:
    """The connector that `scheme:rest` names, e.g. `file:listings.jsonl`.

    Raises:
        SourceError: no such scheme, or nothing there that can be read.
    """
    scheme, colon, rest = source.partition(":")
    known = ", ".join(f"{name}:" for name in SOURCES)
    if not colon or not rest:
        raise SourceError(
            f"{source!r} does not say what kind of source it is.", hint=f"Write one of {known} before it."
        )
    if scheme not in SOURCES:
        raise SourceError(f"there is no source {scheme + ':'!r}.", hint=f"Known are {known}.")
    return SOURCES[scheme](rest)


__all__ = ["SOURCES", "Capabilities", "Checkpoint", "Connector", "Page", "SourceRow", "open_source"]
