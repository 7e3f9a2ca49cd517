"""What a scan has seen goes into the catalogue, so that later work need not read the marketplaces again."""

from collections.abc import Iterator

from catalog.sightings import Judgement, NewSighting, SightedPicture
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing
from pipelines.progress import Stage


def seen_by(journal: Journal, *, stage: Stage) -> Iterator[NewSighting]:
    """Every listing that could be read, with those of its pictures that could be."""
    for row in journal.listings():
        if row.listing is not None:
            stage.advance(1)
            yield NewSighting(
                listing=row.listing,
                pictures=tuple(_pictures(journal, row)),
                judgement=_judgement(row),
            )


def _pictures(journal: Journal, row: JournalListing) -> Iterator[SightedPicture]:
    for key in row.pictures:
        picture = journal.picture(key)
        if picture.sha256 is not None:
            yield SightedPicture(
                sha256=picture.sha256, dhash=picture.dhash, phash=picture.phash, source=picture.source
            )


def _judgement(row: JournalListing) -> Judgement | None:
    if row.verdict is None:
        return None
    said = row.verdict["verdict"]
    return Judgement(
        tier=said["tier"],
        score=said["score"],
        route=said["route"],
        brand=said["brand"],
        reference_id=said["reference_id"],
        recipe_version=said["recipe_version"],
        encoder=said["encoder"],
    )
