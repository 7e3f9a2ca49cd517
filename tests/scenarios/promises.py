"""The promises that are kept on real photographs: what is judged, and how it is counted.

Twenty packages of five brands, one studio picture each, are the references. Copies of them must be
found, pictures of anything else must not. The funnel and the measuring are the product's own, in this
process; titles say nothing, so that only pictures count.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from PIL import Image

from catalog.intake import import_kit
from catalog.vectors import ScoredPoint
from cluster.inspect import inspect
from cluster.library import Library, build_library
from cluster.measure import MEASURES, appearance, listing_features, look, measure
from cluster.settings import Settings
from cluster.state import State
from scoring.evidence import Verdict
from scoring.features import APPEARANCE, FeatureValue
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing, Seller
from tests.scenarios.modified_copies import KINDS, Pixels, reencode
from vision.encoder import Encoder

TENANT = "grocer"
PLATFORM, OFFICIAL = "shop", "official"
BRANDS = ("Arla", "Bravo", "God-Morgon", "Oatly", "Yoggi")

NEIGHBOURS = Settings().neighbours
"""References that an embedding is compared with further."""

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "identical": lambda data: data,
    "JPEG 60": lambda data: _saved(reencode(_pixels(data), quality=60), "JPEG", quality=60),
    "PNG": lambda data: _saved(_pixels(data), "PNG"),
    "WebP 70": lambda data: _saved(_pixels(data), "WEBP", quality=70),
}
"""The picture itself, and saved again."""


def packages(data: Path) -> list[Path]:
    """The folders of the packages, in alphabetical order."""
    return sorted(path.parent for path in (data / "grocery" / "packaged").glob("*/iconic.jpg"))


def unrelated(data: Path) -> list[Path]:
    """Pictures of fruit, vegetables and shoes, in an order that mixes them and never changes."""
    found = [*(data / "grocery" / "produce").rglob("*.jpg"), *(data / "shoes").rglob("*.jpg")]
    order = np.random.default_rng(0).permutation(len(found))
    return [sorted(found)[at] for at in order]


def import_packages(data: Path, settings: Settings, work: Path) -> Library:
    """The five brands in a catalogue, each with its packages as references, and ready to be matched."""
    state = State(settings)
    for brand in BRANDS:
        kit = work / brand
        (kit / "references" / "packaging").mkdir(parents=True)
        rights = [{"platform": PLATFORM, "seller_id": OFFICIAL}]
        (kit / "brand.yaml").write_text(yaml.safe_dump({"brand": brand, "authorised_sellers": rights}))
        for package in packages(data):
            if package.name.startswith(brand):
                picture = (package / "iconic.jpg").read_bytes()
                (kit / "references" / "packaging" / f"{package.name}.jpg").write_bytes(picture)
        import_kit(state.catalog, state.blobs(TENANT), kit, TENANT, inspect=inspect)
    return build_library(state, TENANT)


@dataclass(slots=True)
class Judge:
    """Verdicts in this process, by the very measuring and the very funnel of both paths."""

    library: Library
    encoder: Encoder | None = None
    """None: the library's settings must name none either."""
    references: dict[str, npt.NDArray[np.uint8]] = field(default_factory=dict)
    """The references' pixels by id, where there is an encoder."""
    funnel: Funnel = field(init=False)
    _vectors: npt.NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.funnel = Funnel(self.library.recipe)
        if self.encoder is not None:
            self._vectors = self._embedded(list(self.references.values()))

    def __call__(self, data: bytes, *, seller: str = "somebody", platform: str = PLATFORM) -> Verdict:
        """The verdict on a listing with this one picture."""
        seen = look(data, self.library)
        shown = Listing(platform=platform, listing_id="1", title="A thing", seller=Seller(id=seller))
        features = dict(seen.features)
        while isinstance(answer := self._judged(shown, features), Needs):
            for name in answer.features:
                features[name] = self._measured(name, seen.picture.pixels)
        return answer

    def _measured(self, name: str, pixels: npt.NDArray[np.uint8]) -> FeatureValue:
        if name in MEASURES:
            return measure(name, pixels, self.library)
        assert (name, self.encoder is None) == (APPEARANCE, False), f"nothing here measures {name}"
        assert self.encoder is not None
        (vector,) = self._embedded([pixels])
        cosines = self._vectors @ vector
        near = [
            ScoredPoint(str(at), float(cosines[at]), {"reference_id": list(self.references)[at]})
            for at in np.argsort(-cosines)[:NEIGHBOURS]
        ]
        return appearance(near, self.library, encoder=self.encoder.key, calibration=self.encoder.calibration)

    def _embedded(self, pictures: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float32]:
        assert self.encoder is not None
        return self.encoder.embed([self.encoder.prepare(it) for it in pictures])

    def _judged(self, shown: Listing, features: dict[str, FeatureValue]) -> Verdict | Needs:
        return self.funnel.judge(
            shown, self.library.brands, listing_features([features], self.library), tenant=TENANT
        )


def copies(data: Path, kind: str, *, seeds: Sequence[int], every: int = 1) -> Iterator[bytes]:
    """Modified copies of one kind: of every so-manyth package, each with every seed."""
    for number, package in enumerate(packages(data)[::every]):
        original = _pixels((package / "iconic.jpg").read_bytes())
        for seed in seeds:
            rng = np.random.default_rng([seed, number, sorted(KINDS).index(kind)])
            yield _saved(KINDS[kind](original, rng), "JPEG", quality=90)


@dataclass(slots=True)
class Tally:
    """How many of some pictures came to a tier or better."""

    pictures: int = 0
    tier_1: int = 0
    tier_2: int = 0
    """Tier 2 or better."""

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "Tally":
        """Counted from verdicts."""
        tally = cls()
        for verdict in verdicts:
            tally.pictures += 1
            tally.tier_1 += verdict.tier == 1
            tally.tier_2 += verdict.tier <= 2
        return tally

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.pictures + other.pictures, self.tier_1 + other.tier_1, self.tier_2 + other.tier_2)

    @property
    def share(self) -> float:
        """Of the pictures, those at tier 2 or better."""
        return self.tier_2 / max(1, self.pictures)


def _pixels(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _saved(picture: Pixels, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()
