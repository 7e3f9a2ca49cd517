"""Finds the visual words that are shipped: centres of the halves of drawn packages' local descriptors.

Nobody's photographs are used. Run it again only where describing changes; every index then changes too.
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.cluster import MiniBatchKMeans

from benchmarks._report import options, show
from vision.geometry import describe
from vision.training.edits import edited
from vision.training.faces import Brand, draw_package
from vision.training.scenes import snapshot, studio
from vision.visual_words import CENTRES, Descriptors, VisualWords

SEED = 4_000_003
"""Far from the seeds of training, calibration and the shortlist's benchmark."""


def drawn(brands: int) -> Descriptors:
    """(N, 128): of a studio picture, two snapshots and an edited copy of one package of each brand."""
    found = []
    for number in range(brands):
        rng = np.random.default_rng([SEED, number])
        brand, can = Brand.drawn(rng, []), bool(rng.random() < 0.25)
        siblings = [draw_package(brand, rng, []) for _ in range(3)]
        shown = [studio(siblings[0], rng, can=can)]
        shown += [snapshot(siblings[0], rng, siblings, [], can=can) for _ in range(2)]
        shown.append(edited(shown[0], rng, []))
        found += [describe(pixels).descriptors for pixels in shown]
    return np.concatenate(found)


def learnt(descriptors: Descriptors) -> VisualWords:
    """The words of (N, 128) descriptors."""
    centres = []
    for half in np.split(descriptors.astype(np.float32), 2, axis=1):
        means = MiniBatchKMeans(CENTRES, batch_size=8192, n_init=1, max_iter=30, random_state=0).fit(half)
        centres.append(np.clip(np.rint(means.cluster_centers_), 0, 255).astype(np.uint8))
    return VisualWords(np.stack(centres), directions())


def directions() -> npt.NDArray[np.int8]:
    """(64, 128) of 1 and -1, orthogonal: half of a Hadamard matrix's rows, some columns turned over."""
    rng = np.random.default_rng(SEED)
    matrix = np.ones((1, 1), np.int8)
    while len(matrix) < 128:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    rows = np.sort(rng.permutation(np.arange(1, 128))[:64])
    return np.asarray(matrix[rows] * rng.choice(np.array([-1, 1], np.int8), 128), np.int8)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", brands=800, out="")
    taken = drawn(asked.brands)
    if asked.out:
        Path(asked.out).write_bytes(learnt(taken).to_bytes())
    show(asked, {"descriptors": len(taken), "written to": asked.out or "nowhere: name a file with --out"})
