"""Pictures of listings seen before, by what was kept of them: the bytes, or only their hashes.

A picture goes into a scan under a name that holds what is known of it, so that no address is asked again:
`kept:<sha256>/<dHash>/<pHash>`, the hashes in hex or `-`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from catalog.sightings import ListingKey, SightedPicture
from cluster.encoder_plan import EncoderPlan
from cluster.state import State
from scoring.errors import FetchError
from scoring.listing import Listing
from vision.fingerprint import Fingerprint

SCHEME = "kept:"
SEEN = "seen:"
"""Before the query of a source of listings that were seen."""
_NAME = re.compile(rf"{SCHEME}([0-9a-f]{{64}})/([0-9a-f]{{16}}|-)/([0-9a-f]{{16}}|-)")

Remembered = Iterator[Listing]
"""Listings as a scan reads them: their pictures under the names of what is known of them."""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """What is known of a picture that was seen."""

    sha256: str
    """Of its bytes, or of those that are kept in its stead."""
    fingerprint: Fingerprint | None

    @classmethod
    def of(cls, picture: SightedPicture) -> "KeptPicture":
        """What a sighting tells."""
        hashed = picture.dhash is not None and picture.phash is not None
        return cls(
            picture.kept or picture.sha256,
            Fingerprint(picture.dhash, picture.phash) if hashed else None,  # type: ignore[arg-type]  # both are
        )

    @classmethod
    def read(cls, source: str) -> "KeptPicture":
        """The inverse of `source`; `FetchError` for what is no such name."""
        named = _NAME.fullmatch(source)
        if named is None:
            raise FetchError(f"{source[:80]!r} names no kept picture.", hint="Name it as the sightings do.")
        digest, dhash, phash = named.groups()
        hashed = "-" not in (dhash, phash)
        return cls(digest, Fingerprint(int(dhash, 16), int(phash, 16)) if hashed else None)

    @property
    def source(self) -> str:
        """Its name in a scan.

        >>> KeptPicture("ab" * 32, Fingerprint(1, 2)).source[-38:]
        'abab/0000000000000001/0000000000000002'
        """
        it = self.fingerprint
        return f"{SCHEME}{self.sha256}/" + (f"{it.dhash:016x}/{it.phash:016x}" if it else "-/-")


def remembered(state: State, tenant: str) -> Callable[[bool, datetime | None, ListingKey | None], Remembered]:
    """What reads a tenant's sightings as a source: (only changed, since, after which listing)."""

    def read(changed: bool, since: datetime | None, after: ListingKey | None) -> Remembered:  # noqa: FBT001 - called by place, through an interface
        stale = judging_stamp(state, tenant, EncoderPlan.of(state, tenant)) if changed else None
        for it in state.catalog.sightings.all(tenant, since=since, not_judged_by=stale, after=after):
            pictures = tuple(KeptPicture.of(picture).source for picture in it.pictures)
            yield it.listing.model_copy(update={"images": pictures})

    return read


def judging_stamp(state: State, tenant: str, encoders: EncoderPlan) -> str:
    """Another text whenever a tenant's listings may be judged otherwise than before."""
    return sha256(f"{state.stamp(tenant)}\x1f{encoders.digest}".encode()).hexdigest()[:16]
