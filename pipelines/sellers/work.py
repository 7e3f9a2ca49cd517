"""The seller graph, as a schedule's work."""

from typing import Any

from pydantic import Field

from cluster.state import State
from pipelines.progress import Reporter
from pipelines.sellers.clues import gather
from pipelines.sellers.drawing import draw_graph
from pipelines.sellers.files import write_graph
from pipelines.sellers.graph import SellerGraph, link
from pipelines.work import Place, Work


def seller_graph(state: State, tenant: str, reporter: Reporter, *, tier: int) -> SellerGraph:
    """Sellers and links of what a tenant's scans have seen, as `counterfoil cluster` grouped it."""
    return link(gather(state, tenant, reporter), tier=tier)


class SellersWork(Work):
    """Links a tenant's sellers, and writes the graph."""

    tier: int = Field(default=3, ge=1, le=4, description="rings hold a listing of this tier or worse")

    def run(self, place: Place) -> dict[str, Any]:
        """Write `sellers.json`, `sellers.graphml` and `sellers.svg` into the place."""
        graph = seller_graph(place.state, place.tenant, place.reporter, tier=self.tier)
        write_graph(graph, place.out)
        draw_graph(graph, place.out / "sellers.svg")
        return {
            "tenant": place.tenant,
            "sellers": len(graph.sellers),
            "links": len(graph.links),
            "rings": len(graph.rings),
            "left_out": dict(graph.left_out),
        }
