"""A set's verdicts in this process, without Ray: the product's own measuring and funnel, looped plainly.

What was measured is kept on disk by the picture's sha256 and by a stamp of everything that measuring
depends on: the references, what the brands say, and the code that measures. A changed recipe, threshold or
signal therefore costs seconds; a changed measurement, or kit, costs one pass.

    python -m tests.scenarios.runner SET --cache FOLDER [--home HOME] [--report report.html]

imports SET's kits into HOME (kept in the cache folder where none is named) and prints what
`counterfoil evaluate` prints. A home that already has the tenant is used as it is, so that marks may be
trained in it beforehand.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2

from catalog.intake import import_kit
from catalog.vectors.edge import EdgeIndex
from cluster.encoders import Embedder, Prepared, load_encoder
from cluster.inspect import inspect
from cluster.library import Library, build_library, reference_pictures
from cluster.mark_training import TrainingRequest, run_training
from cluster.measure import CHEAP, MEASURES, listing_features, look, measure, reason
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from connectors import open_source
from pipelines.evaluate import compare, outcomes, read_labels, to_text
from pipelines.evaluate.album import Album
from pipelines.evaluate.report import write_report
from scoring.features import (
    APPEARANCE,
    FEATURES,
    FeatureValue,
    Unavailable,
    dump_features,
    load_features,
)
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from scoring.recipe import Recipe
from vision.decode import decode

TENANT = "scenarios"
ROOT = Path(__file__).parents[2]
_MEASURING = ("vision", "cluster", "catalog", "scoring/features.py", "scoring/brand.py")
"""The code on which measurements depend."""


def import_kits(folder: Path, settings: Settings, *, tenant: str = TENANT) -> State:
    """Every kit below `folder` in the catalogue of `settings.home`, its marks trained."""
    state = State(settings)
    others = folder.parent / "others"
    for kit in sorted(folder.iterdir()):
        import_kit(state.catalog, state.blobs(tenant), kit, tenant, inspect=inspect)
        for mark in sorted((kit / "marks").iterdir() if (kit / "marks").is_dir() else ()):
            run_training(
                TrainingRequest(mark=mark.name, tenant=tenant, kit=kit, brand=None, negatives=others),
                settings,
            )
    return state


def stamp(state: State, tenant: str) -> str:
    """Another one whenever a measurement could come out differently."""
    told = sha256()
    for place in _MEASURING:
        path = ROOT / place
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            told.update(source.read_bytes())
    told.update(state.stamp(tenant).encode())
    told.update(repr((state.settings.encoder, state.settings.neighbours)).encode())
    return told.hexdigest()[:16]


@dataclass(slots=True)
class Bench:
    """One tenant's library, and what it measures on pictures."""

    state: State
    tenant: str
    cache: Path
    recipe: Recipe | None = None
    """Instead of the tenant's own."""
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    measured: Counter[str] = field(default_factory=Counter)
    images: int = 0
    library: Library = field(init=False)
    funnel: Funnel = field(init=False)
    _stamp: str = field(init=False)
    _embedder: Embedder | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.library = build_library(self.state, self.tenant)
        self.funnel = Funnel(self.recipe or self.library.recipe)
        self._stamp = stamp(self.state, self.tenant)

    def verdict(self, listing: Listing, pictures: Pictures) -> dict[str, Any]:
        """A listing's row, in the terms of `results.parquet`."""
        errors: list[str] = []
        seen = [
            self._opened(source, pictures, errors, number) for number, source in enumerate(listing.images, 1)
        ]
        while True:
            features = listing_features([picture.features for picture in seen], self.library)
            begun = time.perf_counter()
            answer = self.funnel.judge(listing, self.library.brands, features, tenant=self.tenant)
            self.seconds["judge"] += time.perf_counter() - begun
            if not isinstance(answer, Needs):
                break
            for picture in seen:
                picture.want(answer.features, self)
        for picture in seen:
            picture.keep()
        shown = {"url": listing.url, "seller_id": listing.seller.id if listing.seller else None}
        return asdict(answer) | shown | {"title": listing.title, "errors": errors}

    def _opened(self, source: str, pictures: Pictures, errors: list[str], number: int) -> "_Picture":
        data = pictures.fetch(source)
        self.images += 1
        path = self.cache / self._stamp / f"{sha256(data).hexdigest()}.json"
        if path.exists():
            return _Picture(data, path, load_features(path.read_bytes()))
        begun = time.perf_counter()
        try:
            features = dict(look(data, self.library).features)
        except Exception as error:  # noqa: BLE001 - as in a scan: one failed picture
            errors.append(f"picture {number}: {reason(error)}")
            return _Picture(data, path, dict.fromkeys(FEATURES, Unavailable(reason(error))))
        self.seconds["look"] += time.perf_counter() - begun
        self.measured["look"] += 1
        return _Picture(data, path, features, fresh=True)

    def one(self, name: str, data: bytes) -> FeatureValue:
        """One feature of one picture."""
        begun = time.perf_counter()
        picture = decode(data)
        value: FeatureValue
        if name in MEASURES:
            value = measure(name, picture.pixels, self.library)
        elif name == APPEARANCE:
            (embedded,) = self._embed().compare([Prepared.of(picture)], self.library)
            value = embedded.matches
        else:
            value = Unavailable(f"nothing here measures {name}")
        self.seconds[name] += time.perf_counter() - begun
        self.measured[name] += 1
        return value

    def _embed(self) -> Embedder:
        if self._embedder is None:
            settings = self.state.settings
            # A folder of its own: the embedded index admits one process at a time.
            index = EdgeIndex(self.cache / "vectors" / self._stamp)
            self._embedder = Embedder(load_encoder(settings), index, settings)
            self._embedder.keep_references(self.tenant, reference_pictures(self.state, self.tenant))
        return self._embedder


