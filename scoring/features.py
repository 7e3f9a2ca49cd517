"""What vision measured, in the form that signals read it.

A feature is measured for one picture and then combined for a listing. Its value is a tuple of
matches with references, or of lines of text (empty: measured, nothing found), or `Unavailable` with
the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from pydantic import TypeAdapter

from scoring.brand import ReferenceKind

FINGERPRINT = "fingerprint"
APPEARANCE = "appearance"
GEOMETRY = "geometry"
TEXT = "text"
CODES = "codes"
COLOURS = "colours"
CERTIFICATIONS = "certifications"
PATTERNS = "patterns"
MARKS = "marks"
NEGATIVES = "negatives"
HELD = "held"
"""Not measured: which references are quarantined, as whoever puts a listing's features together knows it."""
CAPTIONS = "captions"
VISION_LOGO = "vision_logo"
VISION_TEXT = "vision_text"
VISION_WEB = "vision_web"
VISION_OBJECTS = "vision_objects"

PAID = (VISION_LOGO, VISION_TEXT, VISION_WEB, VISION_OBJECTS)
"""Measured by a paid service outside: of marketplace pictures alone, for tenants that turned it on."""

FEATURES = (
    FINGERPRINT,
    NEGATIVES,
    APPEARANCE,
    GEOMETRY,
    TEXT,
    MARKS,
    CODES,
    COLOURS,
    CERTIFICATIONS,
    PATTERNS,
    CAPTIONS,
    *PAID,
)
"""Every feature that can be measured."""

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four corners as fractions of a picture's width and height, clockwise from the top left of what is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintMatch:
    """A picture whose perceptual hash is a reference's, or one of its views'."""

    reference_id: str
    brand: str
    kind: ReferenceKind
    distance: int
    """Differing bits of 64; the larger of the dHash and pHash distances."""
    view: str
    """Which view of the reference matched: `whole`, `mirror`, `crop …`."""
    image: int = 0
    """Which of the listing's pictures, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeMatch:
    """A picture whose perceptual hash is that of one that must never match (`scoring.negatives`)."""

    reference_id: str
    name: str
    shared: bool
    """Whether it is everybody's."""
    distance: int
    """As `FingerprintMatch.distance`."""
    view: str
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReference:
    """A reference in quarantine: what rests on it waits until somebody has looked at the reference."""

    reference_id: str
    name: str
    why: str
    """In words that end a sentence: since when, and for what."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceMatch:
    """A picture whose embedding lies near a reference's."""

    reference_id: str
    brand: str
    kind: ReferenceKind
    cosine: float
    """Cosine similarity of the two embeddings, -1 to 1."""
    probability: float | None
    """Calibrated probability of the same product; None where the encoder has no calibration."""
    encoder: str
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryMatch:
    """A reference found in a picture by local features under one plausible homography."""

    reference_id: str
    brand: str
    kind: ReferenceKind
    inliers: int
    """One-to-one keypoint matches that agree with the homography."""
    mirrored: bool
    quad: Quad
    """Where the reference's corners fall."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line of text that a picture shows; the one feature that is compared with no reference."""

    text: str
    confidence: float
    """How sure its reader is, 0 to 1: the mean over the letters."""
    quad: Quad
    """Its corners as fractions of the picture's width and height, as its reader sees them: the first is
    where the text begins, the second where its first line ends."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRead:
    """A barcode or matrix code that was read, whatever it says."""

    symbology: str
    """`EAN-13`, `QR Code` …"""
    text: str
    """Its content; `scoring.gs1` finds the GTINs in it."""
    quad: Quad
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourShare:
    """A colour of the thing that a picture shows."""

    hex: str
    """sRGB, `#rrggbb`."""
    share: float
    """Of the thing's area, 0 to 1."""
    light: str
    """By whose white: the picture's `own`, or one that takes a cast away."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificationMatch:
    """A certification mark in a picture."""

    mark: str
    """`CE`, `UKCA` …, or the name of the brand's own reference."""
    height: float
    """Pixels of the picture as it was sent."""
    likeness: float
    """Correlation with the artwork, 0 to 1."""
    quad: Quad
    brand: str | None = None
    """Whose reference it is; None for the artwork that is shipped."""
    reference_id: str | None = None
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkMatch:
    """A mark found in a picture: by its artwork's outline, or by a detector trained on photographs of it."""

    brand: str
    mark: str
    """The trained mark's name, or the artwork's file."""
    detector: str
    """`artwork`, or the trained detector's version, such as `v3`."""
    probability: float
    """That it is the mark, 0..1, as calibrated when the detector was made."""
    mirrored: bool
    partial: bool
    """Only a part of the mark is there, or it runs beyond the picture's edge."""
    quad: Quad
    """Its corners as fractions of the picture's width and height."""
    reference_id: str | None = None
    """The artwork's, where it was found by that."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLogo:
    """A logo that a paid service names in a picture."""

    description: str
    """What it calls the logo, in its own words."""
    score: float
    """How sure it is, 0 to 1, uncalibrated."""
    quad: Quad
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidText:
    """A line of text that a paid service read in a picture."""

    text: str
    language: str
    """BCP-47, as the service guessed it; empty where it did not."""
    quad: Quad
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebMatch:
    """What the web knows of a picture: one for each picture of which it knows anything."""

    labels: tuple[str, ...]
    """The service's best guesses at what the picture is called."""
    entities: tuple[tuple[str, float], ...]
    """Things that pages with pictures like it speak of, with a relevance that has no upper bound."""
    full_urls: tuple[str, ...]
    """Addresses of the same picture elsewhere, possibly in another size."""
    partial_urls: tuple[str, ...]
    """Addresses of pictures that share a part with it, such as a crop."""
    page_urls: tuple[str, ...]
    """Pages that show the same picture."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidObject:
    """A thing that a paid service sees in a picture, and where."""

    name: str
    score: float
    """How sure it is, 0 to 1, uncalibrated."""
    quad: Quad
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternMatch:
    """A reference's repeating pattern found on a part of a picture by its texture."""

    reference_id: str
    brand: str
    similarity: float
    """Of the texture to the reference's, -1 to 1, at the most similar place."""
    probability: float
    """That the goods bear it: calibrated from the similarity."""
    share: float
    """Of the picture's area that bears it, 0 to 1."""
    quad: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    """The corners of the part that bears it, as fractions of the picture's width and height."""
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a network would write under a picture: a guess at what it shows, not what can be read in it."""

    caption: str
    writer: str
    """The network's key."""
    image: int = 0


