"""What a person will look at is kept, and what later work needs that asks no address again."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from catalog.blobs import BlobStore
from catalog.sightings import ListingKey
from catalog.tenants import KeepPictures
from cluster.kept import SCHEME
from cluster.sources import Pictures
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing, JournalPicture
from scoring.errors import CounterfoilError

_AT_ONCE = 16
"""Pictures written at a time: an object store answers in tens of milliseconds, a disk at once."""
_BATCH = 256

_Due = tuple[int, JournalPicture]
"""The number of the listing that a picture is kept for first, and the picture."""


def keep_pictures(journal: Journal, pictures: Pictures, blobs: BlobStore, keep: KeepPictures) -> None:
    """Put pictures into the tenant's blobs by sha256: of listings with a route all, of others as said.

    A picture that has gone since it was looked at costs its listing an error, not the scan.
    """
    waiting: dict[str, _Due] = {}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="keep") as pool:
        for listing in journal.listings():
            for picture in _wanted(journal, listing, keep):
                digest = picture.sha256
                if digest is not None and digest not in waiting and not journal.is_kept(digest):
                    waiting[digest] = (listing.number, picture)
            if len(waiting) >= _BATCH:
                _keep(journal, pictures, blobs, list(waiting.values()), pool)
                waiting.clear()
        _keep(journal, pictures, blobs, list(waiting.values()), pool)


def name_evidence(journal: Journal) -> Iterator[tuple[ListingKey, str]]:
    """Which pictures, by sha256, the cases of which listings rest on: those of listings with a route."""
    for listing in journal.listings():
        if listing.listing is None or not _routed(listing):
            continue
        for key in listing.pictures:
            if (digest := journal.picture(key).sha256) is not None:
                yield listing.listing.key, digest


def kept_of(journal: Journal, picture: JournalPicture) -> str | None:
    """The sha256 of the blob that is kept of a picture, or of a nearly identical one in its stead."""
    if picture.sha256 is not None and journal.is_kept(picture.sha256):
        return picture.sha256
    if picture.group in (None, picture.key):
        return None
    other = journal.picture(picture.group).sha256
    return other if other is not None and journal.is_kept(other) else None


def _routed(listing: JournalListing) -> bool:
    return listing.verdict is not None and listing.verdict["verdict"]["route"] != "none"


def _wanted(journal: Journal, listing: JournalListing, keep: KeepPictures) -> Iterator[JournalPicture]:
    for key in listing.pictures:
        if _routed(listing) or keep == "all":
            yield journal.picture(key)
        elif keep == "one_of_each":
            yield journal.picture(journal.picture(key).group or key)


def _keep(
    journal: Journal, pictures: Pictures, blobs: BlobStore, due: Sequence[_Due], pool: ThreadPoolExecutor
) -> None:
    kept = []
    put = partial(_put, pictures, blobs)
    for (number, picture), size in zip(due, pool.map(put, (it for _, it in due)), strict=True):
        if isinstance(size, int):
            kept.append((picture.sha256 or "", size))
        elif size:
            journal.add_error(number, f"picture {picture.source} could not be kept: {size}")
    journal.add_kept(kept)


def _put(pictures: Pictures, blobs: BlobStore, picture: JournalPicture) -> int | str:
    """Its bytes, or why it is not kept; empty where an earlier scan did not keep it, as is said already."""
    digest = picture.sha256 or ""
    try:
        if picture.source.startswith(SCHEME) and not blobs.exists(digest):
            return ""
        data = pictures.again(picture.source, digest)
        if not blobs.renew(digest):
            blobs.put(data)
    except CounterfoilError as error:
        return str(error)
    return len(data)
