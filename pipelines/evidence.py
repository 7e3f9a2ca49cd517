"""What a person will look at is kept: the pictures of every listing that goes to review."""

from collections.abc import Callable, Iterable, Iterator

from catalog.blobs import BlobStore
from catalog.sightings import ListingKey
from cluster.sources import Pictures
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing
from scoring.errors import CounterfoilError

Record = Callable[[Iterable[tuple[ListingKey, str]]], None]
"""Records which pictures, by sha256, which listings' cases rest on."""


def keep_evidence(journal: Journal, pictures: Pictures, blobs: BlobStore, *, record: Record) -> None:
    """Put the pictures of listings with a route into the tenant's blobs, under their sha256.

    They are recorded first: what is stored and named by nobody would be swept away. A picture that has gone
    since it was looked at costs its listing an error, not the scan.
    """
    record(_named(journal))
    for listing in _queued(journal):
        for key in listing.pictures:
            picture = journal.picture(key)
            if picture.sha256 is None or blobs.renew(picture.sha256):
                continue
            try:
                blobs.put(pictures.again(picture.source, picture.sha256))
            except CounterfoilError as error:
                journal.add_error(listing.number, f"picture {picture.source} could not be kept: {error}")


def _queued(journal: Journal) -> Iterator[JournalListing]:
    for listing in journal.listings():
        if listing.verdict is not None and listing.verdict["verdict"]["route"] != "none":
            yield listing


def _named(journal: Journal) -> Iterator[tuple[ListingKey, str]]:
    for listing in _queued(journal):
        if listing.listing is None:
            continue
        for key in listing.pictures:
            if (digest := journal.picture(key).sha256) is not None:
                yield listing.listing.key, digest
