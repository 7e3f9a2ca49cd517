"""What was measured on a picture lately: the same bytes are not measured or counted again, on either path."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vision
from catalog.blobs import DerivedStore
from cluster.library import Library
from cluster.settings import Settings
from cluster.state import State
from scoring.brand import ReferenceKind
from scoring.errors import CounterfoilError
from scoring.features import (
    APPEARANCE,
    CAPTIONS,
    CERTIFICATIONS,
    CODES,
    COLOURS,
    FINGERPRINT,
    GEOMETRY,
    MARKS,
    PAID,
    PATTERNS,
    TEXT,
    FeatureValue,
    Unavailable,
    dump_features,
    load_features,
)

_BY_THE_PICTURE = frozenset({TEXT, CODES, COLOURS, CAPTIONS, *PAID})
"""Features that are the same whatever the references are."""
_BY_KIND: Mapping[str, frozenset[ReferenceKind]] = {
    GEOMETRY: frozenset(ReferenceKind),
    CERTIFICATIONS: frozenset({ReferenceKind.CERTIFICATION}),
    PATTERNS: frozenset({ReferenceKind.PATTERN}),
    MARKS: frozenset(),
}
"""What kinds of references features are compared with; `marks` with the tenant's marks. Others with all."""
_ELSEWHERE = frozenset({FINGERPRINT, APPEARANCE})
"""Features that are not kept here: the one is cheaper than looking it up, and the other's embedding lies
among the vector index's sightings, where new references are compared with it too."""
KEPT_BY_PICTURE = "seen-"
"""How extractors' names begin that keep what was measured on listings' pictures; others keep references'."""
_MEASURING = ("numpy", "onnxruntime", "opencv-python-headless", "rapidocr", "zxing-cpp")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A picture that was measured for this tenant within `embedding_days`, with this encoder."""

    seen_at: datetime
    features: dict[str, FeatureValue] = field(default_factory=dict)
    """What still holds of it."""


class Seen:
    """A tenant's pictures by their sha256. It is a cache: what cannot be read is measured again."""

    def __init__(
        self,
        derived: DerivedStore,
        library: Library,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.library = library
        """What the pictures are compared with."""
        self._derived = derived
        self._period = timedelta(days=settings.embedding_days)
        self._clock = clock
        encoder = f"{library.encoders.digest}\x1f{settings.encoder_precision}"
        if settings.captions is not None:
            encoder += f"\x1f{settings.captions}"
        self._extractor = f"{KEPT_BY_PICTURE}1-{sha256(encoder.encode()).hexdigest()[:12]}"
        self._code = code_digest()
        self._keys = dict.fromkeys(_BY_THE_PICTURE, self._code)

    @classmethod
    def of(cls, settings: Settings, library: Library) -> "Seen":
        """Of the blob store that the settings name."""
        return cls(State(settings).derived(library.tenant), library, settings)

    def get(self, digest: str) -> Sighting | None:
        """What is known of a picture; None where it was not measured lately."""
        kept = self._read(digest)
        if kept is None:
            return None
        features = {
            name: value
            for name, (key, text) in kept["features"].items()
            if key == self._key(name)
            for value in load_features(text.encode()).values()
        }
        return Sighting(datetime.fromisoformat(kept["seen_at"]), features)

    def put(self, digest: str, features: Mapping[str, FeatureValue]) -> None:
        """Remember that a picture was measured, and what came of it. What failed is tried again next time."""
        if not self._period:
            return
        kept = self._read(digest) or {"seen_at": self._clock().isoformat(), "features": {}}
        for name, value in features.items():
            if name not in _ELSEWHERE and not isinstance(value, Unavailable):
                kept["features"][name] = (self._key(name), dump_features({name: value}).decode())
        try:
            self._derived.put(digest, self._extractor, json.dumps(kept).encode())
        except CounterfoilError as error:
            logger.warning("what was measured on %s could not be kept: %s", digest, error)

    def _read(self, digest: str) -> dict[str, Any] | None:
        if not self._period:
            return None
        try:
            data = self._derived.get(digest, self._extractor)
        except CounterfoilError as error:
            logger.warning("what is known of %s could not be read: %s", digest, error)
            return None
        if data is None:
            return None
        kept: dict[str, Any] = json.loads(data)
        seen_at = datetime.fromisoformat(str(kept["seen_at"]))
        return kept if self._clock() < seen_at + self._period else None

    def _key(self, feature: str) -> str:
        if feature not in self._keys:
            against = f"{self._code}\x1f{_compared_with(self.library, feature)}"
            self._keys[feature] = sha256(against.encode()).hexdigest()
        return self._keys[feature]


@cache
def code_digest() -> str:
    """Another text whenever what measures has changed: our code, our weights, or a library under them."""
    root = Path(vision.__file__).parent
    known = sha256()
    for name in _MEASURING:
        known.update(f"{name}\x1f{version(name)}\x1e".encode())
    for file in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        known.update(f"{file.relative_to(root)}\x1f".encode())
        known.update(file.read_bytes())
    known.update((Path(__file__).parent / "measure.py").read_bytes())
    return known.hexdigest()


def _compared_with(library: Library, feature: str) -> str:
    """What of a library a feature is compared with: a new photograph changes no mark that was found."""
    kinds = _BY_KIND.get(feature)
    owners = sorted(
        f"{key}\x1f{owner.brand}\x1f{owner.kind}"
        for key, owner in library.owners.items()
        if kinds is None or owner.kind in kinds
    )
    marks = sorted(f"{key}\x1f{name}" for key, name in library.marks.names.items())
    return "\x1e".join((*owners, "", *(marks if feature not in _BY_KIND or feature == MARKS else ())))
