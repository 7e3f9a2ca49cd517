"""What the journal keeps of a listing and of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from scoring.listing import Listing


@dataclass(frozen=True, slots=True)
class JournalListing:
    """One row of the source as the journal keeps it."""

    number: int
    listing: Listing | None
    platform: str | None
    listing_id: str | None
    errors: tuple[str, ...]
    pictures: tuple[str, ...]
    """Keys of its pictures, in the listing's order."""
    verdict: dict[str, Any] | None
    detail: str | None
    """What became of its details: `wanted`, `had`, `unneeded` or `unanswered`; None until that is decided."""
    why: str | None
    """Why they were not looked up."""


@dataclass(frozen=True, slots=True)
class JournalPicture:
    """One distinct picture source, looked at or not."""

    key: str
    source: str
    sha256: str | None
    dhash: int | None
    phash: int | None
    group: str | None
    """The key of the near-identical picture whose measurements serve this one too."""
    features: bytes | None
    error: str | None
    hashes_only: bool
    """Whether no more is left of it: an earlier scan saw it and did not keep it."""


HASHES_ONLY = 2
"""In the journal's column `seen`, where 0 is not yet and 1 is looked at."""


def picture_key(source: str) -> str:
    """A short stable key of a picture's source (a URL, a path or a data URI)."""
    return sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_picture(row: Sequence[Any]) -> JournalPicture:
    """A picture from its columns: key, source, sha256, dhash, phash, grp, features, error, seen."""
    key, source, digest, dhash, phash, group, features, error, seen = row
    return JournalPicture(
        key,
        source,
        digest,
        int(dhash, 16) if dhash else None,
        int(phash, 16) if phash else None,
        group,
        features,
        error,
        seen == HASHES_ONLY,
    )
