"""A detector from a brand's own photographs, with what cross-validation says it is worth.

Photographs and negatives are dealt into folds. What a fold's pictures are told by knows none of them:
neither templates from their boxes nor a head that saw their crops. The standings that come of it give the
curve to probability, the threshold, and the precision and recall that are kept with the detector; the
detector itself is then trained on everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from scoring.errors import BrandKitError
from vision.marks.backbone import FINE_CELL, Floats, Pixels
from vision.marks.detector import CANDIDATES, CROP, Detector, Head, square
from vision.marks.embedding import SIDE, CropEmbedder
from vision.marks.windows import MARGIN, Place, Template, crop, distinct, find, grid_for, levels, template

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""

FEWEST, FOLDS = 5, 5
TURNS = (-16.0, 0.0, 16.0)
JITTERS = 12
"""Crops of each box that the head sees: the first as it is, the others moved, scaled and turned a little."""
_MOVE, _SCALE, _TURN = 0.07, 0.15, 16.0
_LEAST_PART = 80
"""Shorter side, in pixels, of a part of a photograph that is of use as a picture without the mark."""
FALSE_ALARMS = 0.02
"""The threshold lets at most this share of pictures without the mark pass, as cross-validation saw them."""
_LOOSE = 10.0
"""Inverse strength of the head's regularisation. Against other brands' photographs, packages and drawn goods,
marks found at 2 % false alarms: 55 % at 1, 59 % at 10, with the same negatives."""
_LIKENESS_WEIGHT = 0.6
"""Likeness's weight beside the head's, each in units of its spread on pictures without the mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A photograph with the mark on it."""

    name: str
    pixels: Pixels
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a detector did in cross-validation, picture by picture."""

    photographs: int
    boxes: int
    negatives: int
    found: int
    """Photographs on which the mark was found in its box."""
    false_alarms: int
    """Pictures without the mark on which it was found all the same."""

    @property
    def recall(self) -> float:
        """Share of the photographs on which it was found."""
        return self.found / self.photographs

    @property
    def precision(self) -> float:
        """Share of finds that were right, with as many pictures of each sort as there were."""
        finds = self.found + self.false_alarms
        return self.found / finds if finds else 0.0


@dataclass(slots=True, eq=False)
class _Looked:
    """A picture with the places that each fold's templates found on it, and their embeddings."""

    fold: int
    places: dict[str, list[Place]]
    vectors: dict[Place, Floats]
    boxes: tuple[Box, ...] = ()

    def best(self, folds: Sequence[int]) -> list[Place]:
        """What the templates of these folds would have found."""
        return distinct([place for fold in folds for place in self.places[str(fold)]], CANDIDATES)

    def stacked(self, places: Sequence[Place]) -> Floats:
        return np.stack([self.vectors[place] for place in places])

    def on_mark(self, place: Place) -> bool:
        """Whether a place lies on one of the boxes: its middle in the box's inner half."""
        return any(
            abs(place.x - (x + width / 2)) < 0.5 * max(place.size, width)
            and abs(place.y - (y + height / 2)) < 0.5 * max(place.size, height)
            for x, y, width, height in self.boxes
        )


def train(
    examples: Sequence[Example], negatives: Sequence[Pixels], embedder: CropEmbedder
) -> tuple[Detector, Worth]:
    """A detector of the mark that the examples show, and its worth.

    About 0.3 s a picture on one core. Raises `BrandKitError` where there are too few photographs or none to
    tell them from.
    """
    examples = [example for example in examples if example.boxes]
    if len(examples) < FEWEST:
        raise BrandKitError(
            f"{len(examples)} photographs show where the mark is; training takes {FEWEST} or more.",
            hint="Ten work, thirty to fifty work better: from several products, sides and lights.",
        )
    if len(negatives) < FOLDS:
        raise BrandKitError(
            f"{len(negatives)} pictures without the mark are too few to tell it from: it takes {FOLDS}.",
            hint="Name a folder of them with --negatives.",
        )
    folds = list(range(FOLDS))
    random = np.random.default_rng(0)
    templates = {str(fold): [] for fold in folds}  # type: dict[str, list[Template]]
    crops: list[tuple[int, Floats]] = []
    for number, example in enumerate(examples):
        for box in example.boxes:
            templates[str(number % FOLDS)] += _templates(example.pixels, box)
            crops.append((number % FOLDS, embedder.embed(_crops(example.pixels, box, random))))
    shown = [
        _look(example.pixels, number % FOLDS, templates, embedder, example.boxes)
        for number, example in enumerate(examples)
    ]
    plain = [_look(pixels, number % FOLDS, templates, embedder) for number, pixels in enumerate(negatives)]
    held_shown, held_plain = np.full(len(shown), -np.inf), np.full(len(plain), -np.inf)
    for fold in folds:
        others = [other for other in folds if other != fold]
        head = _head(crops, shown, plain, others)
        for held, pictures in ((held_shown, shown), (held_plain, plain)):
            for number, picture in enumerate(pictures):
                if picture.fold == fold:
                    held[number] = _standing(picture, head, others)
    slope, offset, accept = _curve(held_shown, held_plain)
    detector = Detector(
        embedding=embedder.key,
        templates=tuple(one for fold in folds for one in templates[str(fold)]),
        head=_head(crops, shown, plain, folds),
        slope=slope,
        offset=offset,
        accept=accept,
    )
    least = (np.log(accept / (1 - accept)) - offset) / slope
    worth = Worth(
        photographs=len(shown),
        boxes=len(crops),
        negatives=len(plain),
        found=int((held_shown >= least).sum()),
        false_alarms=int((held_plain >= least).sum()),
    )
    return detector, worth


