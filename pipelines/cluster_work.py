"""Grouping what was seen, as a schedule's work."""

from typing import Any

from pydantic import Field

from pipelines.work import Place, Work


class ClusterWork(Work):
    """Groups a tenant's sightings that are new, and writes who shows what."""

    alike: float | None = Field(
        default=None, ge=0.5, le=1, description="the least cosine; what is said once holds for the tenant"
    )
    least_sellers: int = Field(default=2, ge=1, description="sellers that a group is told of from")

    def run(self, place: Place) -> dict[str, Any]:
        """Group, and write `groups.parquet` and `group_listings.parquet` into the place."""
        from pipelines.clustering import cluster
        from pipelines.group_files import write_groups

        summary = cluster(place.state, place.tenant, place.reporter, alike=self.alike)
        groups = place.state.catalog.groups.of(place.tenant, least_sellers=self.least_sellers)
        write_groups(place.state, place.tenant, groups, place.out)
        return {**summary, "groups_shown": len(groups)}
