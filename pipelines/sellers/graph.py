"""Sellers linked by what they share: every link with its proofs, and the rings that links make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import networkx as nx

from catalog.sightings import ListingKey
from pipelines.sellers.clues import Clue, Gathered, Known, SellerKey

FAINT = 0.1
"""A link below this is left out: one photo that 26 sellers share."""
RING = 0.3
"""From this on two linked sellers are of one ring: one photo of their own among three, or a contact."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One clue, as it links two sellers."""

    kind: str
    what: str
    worth: float
    sellers: int
    """How many share it."""
    ones: tuple[ListingKey, ...]
    others: tuple[ListingKey, ...]
    pictures: tuple[str, ...]
    """Where those listings show it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two sellers, how surely they belong together (0 to 1), and why."""

    one: SellerKey
    other: SellerKey
    strength: float
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class SellerGraph:
    """Linked sellers, in rings."""

    sellers: Mapping[SellerKey, Known]
    """Those that a link leads to."""
    links: tuple[Link, ...]
    rings: tuple[tuple[SellerKey, ...], ...]
    """Sellers that strong links connect, the most severe ring first, then the largest."""
    left_out: Mapping[str, int]
    """What would have linked sellers and links nobody, by why."""

    def network(self) -> "nx.Graph[SellerKey]":
        """The sellers and their links' strength, to be laid out."""
        made: nx.Graph[SellerKey] = nx.Graph()
        made.add_nodes_from(self.sellers)
        made.add_weighted_edges_from((it.one, it.other, it.strength) for it in self.links)
        return made


def link(gathered: Gathered, *, tier: int = 3) -> SellerGraph:
    """Make links of clues, and rings of links; rings without a listing of this tier or worse are left out.

    An authorised seller is never a ring's: others may write or show what is its own. Its links stay, for
    people to look at.
    """
    proofs: dict[tuple[SellerKey, SellerKey], list[Proof]] = {}
    for clue in gathered.clues:
        for one, other in combinations(sorted(clue.shown), 2):
            proofs.setdefault((one, other), []).append(_proof(clue, one, other))
    links = [_link(pair, those) for pair, those in proofs.items()]
    kept = [it for it in links if it.strength >= FAINT]
    severe = {key for key, it in gathered.sellers.items() if it.tier is not None and it.tier <= tier}
    worth_it = _connected((it for it in kept), severe)
    kept = sorted((it for it in kept if it.one in worth_it), key=lambda it: (-it.strength, it.one, it.other))
    free = [
        it
        for it in kept
        if it.strength >= RING
        and not (gathered.sellers[it.one].authorised or gathered.sellers[it.other].authorised)
    ]
    return SellerGraph(
        sellers={
            key: gathered.sellers[key] for key in sorted({k for it in kept for k in (it.one, it.other)})
        },
        links=tuple(kept),
        rings=_rings(free, gathered.sellers, severe),
        left_out=gathered.left_out,
    )


def _link(pair: tuple[SellerKey, SellerKey], proofs: Iterable[Proof]) -> Link:
    one, other = pair
    ordered = tuple(sorted(proofs, key=lambda it: (-it.worth, it.kind, it.what)))
    apart = 1.0
    for it in ordered:
        apart *= 1 - it.worth
    return Link(one, other, round(1 - apart, 4), ordered)


def _proof(clue: Clue, one: SellerKey, other: SellerKey) -> Proof:
    ones, others = clue.shown[one], clue.shown[other]
    pictures = dict.fromkeys(it for key in (*ones, *others) for it in clue.pictures.get(key, ()))
    return Proof(clue.kind, clue.what, round(clue.worth, 4), len(clue.shown), ones, others, tuple(pictures))


def _connected(links: Iterable[Link], severe: set[SellerKey]) -> set[SellerKey]:
    """The sellers of every component that holds a severe one."""
    whole: nx.Graph[SellerKey] = nx.Graph()
    whole.add_edges_from((it.one, it.other) for it in links)
    return {key for those in nx.connected_components(whole) if those & severe for key in those}


def _rings(
    links: Iterable[Link], sellers: Mapping[SellerKey, Known], severe: set[SellerKey]
) -> tuple[tuple[SellerKey, ...], ...]:
    whole: nx.Graph[SellerKey] = nx.Graph()
    whole.add_edges_from((it.one, it.other) for it in links)
    rings = [tuple(sorted(those)) for those in nx.connected_components(whole) if those & severe]

    def severity(ring: tuple[SellerKey, ...]) -> tuple[int, int, tuple[SellerKey, ...]]:
        return min(sellers[key].tier or 9 for key in ring), -len(ring), ring

    return tuple(sorted(rings, key=severity))
