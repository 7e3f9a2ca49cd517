"""Measuring one picture against a library: what both paths do, each with its own workers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog.encoder_choices import Place
from catalog.vectors import ScoredPoint
from cluster.encoder_plan import EVERYWHERE
from cluster.library import Library, Roster
from scoring.errors import CounterfoilError, UnavailableError
from scoring.features import (
    APPEARANCE,
    CAPTIONS,
    CERTIFICATIONS,
    CODES,
    COLOURS,
    FEATURES,
    FINGERPRINT,
    GEOMETRY,
    HELD,
    MARKS,
    NEGATIVES,
    PATTERNS,
    TEXT,
    AppearanceMatch,
    Caption,
    CertificationMatch,
    CodeRead,
    ColourShare,
    Features,
    FeatureValue,
    FingerprintMatch,
    GeometryMatch,
    MarkMatch,
    Match,
    PatternMatch,
    TextLine,
    Unavailable,
    combine,
)
from scoring.negatives import set_aside
from vision.calibration import Calibration
from vision.codes import read_codes
from vision.colours import dominant_colours
from vision.decode import Picture, decode
from vision.fingerprint import Fingerprint, View, query_views
from vision.text import read_text

MOST_PICTURES = 64
"""Pictures of one listing that are looked at: marketplaces allow 8 to 24, and thousands are an attack."""

CHEAP = frozenset({FINGERPRINT, NEGATIVES})
"""Measured on every picture as soon as it is decoded."""

NO_PICTURE = Unavailable("the listing has no picture", because="no_picture")


@dataclass(frozen=True, slots=True)
class Look:
    """A picture decoded and fingerprinted, with the features that cost next to nothing."""

    picture: Picture
    fingerprint: Fingerprint | None
    """Of the whole picture; None where it is too flat to have one."""
    features: Features


def look(data: bytes, library: Library) -> Look:
    """Decode a picture's bytes and measure its cheap features; raises `ImageError`."""
    picture = decode(data)
    views = query_views(picture.pixels)
    whole = next((view.fingerprint for view in views if view.name == "whole"), None)
    return Look(picture, whole, _by_hashes(views, library))


def look_at_hashes(fingerprint: Fingerprint, library: Library) -> Features:
    """What the hashes of a whole picture tell, where they are all that is known of it."""
    return _by_hashes([View("whole", fingerprint)], library)


def _by_hashes(views: Sequence[View], library: Library) -> Features:
    return {FINGERPRINT: _copies(views, library), NEGATIVES: library.negatives.search(tuple(views))}


def _copies(views: Sequence[View], library: Library) -> tuple[FingerprintMatch, ...]:
    return tuple(
        FingerprintMatch(
            reference_id=hit.key,
            brand=library.owners[hit.key].brand,
            kind=library.owners[hit.key].kind,
            distance=hit.distance,
            view=hit.view,
        )
        for hit in library.fingerprints.search(views)
    )


def measure_geometry(pixels: npt.NDArray[np.uint8], library: Library) -> tuple[GeometryMatch, ...]:
    """References that lie in a picture, (H, W, 3) uint8, by their local features."""
    return tuple(
        GeometryMatch(
            reference_id=hit.key,
            brand=library.owners[hit.key].brand,
            kind=library.owners[hit.key].kind,
            inliers=hit.inliers,
            mirrored=hit.mirrored,
            quad=hit.quad,
        )
        for hit in library.geometry.find(pixels)
    )


def measure_patterns(pixels: npt.NDArray[np.uint8], library: Library) -> tuple[PatternMatch, ...]:
    """References' repeating patterns that a picture, (H, W, 3) uint8, shows somewhere."""
    return tuple(
        PatternMatch(
            reference_id=hit.key,
            brand=library.owners[hit.key].brand,
            similarity=hit.similarity,
            probability=hit.probability,
            share=hit.share,
            quad=hit.quad,
        )
        for hit in library.patterns.match(pixels)
    )


def measure_text(pixels: npt.NDArray[np.uint8], library: Library) -> tuple[TextLine, ...]:  # noqa: ARG001 - the same signature for every measure
    """The lines of text in a picture, (H, W, 3) uint8: the same whatever the references are."""
    return tuple(
        TextLine(text=line.text, confidence=line.confidence, quad=line.quad) for line in read_text(pixels)
    )


def measure_codes(pixels: npt.NDArray[np.uint8], _: Library) -> tuple[CodeRead, ...]:
    """Barcodes and matrix codes, whatever they say."""
    return tuple(
        CodeRead(symbology=code.symbology, text=code.text, quad=code.quad) for code in read_codes(pixels)
    )


def measure_colours(pixels: npt.NDArray[np.uint8], _: Library) -> tuple[ColourShare, ...]:
    """The colours of the thing in the picture, in several lights."""
    return tuple(
        ColourShare(hex=colour.hex, share=colour.share, light=colour.light)
        for colour in dominant_colours(pixels)
    )


