"""Which pictures embeddings take for one: neighbours in the vector index, confirmed against an anchor."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog.vectors import VectorIndex, point_id

_SIGHTINGS = "sightings--"
_NEIGHBOURS = 16
"""Asked for of each picture; its group's anchor need not be among them, any member leads to it."""

AnchorsOf = Callable[[Iterable[str]], Mapping[str, str]]
"""By sha256, the anchor of each picture's group; those in none are left out."""


@dataclass(frozen=True, slots=True)
class Likenesses:
    """A tenant's sightings in every encoder's collection; vectors of two encoders never meet."""

    vectors: VectorIndex
    tenant: str
    alike: float
    """The least cosine at which two pictures are taken for one."""

    def anchors(self, digests: Sequence[str], anchors_of: AnchorsOf) -> dict[str, dict[str, float]]:
        """Of each picture, the anchors that its neighbours lead to and that are as like it, by cosine.

        A picture that is like a copy, but not like what it is a copy of, is left out: groups do not chain.
        """
        found: dict[str, dict[str, float]] = {}
        for collection in self.vectors.collections():
            if collection.startswith(_SIGHTINGS):
                for digest, near in self._within(collection, digests, anchors_of).items():
                    found.setdefault(digest, {}).update(near)
        return found

    def _within(
        self, collection: str, digests: Sequence[str], anchors_of: AnchorsOf
    ) -> dict[str, dict[str, float]]:
        own = self._vectors(collection, digests)
        if not own:
            return {}
        known = list(own)
        answers = self.vectors.similar(
            collection,
            np.stack([own[it] for it in known]),
            tenant=self.tenant,
            least=self.alike,
            limit=_NEIGHBOURS,
        )
        near = {
            digest: [str(hit.payload["sha256"]) for hit in hits]
            for digest, hits in zip(known, answers, strict=True)
        }
        anchor_of = anchors_of({it for those in near.values() for it in those})
        wanted = {
            digest: {anchor_of[it] for it in those if it in anchor_of} - {digest}
            for digest, those in near.items()
        }
        anchors = self._vectors(collection, sorted(set().union(*wanted.values())))
        return {
            digest: {
                anchor: cosine
                for anchor in those
                if anchor in anchors and (cosine := float(own[digest] @ anchors[anchor])) >= self.alike
            }
            for digest, those in wanted.items()
        }

    def _vectors(self, collection: str, digests: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        model = collection.removeprefix(_SIGHTINGS)
        ids = [point_id(self.tenant, "sightings", sha256=it, model=model) for it in digests]
        points = self.vectors.fetch(collection, ids, tenant=self.tenant)
        return {str(it.payload["sha256"]): it.vector for it in points}
