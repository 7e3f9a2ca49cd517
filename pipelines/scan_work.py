"""A scan as a schedule's work."""

from pathlib import Path
from typing import Any

from pydantic import Field

from connectors import open_source
from pipelines.beginning import ScanRequest
from pipelines.unfinished import finished_in, unfinished_in
from pipelines.work import Place, Work


class ScanWork(Work):
    """Reads sources and scores what they hold; one that was interrupted is resumed."""

    sources: tuple[str, ...] = Field(min_length=1, description="As for `counterfoil scan --source`.")

    def check(self) -> None:
        """A misspelt source is to be told now."""
        for it in self.sources:
            open_source(it)

    def run(self, place: Place) -> dict[str, Any]:
        """Scan into the place, from where an earlier run of it stopped."""
        from pipelines.scan import scan  # noqa: PLC0415 - a schedule is made without waiting for Ray

        resume = unfinished_in(place.out)
        request = ScanRequest(
            tenant=place.tenant, sources=() if resume else self.sources, out=place.out, resume=resume
        )
        return scan(request, place.state.settings, place.reporter)

    def done_in(self, out: Path) -> dict[str, Any] | None:
        """A scan writes its summary before it has tidied up."""
        return finished_in(out)
