"""A picture of the seller graph: rings apart from each other, the most severe first."""

from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from pathlib import Path

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from pipelines.sellers.clues import Known, SellerKey
from pipelines.sellers.files import kinds
from pipelines.sellers.graph import RING, Link, SellerGraph

_MOST = 150
"""Sellers drawn; beyond, names lie on each other."""
_CELL = 3.4
"""Inches that a ring of a few sellers gets."""
_TIERS = {1: "#b3261e", 2: "#e08a00", 3: "#8a8f98", 4: "#c3c7ce"}
_AUTHORISED = "#2e7d4f"
_KINDS = {"contact": "#5b3fa8", "picture": "#1f6fb2", "text": "#00838f", "price": "#9e9e9e"}
_INK = "#30343b"


def draw_graph(graph: SellerGraph, path: Path) -> int:
    """Draw it as the file's name says (SVG, PNG); how many sellers were left out for want of room."""
    parts = list(_parts(graph))
    shown: list[list[SellerKey]] = []
    room = _MOST
    for part in parts:
        if len(part) > room and shown:
            break
        shown.append(part[:room])
        room -= len(shown[-1])
    sizes = [max(1, ceil(sqrt(len(part) / 6))) for part in shown] or [1]
    columns = max(3, ceil(sqrt(sum(it * it for it in sizes))), *sizes)
    places, rows = _packed(sizes, columns)
    figure = Figure(figsize=(columns * _CELL, rows * _CELL + 0.9), layout=None)
    axes = figure.add_axes((0, 0.9 / (rows * _CELL + 0.9), 1, 1 - 0.9 / (rows * _CELL + 0.9)))
    axes.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal")
    axes.axis("off")
    for part, size, (row, column) in zip(shown, sizes, places, strict=False):
        _draw_part(axes, graph, part, (column, row, size))
    if not shown:
        axes.text(columns / 2, rows / 2, "No sellers are linked.", ha="center", color=_INK)
    left_out = len(graph.sellers) - sum(map(len, shown))
    _legend(figure, left_out)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)
    return left_out


def _parts(graph: SellerGraph) -> Iterator[list[SellerKey]]:
    """What is connected, by its most severe ring; in each the most linked sellers first."""
    network = graph.network()
    order = {key: number for number, ring in enumerate(graph.rings) for key in ring}
    parts = sorted(
        nx.connected_components(network),
        key=lambda those: (min(order.get(it, len(order)) for it in those), -len(those), min(those)),
    )
    for those in parts:
        yield sorted(those, key=lambda it: (-network.degree[it], it))


def _packed(sizes: Sequence[int], columns: int) -> tuple[list[tuple[int, int]], int]:
    """(row, column) of squares of these sizes, each at the first place that is free; and the rows taken."""
    taken: set[tuple[int, int]] = set()
    places: list[tuple[int, int]] = []
    for size in sizes:
        spot = next(
            (row, column)
            for row in range(len(sizes) * max(sizes))
            for column in range(columns - size + 1)
            if not taken & _square(row, column, size)
        )
        taken |= _square(*spot, size)
        places.append(spot)
    return places, max((row for row, _ in taken), default=0) + 1


def _square(row: int, column: int, size: int) -> set[tuple[int, int]]:
    return {(row + down, column + across) for down in range(size) for across in range(size)}


def _draw_part(
    axes: Axes, graph: SellerGraph, part: Sequence[SellerKey], where: tuple[int, int, int]
) -> None:
    left, top, size = where
    own = set(part)
    network = graph.network().subgraph(part)
    spots = _spots(network, part)
    at = {
        key: (left + size * (0.2 + 0.6 * x), top + size * (0.2 + 0.58 * y) + 0.02)
        for key, (x, y) in spots.items()
    }
    for link in graph.links:
        if link.one in own and link.other in own:
            _draw_link(axes, link, at)
    for key in part:
        _draw_seller(axes, graph.sellers[key], at[key])
    rings = [number for number, ring in enumerate(graph.rings, start=1) if own & set(ring)]
    called = f"ring {', '.join(map(str, rings))}" if rings else "no ring"
    worst = min((it for key in part if (it := graph.sellers[key].tier) is not None), default=None)
    said = f"{called}: {len(part)} sellers" + ("" if worst is None else f", tier {worst}")
    axes.text(left + 0.06, top + 0.08, said, fontsize=8, color=_INK, fontweight="bold", va="top")


def _spots(network: "nx.Graph[SellerKey]", part: Sequence[SellerKey]) -> dict[SellerKey, tuple[float, float]]:
    """Where each lies, 0 to 1 each way; the same every time."""
    ordered: nx.Graph[SellerKey] = nx.Graph()
    ordered.add_nodes_from(sorted(part))
    ordered.add_edges_from(sorted(tuple(sorted(it)) for it in network.edges))
    if len(part) <= 3:
        found = nx.circular_layout(ordered)
    else:
        found = nx.spring_layout(ordered, seed=7, k=1.6 / sqrt(len(part)), iterations=120)
    places = np.array([found[key] for key in part], float)
    low, span = places.min(axis=0), np.ptp(places, axis=0)
    scaled = np.where(span > 1e-6, (places - low) / np.where(span > 1e-6, span, 1), 0.5)
    return {key: (float(x), float(y)) for key, (x, y) in zip(part, scaled, strict=True)}


def _draw_link(axes: Axes, link: Link, at: dict[SellerKey, tuple[float, float]]) -> None:
    (x1, y1), (x2, y2) = at[link.one], at[link.other]
    axes.plot(
        [x1, x2],
        [y1, y2],
        color=_KINDS[kinds(link)[0]],
        linewidth=0.5 + 3 * link.strength,
        alpha=0.35 + 0.5 * link.strength,
        linestyle="-" if link.strength >= RING else ":",
        zorder=1,
        solid_capstyle="round",
    )


def _draw_seller(axes: Axes, known: Known, spot: tuple[float, float]) -> None:
    x, y = spot
    colour = _AUTHORISED if known.authorised else _TIERS.get(known.tier or 4, _TIERS[4])
    axes.scatter(
        [x], [y], s=40 + 12 * min(known.listings, 40), color=colour, edgecolor="white", linewidth=1, zorder=2
    )
    told = known.seller_id if len(known.seller_id) <= 18 else known.seller_id[:17] + "…"
    axes.annotate(
        f"{told}\n{known.platform}",
        (x, y),
        xytext=(0, -8 - 0.12 * min(known.listings, 40)),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=5.5,
        color=_INK,
        zorder=3,
        parse_math=False,
        path_effects=[withStroke(linewidth=1.6, foreground="white")],
    )


def _legend(figure: Figure, left_out: int) -> None:
    dots = [
        Line2D([], [], marker="o", linestyle="", color=colour, label=f"worst listing: tier {tier}")
        for tier, colour in _TIERS.items()
    ]
    dots.append(Line2D([], [], marker="o", linestyle="", color=_AUTHORISED, label="authorised"))
    lines = [Line2D([], [], color=colour, linewidth=2.5, label=kind) for kind, colour in _KINDS.items()]
    lines.append(Line2D([], [], color=_INK, linewidth=1, linestyle=":", label="weak: not of one ring"))
    figure.legend(
        handles=[*dots, *lines], loc="lower center", ncols=5, fontsize=7.5, frameon=False, labelcolor=_INK
    )
    if left_out:
        figure.text(0.99, 0.99, f"{left_out} more sellers are not drawn", ha="right", va="top", fontsize=7.5)
