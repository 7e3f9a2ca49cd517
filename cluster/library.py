"""A tenant's references, ready to be matched: built once, shared by all workers of both paths.

Everything in it comes from the catalogue and the blobs; what is costly to compute (views and local
features) is kept beside the blobs and computed only once for each picture and extractor version.
"""

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from catalog.blobs import BlobStore, DerivedStore
from cluster.captioning import Captions
from cluster.encoder_plan import NO_ENCODERS, EncoderPlan
from cluster.marks import KnownMarks, gather_marks
from cluster.negatives import NO_NEGATIVES, KnownNegatives, gather_negatives, held_references
from cluster.paid.terms import PaidTerms
from cluster.views import VIEWS, dump_views, load_views, open_reference
from scoring.brand import Brand, Reference, ReferenceKind
from scoring.features import APPEARANCE, CAPTIONS, FEATURES, MARKS, PATTERNS, HeldReference, Unavailable
from scoring.recipe import Recipe
from scoring.signals import SIGNALS
from vision.certifications import CertificationIndex, artwork, shipped_artwork
from vision.decode import Picture
from vision.fingerprint import View, reference_views
from vision.fingerprint_index import FingerprintIndex
from vision.geometry import GeometryIndex, LocalFeatures, describe
from vision.geometry_settings import DEFAULT_GEOMETRY
from vision.pattern_index import SPACE_VERSION, PatternIndex, texture
from vision.pattern_windows import Vectors

if TYPE_CHECKING:  # workers are handed a library and never open the stores
    from cluster.state import State

LOCAL = f"local-1-{sha256(repr(DEFAULT_GEOMETRY).encode()).hexdigest()[:12]}"
"""What is kept of its local features, by the settings they were measured with."""
_TEXTURE = f"texture-1-{SPACE_VERSION}"
"""What is kept of a pattern's texture."""


class Extracted(NamedTuple):
    """What a reference is found by."""

    views: tuple[View, ...]
    local: LocalFeatures
    texture: Vectors | None
    """Of a pattern; None for every other kind."""


class Owner(NamedTuple):
    """Whose reference it is, and of what kind."""

    brand: str
    kind: ReferenceKind


class Roster(Protocol):
    """As much of a library as naming an embedding's neighbours takes."""

    @property
    def tenant(self) -> str:
        """Whose references they are."""

    @property
    def owners(self) -> Mapping[str, Owner]:
        """Whose each reference is, by its id."""


@dataclass(frozen=True, slots=True)
class Library:
    """What pictures are compared with. Pickles well: arrays travel without a copy."""

    tenant: str
    brands: tuple[Brand, ...]
    recipe: Recipe
    owners: dict[str, Owner]
    """Whose each reference is, by its id."""
    fingerprints: FingerprintIndex
    geometry: GeometryIndex
    certifications: CertificationIndex
    patterns: PatternIndex
    marks: KnownMarks
    unavailable: dict[str, Unavailable]
    """Features that nobody can measure here, and why."""
    unowned: frozenset[str]
    """Those of them that the tenant has nothing to be measured against."""
    paid: PaidTerms
    """What may be asked of paid services for this tenant."""
    negatives: KnownNegatives = NO_NEGATIVES
    """What must never match."""
    held: tuple[HeldReference, ...] = ()
    """References in quarantine."""
    encoders: EncoderPlan = NO_ENCODERS
    """Which encoder compares pictures, and what its cosines are worth for this tenant."""
    captions: Captions | None = None
    """Who writes captions of them."""
    category_recipes: Mapping[str, Recipe] = field(default_factory=dict)
    """What judges the listings of a category, where the tenant set that."""

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """Every recipe that a listing may be judged by, the general one first."""
        return (self.recipe, *self.category_recipes.values())

    @property
    def missing(self) -> dict[str, str]:
        """What the recipe asks for and nobody can measure here, with the reason.

        What the tenant has nothing of is no loss (nobody misses the patterns of a brand without one), nor
        is what has not been turned on: paid services, and captions.
        """
        steps = [step for recipe in self.recipes for step in recipe.steps]
        asked = {need for step in steps for name in step.signals for need in SIGNALS[name].needs}
        return {
            name: gone.reason
            for name, gone in self.unavailable.items()
            if name in asked and name not in self.unowned and name not in self.paid.off and name != CAPTIONS
        }


def owners_of(references: Iterable[Reference]) -> dict[str, Owner]:
    """Whose each reference is, by its id."""
    return {reference.id: Owner(reference.brand, reference.kind) for reference in references}


