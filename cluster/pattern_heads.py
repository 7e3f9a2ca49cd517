"""Where a pattern's trained classifier lies: beside what else was computed from its reference."""

from collections.abc import Iterable

from catalog.blobs import DerivedStore
from scoring.brand import Reference, ReferenceKind
from vision.pattern_head import PatternHead
from vision.pattern_index import SPACE_VERSION

_HEAD = f"pattern-head-1-{SPACE_VERSION}"
"""Numbers of another space would be of no use in this one."""


def trained_head(derived: DerivedStore, reference: Reference) -> PatternHead | None:
    """The classifier that was trained for a pattern, if one was."""
    kept = derived.get(reference.sha256, _HEAD)
    return None if kept is None else PatternHead.from_bytes(kept)


def keep_head(derived: DerivedStore, reference: Reference, head: PatternHead) -> None:
    """Keep a pattern's classifier in the place of any before it."""
    derived.put(reference.sha256, _HEAD, head.to_bytes())


def trained_version(derived: DerivedStore, references: Iterable[Reference]) -> bytes:
    """Other bytes whenever one of the references' classifiers is another."""
    patterns = (reference for reference in references if reference.kind is ReferenceKind.PATTERN)
    return b"\x1e".join(derived.get(reference.sha256, _HEAD) or b"" for reference in patterns)
