"""Reading a scan's sources into its journal, each from where it got to."""

from dataclasses import dataclass, field

from connectors import Access, open_source
from pipelines.journal import Journal
from pipelines.progress import Stage
from scoring.errors import CounterfoilError


@dataclass(slots=True)
class Reading:
    """What came of the sources."""

    gaps: dict[str, list[str]] = field(default_factory=dict)
    """By source: what of it was not read, and why."""


def read_sources(sources: tuple[str, ...], access: Access, journal: Journal, stage: Stage) -> Reading:
    """Read every source to its end; a page and the checkpoint behind it are kept together.

    Of several sources one that fails leaves the others running and is told of in `gaps`. A source that is
    alone fails the scan, which can then be resumed from its last page; so does the last of several.
    """
    reading = Reading()
    failed: list[CounterfoilError] = []
    for source in sources:
        try:
            _read(source, access, journal, stage, reading)
        except CounterfoilError as error:
            failed.append(error)
            if len(failed) == len(sources):
                raise
            reading.gaps.setdefault(source, []).append(str(error))
    return reading


def _read(source: str, access: Access, journal: Journal, stage: Stage, reading: Reading) -> None:
    connector = open_source(source, access)
    checkpoint = journal.checkpoint(source)
    for rows, after in connector.pages(checkpoint):
        # What a search brings up again, on another page or for another query, is the same listing.
        journal.add_page(source, rows, after, once=bool(connector.capabilities.searches))
        checkpoint = after
        stage.advance(len(rows))
    if checkpoint is not None and (gaps := connector.gaps(checkpoint)):
        reading.gaps[source] = list(gaps)
