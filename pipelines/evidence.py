"""What a person will look at is kept: the pictures of every listing that goes to review."""

from catalog.blobs import BlobStore
from cluster.sources import Pictures
from pipelines.journal import Journal
from scoring.errors import CounterfoilError


def keep_evidence(journal: Journal, pictures: Pictures, blobs: BlobStore) -> None:
    """Put the pictures of listings with a route into the tenant's blobs, under their sha256.

    A picture that has gone since it was looked at costs its listing an error, not the scan.
    """
    for listing in journal.listings():
        if listing.verdict is None or listing.verdict["verdict"]["route"] == "none":
            continue
        for key in listing.pictures:
            picture = journal.picture(key)
            if picture.sha256 is None or blobs.exists(picture.sha256):
                continue
            try:
                blobs.put(pictures.again(picture.source, picture.sha256))
            except CounterfoilError as error:
                journal.add_error(listing.number, f"picture {picture.source} could not be kept: {error}")
