"""What must never match for a tenant, ready to be compared with; and which of its references wait."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from catalog.blobs import BlobStore, DerivedStore
from cluster.views import VIEWS, dump_views, load_views, open_reference
from scoring.features import HeldReference, NegativeMatch
from scoring.negatives import NEGATIVE_BITS
from vision.fingerprint import View, reference_views
from vision.fingerprint_index import FingerprintIndex

if TYPE_CHECKING:
    from cluster.state import State


class NegativeName(NamedTuple):
    """What a key of the index stands for."""

    name: str
    shared: bool


@dataclass(frozen=True, slots=True)
class KnownNegatives:
    """Their fingerprints with their names. Pickles well."""

    index: FingerprintIndex = field(default_factory=FingerprintIndex)
    names: dict[str, NegativeName] = field(default_factory=dict)

    def search(self, views: tuple[View, ...]) -> tuple[NegativeMatch, ...]:
        """Those that a picture is, by its views. By fingerprints alone: that costs next to nothing."""
        if not self.names:
            return ()
        return tuple(
            NegativeMatch(
                reference_id=hit.key,
                name=self.names[hit.key].name,
                shared=self.names[hit.key].shared,
                distance=hit.distance,
                view=hit.view,
            )
            for hit in self.index.search(views, max_distance=NEGATIVE_BITS)
        )


NO_NEGATIVES = KnownNegatives()


def gather_negatives(state: "State", tenant: str) -> KnownNegatives:
    """A kit's negative pictures, references that were made negative, what was added, and what all share."""
    known = KnownNegatives()
    for key, name, views in _views(state, tenant):
        known.index.add(key, views)
        known.names[key] = name
    return known


def _views(state: "State", tenant: str) -> Iterator[tuple[str, NegativeName, tuple[View, ...]]]:
    own = (state.blobs(tenant), state.derived(tenant))
    shared = (state.shared_blobs(), state.shared_derived())
    for reference in state.catalog.references.negative(tenant):
        views = _kept_views(*own, reference.sha256, reference.name)
        yield reference.id, NegativeName(f"{reference.kind}/{reference.name}", shared=False), views
    for it in state.catalog.negatives.for_(tenant):
        stores = own if it.tenant is not None else shared
        views = _kept_views(*stores, it.sha256, it.name)
        yield it.id, NegativeName(it.name, shared=it.tenant is None), views


def _kept_views(blobs: BlobStore, derived: DerivedStore, digest: str, name: str) -> tuple[View, ...]:
    kept = derived.get(digest, VIEWS)
    if kept is not None:
        return load_views(kept)
    views = reference_views(open_reference(blobs.get(digest), name).pixels)
    derived.put(digest, VIEWS, dump_views(views))
    return views


def held_references(state: "State", tenant: str) -> tuple[HeldReference, ...]:
    """The tenant's references that are quarantined now."""
    standings = state.catalog.standings.of(tenant)
    return tuple(
        HeldReference(
            reference_id=it.id,
            name=f"{it.kind}/{it.name} of {it.brand}",
            why=f"quarantined since {standings[it.id].at:%Y-%m-%d}: {standings[it.id].why}",
        )
        for it in state.catalog.references.of(tenant)
        if it.id in standings and standings[it.id].standing == "quarantined"
    )
