"""`counterfoil sellers graph`: who belongs together, and what says so."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import open_state
from pipelines.commands import AsJson, Tenant

if TYPE_CHECKING:
    from pipelines.sellers.graph import SellerGraph

_MOST = 20
"""Rings told of; the files have them all."""

sellers = typer.Typer(help="Who sells what was found.", no_args_is_help=True)


@sellers.callback()
def _sellers() -> None:
    """Who sells what was found."""


@sellers.command("graph")
def show(
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", help="The folder for JSON, GraphML and pictures.")],
    tier: Annotated[
        int, typer.Option(min=1, max=4, help="Leave out who is linked to no listing of this tier or worse.")
    ] = 3,
    as_json: AsJson = False,
) -> None:
    """Link sellers by the pictures, texts, contacts and prices they share. Run `cluster` before."""
    from pipelines.progress import Reporter
    from pipelines.sellers.drawing import draw_graph
    from pipelines.sellers.files import to_json, write_graph
    from pipelines.sellers.work import seller_graph

    graph = seller_graph(open_state(), tenant, Reporter(quiet=as_json), tier=tier)
    written = [*write_graph(graph, out)]
    for ending in ("svg", "png"):
        draw_graph(graph, out / f"sellers.{ending}")
        written.append(out / f"sellers.{ending}")
    if as_json:
        typer.echo(json.dumps(to_json(graph), indent=2, ensure_ascii=False))
        return
    _tell(graph)
    typer.echo("Files: " + ", ".join(map(str, written)))


def _tell(graph: "SellerGraph") -> None:
    from pipelines.sellers.files import in_words, name

    for number, ring in enumerate(graph.rings[:_MOST], start=1):
        worst = min((graph.sellers[key].tier or 9 for key in ring), default=9)
        typer.echo(f"Ring {number}: {len(ring)} sellers, tier {worst}: {', '.join(map(name, ring))}")
        own = set(ring)
        best = next(it for it in graph.links if it.one in own and it.other in own)
        typer.echo(
            f"  {name(best.one)} and {name(best.other)} ({best.strength:.2f}): {in_words(best.proofs[0])}"
        )
    if len(graph.rings) > _MOST:
        typer.echo(f"… and {len(graph.rings) - _MOST} more rings.")
    for why, number in graph.left_out.items():
        typer.echo(f"Linking nobody: {number} {why}.")
    typer.echo(f"{len(graph.sellers)} sellers, {len(graph.links)} links, {len(graph.rings)} rings.")
