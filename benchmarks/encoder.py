"""An encoder on pictures that the built-in one was never trained on: copies, phone photographs, speed.

Twenty packages' studio pictures are the references. Their modified copies (16 kinds, `--seeds` of each) and
phone photographs of them (`--photos`, spread evenly) are looked for; shoes and produce that training left
out are unrelated. Figures of the `first half` (every other product) were looked at while training was
tried out; the `other half` was not. `--teacher` measures a TFLite network (needs ai-edge-litert) beside it.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from benchmarks._report import options, photographs, show
from tests.scenarios.modified_copies import KINDS
from tests.scenarios.promises import copies, packages
from vision.calibrating import Pairs, reliability
from vision.checkpoint import EncoderSpec
from vision.decode import decode
from vision.encoder import Encoder
from vision.geometry import GeometryIndex, describe
from vision.training.teacher import Teacher

Pixels = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[Pixels]], Vectors]

HELD_OUT = (
    "Anjou", "Banana", "Cantaloupe", "Garlic", "Granny-Smith", "Lemon", "Mango", "Orange-Bell-Pepper",
    "Papaya", "Plum", "Pomegranate", "Red-Beet", "Vine-Tomato", "Watermelon", "Zucchini",
)  # fmt: skip
"""Kinds of produce that the built-in encoder never saw."""
RE_RANKED = (3, 5, 20)
"""Of the nearest references by cosine, so many are looked at by geometry."""


def by(encoder: Encoder) -> Embed:
    """Pictures to vectors, 16 at a time."""

    def embed(pictures: Sequence[Pixels]) -> Vectors:
        ready = [encoder.prepare(pixels) for pixels in pictures]
        return np.concatenate([encoder.embed(ready[at : at + 16]) for at in range(0, len(ready), 16)])

    return embed


def by_thumbnail(pictures: Sequence[Pixels]) -> Vectors:
    """What no learning gives: a picture's 16 x 16 colours, without their mean."""
    small = [
        cv2.resize(it, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32).ravel() for it in pictures
    ]
    centred = np.stack([it - it.mean() for it in small])
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6), np.float32)


def by_teacher(model: Path) -> Embed:
    """The pooled features of a TFLite MobileNet."""
    teacher = Teacher(model)

    def embed(pictures: Sequence[Pixels]) -> Vectors:
        seen = np.stack([teacher.look(it).mean(0) for it in pictures])
        return np.asarray(seen / np.linalg.norm(seen, axis=1, keepdims=True), np.float32)

    return embed


def recall_at_precision(
    cosines: npt.NDArray[Any], right: npt.NDArray[np.bool_], wanted: int, precision: float
) -> float:
    """The largest share of `wanted` that a threshold finds of whose finds at least `precision` are right."""
    order = np.argsort(-cosines, kind="stable")
    hits = np.cumsum(right[order])
    fits = hits / np.arange(1, len(order) + 1) >= precision
    return float(hits[fits].max() / wanted) if fits.any() else 0.0


def measure(data: Path, embed: Embed, *, seeds: int, photos: int, geometry: bool) -> dict[str, Any]:
    """Shares of pictures for which the right reference came first, or among five, or above a threshold."""
    products = packages(data)
    studio = [_read(it / "iconic.jpg") for it in products]
    references = embed(studio)
    spread = _spread(products, photos)
    shown = [_read(path) for _, path in spread]
    truth = np.array([number for number, _ in spread])
    cosines = embed(shown) @ references.T
    ranks = np.argsort(-cosines, axis=1, kind="stable")
    halves = {"first half": truth % 2 == 0, "other half": truth % 2 == 1, "all": np.ones(len(truth), bool)}
    figures: dict[str, Any] = {
        "photographs": len(shown),
        "phone photograph finds its product": _recalls(ranks, truth, halves),
    }
    if geometry:
        figures |= _with_geometry(studio, shown, ranks, truth, halves)
    return figures | {"modified copies": _copies(data, embed, references, seeds)}


def _recalls(
    ranks: npt.NDArray[np.int64], truth: npt.NDArray[np.int64], halves: dict[str, npt.NDArray[np.bool_]]
) -> dict[str, Any]:
    right = ranks == truth[:, None]
    return {
        f"{name} R@{k}": float(right[who, :k].any(1).mean()) for name, who in halves.items() for k in (1, 5)
    }


def _with_geometry(
    studio: list[Pixels], shown: list[Pixels], ranks: npt.NDArray[np.int64], truth: npt.NDArray[np.int64],
    halves: dict[str, npt.NDArray[np.bool_]],
) -> dict[str, Any]:  # fmt: skip
    index = GeometryIndex()
    for number, pixels in enumerate(studio):
        index.add(str(number), describe(pixels))
    found = [[int(hit.key) for hit in index.match(describe(pixels))] for pixels in shown]
    figures: dict[str, Any] = {
        "geometry alone": {
            f"{name} R@1": float(
                np.mean([hits[:1] == [it] for hits, it, ours in zip(found, truth, who, strict=True) if ours])
            )
            for name, who in halves.items()
        }
    }
    for most in RE_RANKED:
        # What geometry finds among the nearest comes first, by its inliers; then the order of cosines.
        again = np.array(
            [
                (lifted := [hit for hit in hits if hit in order[:most]])
                + [it for it in order if it not in lifted]
                for hits, order in zip(found, ranks.tolist(), strict=True)
            ]
        )
        figures[f"geometry on the nearest {most}"] = _recalls(again, truth, halves)
    return figures


