"""Pairs of a listing's picture and a reference that somebody has judged: what an adapter is learned from."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalog.encoder_choices import Place
from catalog.sightings import Sighting
from cluster.encoder_plan import EncoderPlan, place_of
from cluster.encoders import Embedder
from cluster.labelled_pairs import embed_pairs
from cluster.library import owners_of
from cluster.state import State
from scoring.decisions import Decision
from vision.union import roots, unite

Vectors = npt.NDArray[np.float32]

SHOWS_IT = frozenset({"fingerprint", "geometry"})
"""Signals that find a reference in a picture: what a person dismissed all the same was no other product."""
BY_PICTURE = SHOWS_IT | {"appearance"}
"""Signals one of which must have spoken where a confirmed listing is to teach that its picture shows it."""


_UNDATED = datetime.min.replace(tzinfo=UTC)
"""Of pairs in a file: they come in no order of ours."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two pictures by one encoder, and whether they show one product."""

    a: Vectors
    b: Vectors
    same: bool
    owners: tuple[str, ...]
    """What no pair of the other half may share: the seller, and the listing's picture."""
    at: datetime = _UNDATED
    group: int = 0
    """Pairs that share an owner, directly or through others, have the same."""


@dataclass(slots=True)
class Gathered:
    """What there is to learn from."""

    pairs: list[Pair] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Decisions or lines that teach nothing here, by the reason."""


def grouped(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairs with their groups: sellers who use one picture are one, and so are all of their pairs."""
    numbers = {
        owner: number for number, owner in enumerate(sorted({it for one in pairs for it in one.owners}))
    }
    links = [(numbers[one.owners[0]], numbers[other]) for one in pairs for other in one.owners[1:]]
    parents = np.arange(len(numbers), dtype=np.uint32)
    if links:
        ones, others = np.array(links, np.uint32).T
        unite(parents, ones, others)
    places = np.array([numbers[one.owners[0]] for one in pairs], np.uint32)
    found = roots(parents, places) if len(pairs) else places
    return tuple(replace(one, group=int(group)) for one, group in zip(pairs, found, strict=True))


def labelled(path: Path, embedder: Embedder, *, tell: Callable[[int, int], None]) -> Gathered:
    """The pairs of a file; every picture is embedded, and pairs that share one stay together."""
    found = embed_pairs(path, embedder.encoder, tell=tell)
    gathered = Gathered()
    for pair in found.pairs:
        a, b = found.vectors[pair.a], found.vectors[pair.b]
        gathered.pairs.append(Pair(a, b, pair.same, (pair.a, pair.b)))
    gathered.left_out.update(found.left_out)
    return gathered


def decided(state: State, tenant: str, place: Place, embedder: Embedder, model: str) -> Gathered:
    """One pair for each standing decision that says something about a picture.

    It is the reference that was found and the listing's picture that is most like it, by the encoder's stored
    vectors: nothing is fetched, and nothing is embedded.
    """
    gathered = Gathered()
    decisions = state.catalog.decisions.of(tenant)
    sightings = state.catalog.sightings.get(tenant, [it.key for it in decisions])
    plan, references = EncoderPlan.of(state, tenant), embedder.references(tenant)
    brands = {id_: it.brand for id_, it in owners_of(state.catalog.references.of(tenant)).items()}
    shown = [shot.sha256 for it in sightings.values() for shot in it.pictures]
    seen = embedder.seen(tenant, shown)
    for decision in decisions:
        sighting = sightings.get(decision.key)
        why = _says_nothing(decision) or _is_elsewhere(sighting, place, plan, model)
        if why is not None or sighting is None:
            gathered.left_out[why or "no trace of the listing"] += 1
            continue
        pictures = {it.sha256: seen[it.sha256] for it in sighting.pictures if it.sha256 in seen}
        known = _candidates(sighting, decision, references, brands)
        if not pictures or not known:
            gathered.left_out["no stored vector of a picture, or of a reference of its brand"] += 1
            continue
        gathered.pairs.append(_pair(decision, pictures, known))
    return gathered


def _says_nothing(decision: Decision) -> str | None:
    spoke = {name for name, score in decision.basis.scores.items() if score > 0}
    if decision.basis.exemption is not None:
        return f"{decision.basis.exemption.replace('_', ' ')} exemption"
    if decision.ruling == "confirmed" and not spoke & BY_PICTURE:
        return "confirmed by something else than its pictures"
    if decision.ruling == "dismissed" and spoke & SHOWS_IT:
        return "dismissed although a reference was found in its picture"
    return None


def _is_elsewhere(sighting: Sighting | None, place: Place, plan: EncoderPlan, model: str) -> str | None:
    if sighting is None:
        return "no trace of the listing among what scans have kept"
    here = place_of(sighting.listing)
    if plan.model(here) != model or place.category not in (None, here.category):
        return "another category, or compared by another encoder"
    return None


def _candidates(
    sighting: Sighting, decision: Decision, references: Mapping[str, Vectors], brands: Mapping[str, str]
) -> dict[str, Vectors]:
    """The reference that the verdict named; where it named none that is still here, all of its brand."""
    named = sighting.judgement.reference_id if sighting.judgement else None
    if named is not None and named in references:
        return {named: references[named]}
    return {id_: vector for id_, vector in references.items() if brands.get(id_) == decision.brand}


def _pair(decision: Decision, pictures: Mapping[str, Vectors], references: Mapping[str, Vectors]) -> Pair:
    digests, ids = sorted(pictures), sorted(references)
    cosines = np.stack([pictures[it] for it in digests]) @ np.stack([references[it] for it in ids]).T
    row, column = np.unravel_index(int(cosines.argmax()), cosines.shape)
    platform, seller = decision.seller
    return Pair(
        pictures[digests[int(row)]],
        references[ids[int(column)]],
        decision.ruling == "confirmed",
        (f"seller {platform} {seller}", *(f"picture {it}" for it in digests)),
        at=decision.at,
    )