@dataclass(slots=True)
class _Picture:
    data: bytes
    path: Path
    features: dict[str, FeatureValue]
    fresh: bool = False

    def want(self, names: frozenset[str], bench: Bench) -> None:
        for name in sorted(names - set(self.features) - CHEAP):
            self.features[name] = bench.one(name, self.data)
            self.fresh = True

    def keep(self) -> None:
        if self.fresh:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(dump_features(self.features))


def judged(listings: Path, bench: Bench) -> Iterator[dict[str, Any]]:
    """The row of every listing of a file, in its order."""
    source = open_source(f"file:{listings}")
    pictures = Pictures(PictureSpec(private_addresses=False, roots=(listings.parent.resolve(),)))
    for rows, _ in source.pages(None):
        for row in rows:
            if row.listing is None:
                raise ValueError(f"row {row.number} of {listings} cannot be read: {'; '.join(row.errors)}")
            yield bench.verdict(row.listing, pictures)


def summary(bench: Bench, listings: int) -> dict[str, Any]:
    """As much of a scan's summary as one process knows; seconds are those of a first pass only."""
    return {
        "listings": listings,
        "images": bench.images,
        "recipe": bench.funnel.recipe.id,
        "tenant": bench.tenant,
        "model_calls": dict(bench.measured),
        "seconds": {name: round(spent, 3) for name, spent in bench.seconds.items()},
        "not_measured": bench.library.missing,
    }


def opened_bench(
    folder: Path,
    cache: Path,
    *,
    home: Path | None = None,
    recipe: Recipe | None = None,
    encoder: str | None = None,
) -> Bench:
    """A bench for the set in `folder`; its kits are imported where the home does not have the tenant yet."""
    settings = Settings(
        home=home or cache / "homes" / sha256(str(folder.resolve()).encode()).hexdigest()[:12],
        encoder=encoder,
    )
    state = State(settings)
    if TENANT not in state.catalog.tenants.names():
        state = import_kits(folder / "kits", settings)
    return Bench(state, TENANT, cache, recipe=recipe)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, metavar="SET")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--recipe", type=Path, default=None, help="a recipe's YAML, instead of the tenant's")
    parser.add_argument("--encoder", default="none", help="builtin, another, or none")
    parser.add_argument("--report", type=Path, default=None, help="write the HTML report there")
    parser.add_argument("--rows", type=Path, default=None, help="write every verdict there, as JSON lines")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    recipe = Recipe.from_yaml(asked.recipe.read_text("utf-8")) if asked.recipe else None
    bench = opened_bench(asked.folder, asked.cache, home=asked.home, recipe=recipe, encoder=asked.encoder)
    rows = list(judged(asked.folder / "listings.jsonl", bench))
    if asked.rows:
        asked.rows.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    told = summary(bench, len(rows))
    seen = outcomes(read_labels(asked.folder / "listings.jsonl"), rows, bench.funnel.recipe)
    evaluation = compare(seen, told)
    sys.stdout.write(f"{to_text(evaluation)}\n")
    if asked.report:
        album = Album(bench.state, TENANT, asked.folder / "listings.jsonl", private_addresses=False)
        write_report(asked.report, evaluation, seen, album=album, tiers=bench.funnel.recipe.tiers)


if __name__ == "__main__":
    main()