def _copies(data: Path, embed: Embed, references: Vectors, seeds: int) -> dict[str, Any]:
    products = len(references)
    near, right, kinds = [], [], []
    for kind in KINDS:
        vectors = embed([decode(it).pixels for it in copies(data, kind, seeds=range(seeds))])
        cosines = vectors @ references.T
        owner = np.repeat(np.arange(products), seeds)
        near.append(cosines.max(1))
        right.append(cosines.argmax(1) == owner)
        kinds += [kind] * len(owner)
    others = embed([_read(it) for it in unseen(data)])
    cosines = np.concatenate([*near, (others @ references.T).max(1)])
    correct = np.concatenate([*right, np.zeros(len(others), bool)])
    everything = np.concatenate(right)
    return {
        "copies": len(kinds),
        "unrelated": len(others),
        "recall at 90 % precision": recall_at_precision(cosines, correct, len(kinds), 0.9),
        "recall at 99 % precision": recall_at_precision(cosines, correct, len(kinds), 0.99),
        "R@1": float(everything.mean()),
    } | {f"R@1 {kind}": float(everything[[it == kind for it in kinds]].mean()) for kind in KINDS}


def unseen(data: Path) -> list[Path]:
    """Unrelated pictures that the built-in encoder was not trained on."""
    produce = [it for name in HELD_OUT for it in sorted((data / "grocery" / "produce" / name).rglob("*.jpg"))]
    return [*produce, *sorted((data / "shoes").rglob("*.jpg"))]


def trust(data: Path, encoder: Encoder, *, photos: int) -> dict[str, Any]:
    """What the calibration says of photographs: its error, and how often it is sure of the wrong thing."""
    calibration = encoder.calibration
    if calibration is None:
        return {"calibrated": False}
    embed, products = by(encoder), packages(data)
    references = embed([_read(it / "iconic.jpg") for it in products])
    spread = _spread(products, photos)
    cosines = embed([_read(path) for _, path in spread]) @ references.T
    same = np.arange(len(products)) == np.array([number for number, _ in spread])[:, None]
    told = reliability(
        calibration, Pairs(cosines.ravel().tolist(), same.ravel().tolist()), prior=1 / len(products)
    )
    nearest = (embed([_read(it) for it in unseen(data)]) @ references.T).max(1)
    strangers = np.array([calibration.probability(float(it)) for it in nearest])
    own = np.array([calibration.probability(float(it)) for it in cosines[same]])
    return {
        "pairs": int(same.size),
        "expected calibration error": told.error,
        "unrelated with 0.40 or more": float((strangers >= 0.40).mean()),
        "unrelated with 0.65 or more": float((strangers >= 0.65).mean()),
        "unrelated with 0.85 or more": float((strangers >= 0.85).mean()),
        "own product with 0.65 or more": float((own >= 0.65).mean()),
        "levels": {f"{it:.1f}": calibration.probability(it) for it in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)},
    }


def _spread(products: list[Path], photos: int) -> list[tuple[int, Path]]:
    """(product, photograph), of all products evenly."""
    found = [
        (number, path) for number, it in enumerate(products) for path in sorted((it / "photos").iterdir())
    ]
    return found[:: max(1, len(found) // photos)] if photos else found


def speed(encoder: Encoder, pictures: Sequence[Pixels]) -> dict[str, float]:
    """Pictures a second at batch 16, by the clock; the machine should have nothing else to do."""
    ready = np.stack([encoder.prepare(it) for it in pictures[:16]])
    encoder.embed(ready)
    begun = time.perf_counter()
    for _ in range(8):
        encoder.embed(ready)
    embedded = time.perf_counter()
    for pixels in pictures[:16]:
        encoder.prepare(pixels)
    prepared = time.perf_counter()
    return {
        "threads": torch.get_num_threads(),
        "embed, pictures a second": 8 * 16 / (embedded - begun),
        "prepare, pictures a second": 16 / (prepared - embedded),
    }


def _read(path: Path) -> Pixels:
    return decode(path.read_bytes()).pixels


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", encoder="builtin", teacher="", seeds=2, photos=250, geometry=1)
    data = photographs(asked)
    encoder = Encoder.load(EncoderSpec(model=asked.encoder, device="cpu"), offline=True)
    sizes: dict[str, Any] = {"seeds": asked.seeds, "photos": asked.photos}
    report = {
        "encoder": encoder.key,
        **measure(data, by(encoder), geometry=bool(asked.geometry), **sizes),
        "without learning (16 x 16 colours)": measure(data, by_thumbnail, geometry=False, **sizes),
        "calibration": trust(data, encoder, photos=asked.photos),
        "speed": speed(encoder, [_read(it / "iconic.jpg") for it in packages(data)]),
    }
    if asked.teacher:
        report["teacher"] = measure(data, by_teacher(Path(asked.teacher)), geometry=False, **sizes)
    show(asked, report)
