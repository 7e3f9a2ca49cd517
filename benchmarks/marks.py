"""How well marks are found: pasted from artwork, and learned from ten photographs.

    python -m benchmarks.marks FOLDER artwork [--pictures 120]
    python -m benchmarks.marks FOLDER photographs [--out DIR]

FOLDER holds logo-artwork/, logos-in-photos/, grocery/produce/ and shoes/. Detectors are trained on each
brand's ten examples, one half of the pictures without it, the other brands' examples and drawn lettering, and
tried on its other photographs and the other half. All the shoes are one brand's: for nike they are no
negatives. `photographs` keeps what it trains in DIR and draws the curves there.
"""

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from benchmarks.mark_pictures import Negatives, Photograph, photographs
from cluster.mark_training import LETTERING
from tests.scenarios.composited_marks import ink, paste_mark
from vision.decode import decode
from vision.marks.artwork import Artwork
from vision.marks.detector import Detector
from vision.marks.embedding import BuiltIn
from vision.marks.index import MarkIndex
from vision.marks.lettering import drawn_lettering
from vision.marks.training import Example, train
from vision.svg import render_svg

HANDFUL = 5
"""Marks looked for at once."""
FALSE_ALARMS = 0.02


def main() -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=["artwork", "photographs"])
    parser.add_argument("--pictures", type=int, default=120)
    parser.add_argument("--out", type=Path, default=Path("marks-benchmark"))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    if arguments.what == "artwork":
        _artwork(arguments.folder, arguments.pictures)
    else:
        _photographs(arguments.folder, arguments.out)


def _artwork(folder: Path, pictures: int) -> None:
    """Each picture is searched for a handful of marks, once as it is and once with one of them on it."""
    marks = _some_marks(folder / "logo-artwork")
    negatives = Negatives.of(folder)
    grounds = [path for pair in zip(negatives.report, negatives.report_shoes, strict=False) for path in pair]
    found, mirrored, wrong, alarms, seconds = 0, 0, 0, 0, 0.0
    tried = list(islice(grounds, pictures))
    for number, path in enumerate(tried):
        names = [
            name for name, _, _ in (marks[(HANDFUL * number + step) % len(marks)] for step in range(HANDFUL))
        ]
        handful = [marks[(HANDFUL * number + step) % len(marks)] for step in range(HANDFUL)]
        index = MarkIndex(artworks={name: artwork for name, artwork, _ in handful})
        ground = decode(path.read_bytes()).pixels
        pasted = paste_mark(ground, handful[0][2], np.random.default_rng(number))
        there = index.find(pasted.pixels, _built_in)
        found += any(hit.key == names[0] for hit in there)
        mirrored += any(hit.key == names[0] and hit.mirrored for hit in there)
        wrong += any(hit.key != names[0] for hit in there)
        start = time.process_time()  # the second search: outlines are made ready once for many pictures
        alarms += bool(plain := index.find(ground, _built_in))
        seconds += time.process_time() - start
        if plain or not any(hit.key == names[0] for hit in there):
            print(
                f"  {path.name}: {names[0]}; found {[(h.key, round(h.probability, 2)) for h in there]}, "
                f"without it {[(h.key, round(h.probability, 2)) for h in plain]}",
                flush=True,
            )
    count = len(tried)
    print(f"pasted marks found: {found}/{count} = {found / count:.3f} ({mirrored} called mirrored)")
    print(
        f"pictures without a mark where one of {HANDFUL} was found: {alarms}/{count} = {alarms / count:.3f}"
    )
    print(f"pictures with a mark where another was found: {wrong}/{count} = {wrong / count:.3f}")
    print(f"CPU seconds a picture and {HANDFUL} marks: {seconds / count:.3f}")


def _some_marks(folder: Path, every: int = 5) -> list[tuple[str, Artwork, npt.NDArray[np.float32]]]:
    """Every fifth piece of artwork, from the fourth on: thresholds come of the first and the third."""
    marks = []
    for path in sorted(folder.glob("*.svg"))[3::every]:
        drawn = render_svg(path.read_bytes(), long_side=256).pixels
        artwork = Artwork.of(drawn)
        if artwork is not None:
            marks.append((path.stem, artwork, ink(drawn)))
        else:
            print(f"  {path.stem} has no shape to go by")
    return marks