def build_library(state: "State", tenant: str) -> Library:
    """Gather a tenant's references; `CatalogError` where the tenant is unknown."""
    references = state.catalog.references.of(tenant)
    fingerprints, geometry, patterns = FingerprintIndex(), GeometryIndex(), PatternIndex()
    marks = gather_marks(state, tenant, references)
    encoders = EncoderPlan.of(state, tenant)
    for reference, extracted in extract_references(state, tenant, references):
        fingerprints.add(reference.id, extracted.views)
        geometry.add(reference.id, extracted.local)
        if extracted.texture is not None:
            patterns.add(reference.id, extracted.texture)
    captions = Captions.of(state.settings)
    gone = _unwritten(captions) | _unavailable(tenant, references, encoders)
    unowned = _unowned(tenant, references, marks)
    return Library(
        tenant=tenant,
        brands=state.brands(tenant),
        recipe=state.recipe(tenant),
        owners=owners_of(references),
        fingerprints=fingerprints,
        geometry=geometry,
        certifications=_certifications(state, tenant, references),
        patterns=patterns,
        marks=marks,
        unavailable=gone | unowned,
        unowned=frozenset(unowned),
        paid=PaidTerms(
            tenant,
            on=state.catalog.opt_ins.turned_on(tenant),
            withheld=frozenset(it.sha256 for it in (*references, *state.catalog.references.negative(tenant))),
        ),
        negatives=gather_negatives(state, tenant),
        held=held_references(state, tenant),
        encoders=encoders,
        captions=captions,
        category_recipes=state.category_recipes(tenant),
    )


def extract_references(
    state: "State", tenant: str, references: Sequence[Reference]
) -> Iterator[tuple[Reference, Extracted]]:
    """What each reference is found by, in their order; computed once, and kept beside the blobs.

    About 0.2 s of one core for a new reference: an import does it, so that no scan has to wait.
    """
    blobs, derived = state.blobs(tenant), state.derived(tenant)
    # Pillow, OpenCV and NumPy let go of the interpreter while they compute.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from zip(references, pool.map(partial(_extract, blobs, derived), references), strict=True)


def _extract(blobs: BlobStore, derived: DerivedStore, reference: Reference) -> Extracted:
    views, local = derived.get(reference.sha256, VIEWS), derived.get(reference.sha256, LOCAL)
    repeats = reference.kind is ReferenceKind.PATTERN
    woven = derived.get(reference.sha256, _TEXTURE) if repeats else b""
    if views is not None and local is not None and woven is not None:
        known = _load_texture(woven) if repeats else None
        return Extracted(load_views(views), LocalFeatures.from_bytes(local), known)
    pixels = open_reference(blobs.get(reference.sha256), reference.name).pixels
    fresh = Extracted(
        reference_views(pixels),
        describe(pixels).strongest(DEFAULT_GEOMETRY.reference_keypoints),
        texture(pixels).astype(np.float16).astype(np.float32) if repeats else None,
    )
    derived.put(reference.sha256, VIEWS, dump_views(fresh.views))
    derived.put(reference.sha256, LOCAL, fresh.local.to_bytes())
    if fresh.texture is not None:
        derived.put(reference.sha256, _TEXTURE, _dump_texture(fresh.texture))
    return fresh


def _dump_texture(vectors: Vectors) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, vectors.astype(np.float16))
    return buffer.getvalue()


def _load_texture(data: bytes) -> Vectors:
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False), np.float32)


def _unavailable(
    tenant: str, references: tuple[Reference, ...], encoders: EncoderPlan
) -> dict[str, Unavailable]:
    if not references:
        reason = Unavailable(
            f"tenant {tenant!r} has no reference pictures: add some to the brand kit and import it again",
            because="not_set_up",
        )
        return dict.fromkeys(FEATURES, reason)
    if not encoders.models:
        return {
            APPEARANCE: Unavailable(
                "no encoder is configured: set COUNTERFOIL_ENCODER to builtin, or to an open_clip name such "
                "as ViT-B-32/laion2b_s34b_b79k or to a checkpoint's folder; or choose one for the tenant "
                f"(counterfoil models use NAME --tenant {tenant})",
                because="not_set_up",
            )
        }
    return {}


def _unwritten(captions: Captions | None) -> dict[str, Unavailable]:
    if captions is not None:
        return {}
    return {
        CAPTIONS: Unavailable(
            "nothing here writes captions: set COUNTERFOIL_CAPTIONS to a CoCa such as "
            "coca_ViT-B-32/laion2b_s13b_b90k"
        )
    }


def _unowned(tenant: str, references: tuple[Reference, ...], marks: KnownMarks) -> dict[str, Unavailable]:
    """What a tenant that has references has nothing of; where it has none at all, that is said instead."""
    away = {}
    if references and not marks.index:
        away[MARKS] = Unavailable(
            "no mark is known by its shape or trained: add one-colour logos to the brand kit, or train one "
            "(counterfoil mark train)",
            because="not_set_up",
        )
    if references and all(reference.kind is not ReferenceKind.PATTERN for reference in references):
        away[PATTERNS] = Unavailable(
            f"tenant {tenant!r} has no pattern among its references", because="not_set_up"
        )
    return away


def _certifications(state: "State", tenant: str, references: tuple[Reference, ...]) -> CertificationIndex:
    """The shipped marks, and the brands' own."""
    blobs = state.blobs(tenant)
    own = (
        (it.id, artwork(_open(blobs, it).pixels))
        for it in references
        if it.kind is ReferenceKind.CERTIFICATION
    )
    return CertificationIndex((*shipped_artwork(), *own))


def reference_pictures(state: "State", tenant: str) -> Iterator[tuple[str, Callable[[], Picture]]]:
    """Every reference's id, with what opens its picture: most callers need few of them."""
    blobs = state.blobs(tenant)
    for reference in state.catalog.references.of(tenant):
        yield reference.id, partial(_open, blobs, reference)


def _open(blobs: BlobStore, reference: Reference) -> Picture:
    return open_reference(blobs.get(reference.sha256), reference.name)
