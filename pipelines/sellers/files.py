"""A seller graph as other programs read it: JSON with every proof, GraphML for graph viewers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx

from catalog.sightings import ListingKey
from pipelines.sellers.clues import Known, SellerKey
from pipelines.sellers.graph import Link, Proof, SellerGraph

_TOLD = 3
"""Listings of each seller that a proof in words names; JSON names all."""


def to_json(graph: SellerGraph) -> dict[str, Any]:
    """The whole graph, with every proof."""
    ring_of = _ring_of(graph)
    return {
        "sellers": [_seller(key, it, ring_of) for key, it in graph.sellers.items()],
        "links": [
            {
                "source": name(it.one),
                "target": name(it.other),
                "strength": it.strength,
                "proofs": [_proof(proof) for proof in it.proofs],
            }
            for it in graph.links
        ],
        "rings": [
            {
                "ring": number,
                "tier": min((graph.sellers[key].tier or 9 for key in ring), default=9),
                "sellers": [name(key) for key in ring],
                "listings": sum(graph.sellers[key].listings for key in ring),
                "brands": sorted({brand for key in ring for brand in graph.sellers[key].brands}),
            }
            for number, ring in enumerate(graph.rings, start=1)
        ],
        "left_out": dict(graph.left_out),
    }


def write_graph(graph: SellerGraph, out: Path) -> tuple[Path, Path]:
    """Write `sellers.json` and `sellers.graphml`; where they lie."""
    out.mkdir(parents=True, exist_ok=True)
    told, network = out / "sellers.json", out / "sellers.graphml"
    told.write_text(json.dumps(to_json(graph), indent=2, ensure_ascii=False), "utf-8")
    ring_of = _ring_of(graph)
    flat: nx.Graph[str] = nx.Graph()
    for key, it in graph.sellers.items():
        known = _seller(key, it, ring_of)
        known["brands"] = ", ".join(known["brands"])
        # GraphML has no nothing.
        flat.add_node(name(key), **{field: value for field, value in known.items() if value is not None})
    for link in graph.links:
        flat.add_edge(
            name(link.one),
            name(link.other),
            weight=link.strength,
            kinds=", ".join(kinds(link)),
            proofs="; ".join(in_words(it) for it in link.proofs),
        )
    nx.write_graphml(flat, network)
    return told, network


def name(key: SellerKey) -> str:
    """A seller in one text.

    >>> name(("shop", "ann"))
    'shop/ann'
    """
    return "/".join(key)


def kinds(link: Link) -> list[str]:
    """What kinds of proofs a link has, the strongest first."""
    return list(dict.fromkeys(it.kind for it in link.proofs))


def in_words(proof: Proof) -> str:
    """A proof in words: what is shared, by how many, in which listings."""
    listings = " and ".join(_some(those) for those in (proof.ones, proof.others))
    return f"{proof.kind} {proof.what!r} of {proof.sellers} sellers, in {listings}"


def _some(listings: tuple[ListingKey, ...]) -> str:
    told = ", ".join("/".join(key) for key in listings[:_TOLD])
    return told if len(listings) <= _TOLD else f"{told} and {len(listings) - _TOLD} more"


def _ring_of(graph: SellerGraph) -> dict[SellerKey, int]:
    return {key: number for number, ring in enumerate(graph.rings, start=1) for key in ring}


def _seller(key: SellerKey, known: Known, ring_of: Mapping[SellerKey, int]) -> dict[str, Any]:
    return {
        "id": name(key),
        "platform": known.platform,
        "seller_id": known.seller_id,
        "name": known.name,
        "country": known.country,
        "listings": known.listings,
        "tier": known.tier,
        "brands": sorted(known.brands),
        "authorised": known.authorised,
        "ring": ring_of.get(key),
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "kind": proof.kind,
        "what": proof.what,
        "worth": proof.worth,
        "sellers": proof.sellers,
        "source_listings": ["/".join(key) for key in proof.ones],
        "target_listings": ["/".join(key) for key in proof.others],
        "pictures": list(proof.pictures),
    }
