"""Deleting what has come to its end, as a schedule's work."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from pipelines.work import Place, Work


class RetentionWork(Work):
    """Deletes what a tenant's periods say, in every store; says what went."""

    dry_run: bool = Field(default=False, description="delete nothing: say what would go")

    def run(self, place: Place) -> dict[str, Any]:
        """One run; what it leaves when it is interrupted, the next finds again."""
        from cluster.retention import run_retention  # noqa: PLC0415 - Ray comes with it
        from cluster.vectors import vectors_here  # noqa: PLC0415

        with vectors_here(place.state.settings) as vectors:
            report = run_retention(place.state, vectors, place.tenant, dry_run=self.dry_run)
        return {**asdict(report), "at": report.at.isoformat()}