Match = (
    FingerprintMatch
    | AppearanceMatch
    | GeometryMatch
    | TextLine
    | CodeRead
    | ColourShare
    | CertificationMatch
    | MarkMatch
    | PatternMatch
    | Caption
    | PaidLogo
    | PaidText
    | WebMatch
    | PaidObject
    | NegativeMatch
    | HeldReference
)


Because = Literal["failed", "unreadable", "no_picture", "not_set_up", "cap_spent", "halted"]
"""Why a feature is unavailable, as one word of a closed set: what is counted. `failed` is a model, an index
or a service that did not do its work; the others are nobody's fault here."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A feature that could not be measured; signals that need it abstain with this reason."""

    reason: str
    because: Because = field(default="failed", compare=False)


FeatureValue = tuple[Match, ...] | Unavailable
Features = Mapping[str, FeatureValue]

_M = TypeVar("_M", bound=Match)

_ADAPTER: TypeAdapter[dict[str, FeatureValue]] = TypeAdapter(dict[str, FeatureValue])


def matches(features: Features, name: str, kind: type[_M]) -> list[_M]:
    """A feature's matches, of the one kind that it has; none where it is unavailable."""
    value = features[name]
    return [] if isinstance(value, Unavailable) else [match for match in value if isinstance(match, kind)]


def dump_features(features: Features) -> bytes:
    """Features as JSON, the form in which Ray and the scan's journal carry them."""
    return _ADAPTER.dump_json(dict(features))


def load_features(data: bytes) -> dict[str, FeatureValue]:
    """The inverse of `dump_features`."""
    return _ADAPTER.validate_json(data)


def combine(pictures: Sequence[Features]) -> dict[str, FeatureValue]:
    """A listing's features from its pictures', every match told which picture it is on.

    A feature is known of the listing where it is known of every picture: another listing may have had one of
    them measured before. It is unavailable only where it is unavailable for every picture.
    """
    combined: dict[str, FeatureValue] = {}
    for name in sorted(set.intersection(*map(set, pictures)) if pictures else ()):
        values = [(number, picture[name]) for number, picture in enumerate(pictures)]
        measured = [(number, value) for number, value in values if not isinstance(value, Unavailable)]
        combined[name] = (
            tuple(replace(match, image=number) for number, value in measured for match in value)
            if measured
            else values[0][1]
        )
    return combined
