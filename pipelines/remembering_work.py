"""`recheck` and `rescan` as schedules' work."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from pipelines.unfinished import finished_in, unfinished_in
from pipelines.work import Place, Work


class RecheckWork(Work):
    """Looks confirmed listings up that are due; each run goes on where the last one left off."""

    hours: float = Field(default=24.0, ge=0, description="Between two look-ups of one listing.")
    most: int = Field(default=500, ge=0, description="Look-ups in one run.")
    routed: bool = Field(default=False, description="Watch listings that await a person, too.")

    def run(self, place: Place) -> dict[str, Any]:
        """Look up, and write cases.parquet and recheck.json into the place."""
        from pipelines.recheck import RecheckRequest, recheck  # noqa: PLC0415 - schedules are made without it

        request = RecheckRequest(
            tenant=place.tenant, every=timedelta(hours=self.hours), most=self.most, routed=self.routed
        )
        report = recheck(request, place.state, place.reporter)
        report.write(place.out)
        told = report.to_json()
        return {name: told[name] for name in told if name not in ("cases", "come_backs")} | {
            "cases": len(report.cases),
            "come_backs": len(report.come_backs),
        }


class RescanWork(Work):
    """Judges again what was seen: by default only what other references, recipe or encoder have judged."""

    only_changed: bool = Field(default=True, description="Leave out what today's would judge as before.")
    days: int | None = Field(default=None, ge=1, description="Only what was seen within so many days.")

    def run(self, place: Place) -> dict[str, Any]:
        """Judge into the place, from where an earlier run of it stopped."""
        from pipelines.rescan import RescanRequest, rescan  # noqa: PLC0415 - as above

        since = None if self.days is None else place.state.catalog.clock() - timedelta(days=self.days)
        request = RescanRequest(
            tenant=place.tenant,
            out=place.out,
            since=since,
            only_changed=self.only_changed,
            resume=unfinished_in(place.out),
        )
        told = rescan(request, place.state.settings, place.reporter)
        return {**told.summary, "changes": told.changes, "moves": told.moves}

    def done_in(self, out: Path) -> dict[str, Any] | None:
        """A scan writes its summary before it has tidied up."""
        return finished_in(out)