def _photographs(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    negatives, known = Negatives.of(folder), photographs(folder / "logos-in-photos")
    brands = sorted({photograph.brand for photograph in known})
    detectors = {brand: _detector(brand, known, negatives, out) for brand in brands}
    index = MarkIndex(detectors={brand: replace(one, accept=0.0) for brand, one in detectors.items()})
    tests = [photograph for photograph in known if not photograph.few_shot]
    start = time.process_time()
    shown = _chances(index, (photograph.path for photograph in tests))
    produce, shoes = _chances(index, negatives.report), _chances(index, negatives.report_shoes)
    seconds = (time.process_time() - start) / (
        len(tests) + len(negatives.report) + len(negatives.report_shoes)
    )
    curves, recalls = {}, []
    for brand in brands:
        of_brand = np.array([photograph.brand == brand for photograph in tests])
        right, others = _column(shown, brand)[of_brand], _column(shown, brand)[~of_brand]
        none = np.concatenate(
            [_column(produce, brand), *([] if brand == "nike" else [_column(shoes, brand)])]
        )
        curves[brand] = (right, none)
        least, accept = np.quantile(none, 1 - FALSE_ALARMS), detectors[brand].accept
        recalls.append(float((right > least).mean()))
        print(
            f"{brand:<8} at 2 % false alarms {recalls[-1]:.2f}; as trained: "
            f"recall {(right >= accept).mean():.2f}, false alarms {(none >= accept).mean():.3f} of "
            f"{len(none)}, on other brands' photographs {(others >= accept).mean():.3f}"
        )
    print(f"mean recall at 2 % false alarms: {np.mean(recalls):.3f}")
    print(f"CPU seconds a picture and {len(brands)} detectors: {seconds:.3f}")
    (out / "chances.json").write_text(
        json.dumps(
            {
                brand: {"shown": right.tolist(), "none": none.tolist()}
                for brand, (right, none) in curves.items()
            }
        )
    )
    _draw(curves, out / "marks-in-photographs.svg")


def _detector(brand: str, known: Sequence[Photograph], negatives: Negatives, out: Path) -> Detector:
    path = out / f"{brand}.npz"
    if path.exists():
        return Detector.from_bytes(path.read_bytes())
    examples = [
        Example(one.path.name, decode(one.path.read_bytes()).pixels, one.boxes)
        for one in known
        if one.brand == brand and one.few_shot
    ]
    others = [*negatives.train, *([] if brand == "nike" else negatives.train_shoes)]
    others += [one.path for one in known if one.brand != brand and one.few_shot]
    plain = [*(decode(other.read_bytes()).pixels for other in others), *drawn_lettering(LETTERING)]
    detector, worth = train(examples, plain, BuiltIn())
    print(
        f"{brand:<8} cross-validation: {worth}, precision {worth.precision:.2f}, recall {worth.recall:.2f}",
        flush=True,
    )
    path.write_bytes(detector.to_bytes())
    return detector


def _chances(index: MarkIndex, paths: Iterable[Path]) -> list[dict[str, float]]:
    found = []
    for path in paths:
        hits = index.find(decode(path.read_bytes()).pixels, _built_in)
        found.append({hit.key: hit.probability for hit in hits})
    return found


def _built_in(_: str) -> BuiltIn:
    return BuiltIn()


def _column(chances: Sequence[dict[str, float]], brand: str) -> npt.NDArray[np.float64]:
    return np.array([picture.get(brand, 0.0) for picture in chances])


def _draw(curves: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]], path: Path) -> None:
    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of what draws

    figure, axes = plt.subplots(figsize=(6, 4.5))
    alarms = np.linspace(0, 0.2, 101)
    for brand, (right, none) in curves.items():
        axes.plot(alarms, [(right > np.quantile(none, 1 - share)).mean() for share in alarms], label=brand)
    axes.axvline(FALSE_ALARMS, color="grey", linewidth=0.8, linestyle="--")
    axes.set(
        xlabel="false alarms, share of pictures", ylabel="marks found, share of photographs", ylim=(0, 1)
    )
    axes.legend(loc="lower right")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