def surroundings(example: Example) -> list[Pixels]:
    """What lies left, right, above and below of an example's boxes: pictures without the mark."""
    height, width = example.pixels.shape[:2]
    left, top = (int(min(box[axis] for box in example.boxes)) for axis in (0, 1))
    right, bottom = (int(max(box[axis] + box[axis + 2] for box in example.boxes)) + 1 for axis in (0, 1))
    rows, columns = slice(max(top, 0), bottom), slice(0, width)
    parts = [
        example.pixels[: max(top, 0), columns],
        example.pixels[min(bottom, height) :, columns],
        example.pixels[rows, : max(left, 0)],
        example.pixels[rows, min(right, width) :],
    ]
    return [np.ascontiguousarray(part) for part in parts if min(part.shape[:2]) >= _LEAST_PART]


def _look(
    pixels: Pixels,
    fold: int,
    templates: dict[str, list[Template]],
    embedder: CropEmbedder,
    boxes: tuple[Box, ...] = (),
) -> _Looked:
    places = find(
        levels(pixels), {name: known for name, known in templates.items() if known}, most=CANDIDATES
    )
    places = {name: places.get(name, []) for name in templates}
    every = list(dict.fromkeys(place for found in places.values() for place in found))
    vectors = embedder.embed([square(pixels, place) for place in every])
    return _Looked(fold, places, dict(zip(every, vectors, strict=True)), boxes)


def _head(
    crops: list[tuple[int, Floats]], shown: Sequence[_Looked], plain: Sequence[_Looked], folds: Sequence[int]
) -> Head:
    """Fitted on the crops of these folds against what their templates found where the mark is not."""
    marks = np.concatenate([vectors for fold, vectors in crops if fold in folds])
    wrong, places = [], list[Place]()
    for picture in (*plain, *shown):
        if picture.fold in folds:
            best = [place for place in picture.best(folds) if not picture.on_mark(place)]
            if best:
                wrong.append(picture.stacked(best))
                places += best
    others = np.concatenate(wrong)
    known = LogisticRegression(C=_LOOSE, class_weight="balanced", max_iter=500)
    known.fit(np.concatenate([marks, others]), np.repeat([1, 0], [len(marks), len(others)]))
    weights = known.coef_[0].astype(np.float32)
    judged = others @ weights
    likeness = np.array([place.likeness for place in places])
    spread, spread_of_likeness = max(float(judged.std()), 1e-6), max(float(likeness.std()), 1e-6)
    factor = _LIKENESS_WEIGHT / spread_of_likeness
    middle = float(judged.mean()) / spread + factor * float(likeness.mean())
    return Head(weights / np.float32(spread), -middle, factor)


def _standing(picture: _Looked, head: Head, folds: Sequence[int]) -> float:
    """The picture's highest: where it shows the mark, of places on it alone."""
    places = picture.best(folds)
    if picture.boxes:
        places = [place for place in places if picture.on_mark(place)]
    return float(head.judge(picture.stacked(places), places).max()) if places else -np.inf


def _curve(shown: Floats, plain: Floats) -> tuple[float, float, float]:
    """Slope and offset of the probability's curve, and the probability from which a find is one."""
    found, none = shown[np.isfinite(shown)], plain[np.isfinite(plain)]
    if not len(found) or not len(none):
        raise BrandKitError(
            "The mark was found again on none of the photographs held back.",
            hint="Check the boxes, and add photographs that show it larger and from the front.",
        )
    fitted = LogisticRegression(C=1.0, class_weight="balanced")
    fitted.fit(np.concatenate([found, none])[:, None], np.repeat([1, 0], [len(found), len(none)]))
    slope, offset = max(float(fitted.coef_[0, 0]), 1e-3), float(fitted.intercept_[0])
    least = float(np.quantile(plain, 1 - FALSE_ALARMS, method="higher"))
    accept = 1 / (1 + np.exp(-(slope * least + offset)))
    return slope, offset, float(np.clip(accept, 0.5, 0.99))


def _templates(pixels: Pixels, box: Box) -> list[Template]:
    x, y, width, height = box
    grid = grid_for(width, height)
    size = (grid.columns * FINE_CELL, grid.rows * FINE_CELL)
    scale = min(size[0] / width, size[1] / height) / MARGIN
    return [
        template(
            _turned(pixels, (x + width / 2, y + height / 2), size, scale, turn),
            side=scale * max(width, height),
            angle=turn,
        )
        for turn in TURNS
    ]


def _turned(
    pixels: Pixels, centre: tuple[float, float], size: tuple[int, int], scale: float, turn: float
) -> Pixels:
    """A rectangle around a point, at a scale, turned: (height, width, 3)."""
    longest = max(size)
    around = crop(pixels, centre, side=longest / scale, to=longest, angle=-turn)
    top, left = (longest - size[1]) // 2, (longest - size[0]) // 2
    return np.ascontiguousarray(around[top : top + size[1], left : left + size[0]])


def _crops(pixels: Pixels, box: Box, random: np.random.Generator) -> list[Pixels]:
    x, y, width, height = box
    side = max(width, height) * CROP
    crops = [crop(pixels, (x + width / 2, y + height / 2), side=side, to=SIDE)]
    for _ in range(JITTERS - 1):
        scaled = side * float(np.exp(random.uniform(-_SCALE, _SCALE)))
        across, down = random.uniform(-_MOVE, _MOVE, 2) * scaled
        crops.append(
            crop(
                pixels,
                (x + width / 2 + across, y + height / 2 + down),
                side=scaled,
                to=SIDE,
                angle=float(random.uniform(-_TURN, _TURN)),
            )
        )
    return crops
