"""What a scan has seen goes into the catalogue, so that later work need not read the marketplaces again."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.sightings import Judgement, NewSighting, Rejudged, SightedPicture, Sightings
from cluster.kept import SEEN
from pipelines.evidence import kept_of
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing
from pipelines.journal_sources import ordinal_of
from pipelines.progress import Stage


@dataclass(frozen=True, slots=True)
class Remembering:
    """A scan's journal on its way into a tenant's sightings."""

    journal: Journal
    judged_by: str
    stage: Stage

    def into(self, sightings: Sightings, tenant: str, scan_id: str) -> None:
        """Keep every listing that could be read, with those of its pictures that could be.

        One that came out of the sightings themselves has not been seen again, only judged.
        """
        planned = self.journal.planned()
        again = frozenset(at for at, source in enumerate(planned) if source.startswith(SEEN))
        if len(again) < len(planned):
            sightings.keep(tenant, scan_id, self._seen(again))
        if again:
            sightings.judge(tenant, self._judged(again))

    def _seen(self, again: frozenset[int]) -> Iterator[NewSighting]:
        for row in self.journal.listings():
            if row.listing is not None and ordinal_of(row.number) not in again:
                self.stage.advance(1)
                yield NewSighting(
                    listing=row.listing,
                    pictures=tuple(self._pictures(row)),
                    judgement=judgement_of(row),
                    judged_by=self.judged_by,
                )

    def _judged(self, again: frozenset[int]) -> Iterator[Rejudged]:
        for row in self.journal.listings():
            if row.listing is not None and ordinal_of(row.number) in again:
                self.stage.advance(1)
                judgement = judgement_of(row)
                yield Rejudged(key=row.listing.key, judgement=judgement, judged_by=self.judged_by)

    def _pictures(self, row: JournalListing) -> Iterator[SightedPicture]:
        for key in row.pictures:
            picture = self.journal.picture(key)
            if picture.sha256 is not None:
                yield SightedPicture(
                    sha256=picture.sha256,
                    dhash=picture.dhash,
                    phash=picture.phash,
                    source=picture.source,
                    kept=kept_of(self.journal, picture),
                )


def judgement_of(row: JournalListing) -> Judgement | None:
    """As much of a row's verdict as is remembered; None where it has none."""
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