def measure_certifications(pixels: npt.NDArray[np.uint8], library: Library) -> tuple[CertificationMatch, ...]:
    """Certification marks: those that are shipped, and the library's own references of that kind."""
    found = []
    for mark in library.certifications.search(pixels):
        owner = library.owners.get(mark.key)
        found.append(
            CertificationMatch(
                mark=f"{owner.brand}'s own mark" if owner else mark.key,
                height=mark.height,
                likeness=mark.likeness,
                quad=mark.quad,
                brand=owner.brand if owner else None,
                reference_id=mark.key if owner else None,
            )
        )
    return tuple(found)


def measure_marks(pixels: npt.NDArray[np.uint8], library: Library) -> tuple[MarkMatch, ...]:
    """A tenant's marks in a picture, (H, W, 3) uint8: by their artwork's outline and by trained detectors."""
    known = library.marks
    return tuple(
        MarkMatch(
            brand=known.names[hit.key].brand,
            mark=known.names[hit.key].mark,
            detector=known.names[hit.key].detector,
            probability=hit.probability,
            mirrored=hit.mirrored,
            partial=hit.partial,
            quad=hit.quad,
            reference_id=known.names[hit.key].reference_id,
        )
        for hit in known.index.find(pixels, known.embedder)
    )


def measure_captions(pixels: npt.NDArray[np.uint8], library: Library) -> tuple[Caption, ...]:
    """What a network would write under a picture, (H, W, 3) uint8; nothing where it writes nothing."""
    if library.captions is None:
        raise UnavailableError("nothing here writes captions.")
    writer, caption = library.captions.write(pixels)
    return (Caption(caption=caption, writer=writer),) if caption else ()


MEASURES: Mapping[str, Callable[[npt.NDArray[np.uint8], Library], tuple[Match, ...]]] = {
    GEOMETRY: measure_geometry,
    TEXT: measure_text,
    CODES: measure_codes,
    COLOURS: measure_colours,
    CERTIFICATIONS: measure_certifications,
    PATTERNS: measure_patterns,
    MARKS: measure_marks,
    CAPTIONS: measure_captions,
}
"""What a CPU measures on (H, W, 3) uint8 pixels when the funnel asks; `appearance` is the encoder's."""


def measure(name: str, pixels: npt.NDArray[np.uint8], library: Library) -> FeatureValue:
    """One of `MEASURES` on one picture. What fails takes nothing but its own feature away."""
    try:
        return MEASURES[name](pixels, library)
    except Exception as error:  # noqa: BLE001 - a model that fails makes its signal abstain, never the scan
        return Unavailable(reason(error))


def appearance(
    neighbours: list[ScoredPoint], library: Roster, *, encoder: str, calibration: Calibration | None
) -> tuple[AppearanceMatch, ...]:
    """A picture's nearest references, in the terms that signals read."""
    return tuple(
        AppearanceMatch(
            reference_id=point.payload["reference_id"],
            brand=library.owners[point.payload["reference_id"]].brand,
            kind=library.owners[point.payload["reference_id"]].kind,
            cosine=point.score,
            probability=calibration.probability(point.score) if calibration else None,
            encoder=encoder,
        )
        for point in neighbours
        if point.payload["reference_id"] in library.owners
    )


def listing_features(
    pictures: Sequence[Features], library: Library, place: Place = EVERYWHERE
) -> dict[str, FeatureValue]:
    """A listing's features from its pictures', with everything that nobody can measure here.

    A picture that must never match is set aside; references in quarantine are told of.

    `place` is where it is sold: a tenant's calibrations may differ from one category to the next.
    """
    counted = [set_aside(picture) for picture in pictures]
    combined: dict[str, FeatureValue] = combine(counted) if counted else dict.fromkeys(FEATURES, NO_PICTURE)
    if APPEARANCE in combined:
        combined[APPEARANCE] = library.encoders.worth(combined[APPEARANCE], place)
    return {**combined, **library.paid.off, **library.unavailable, HELD: library.held}


def not_to_be_measured(features: Features, library: Library, why: Unavailable) -> dict[str, FeatureValue]:
    """A listing's features where its pictures may not be measured: fingerprints cost no model, and stay."""
    withheld = {name: why for name in FEATURES if name not in CHEAP}
    return {**features, **withheld, **library.paid.off, **library.unavailable}


def beyond(looked_at: int, there: int) -> str:
    """What to say where a listing has more pictures than are looked at.

    >>> beyond(64, 70)
    'pictures 65 to 70: not looked at, only the first 64 are.'
    """
    return f"pictures {looked_at + 1} to {there}: not looked at, only the first {looked_at} are."


def reason(error: Exception) -> str:
    """What to say of an error in a verdict: ours as they are, foreign ones with their type.

    >>> reason(KeyError("size"))
    "KeyError: 'size'"
    """
    return str(error) if isinstance(error, CounterfoilError) else f"{type(error).__name__}: {error}"
