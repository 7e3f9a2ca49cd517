"""A one-colour mark's outline, laid over a picture and judged.

The network says where a mark may be; this says whether it is. The outline is first moved over the place
at all scales and turns near the guess (by Fourier transforms over a small square), then drawn to the
nearest edges as an iterated least squares over the outline's normals. It is a mark where the outline
falls on edges of its own direction, and where what lies inside has one colour that the ground has not.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from vision.marks.backbone import Floats, Pixels
from vision.marks.windows import Place, Pyramid, crop

Doubles = npt.NDArray[np.float64]

_LONG = 128
"""The mask's long side. Marks that are 0.18 of a 348 px picture have 60 pixels."""
_PAD = 24
_POINTS = 260
_FEW = 130
SAMPLES = 40
"""Points inside the ink, and as many around it, whose colours are looked at for a first glance."""
_SQUARE = 160
"""Pixels of the square in which an outline is settled; the mark guessed has `_SQUARE / _ROOM` of them."""
_ROOM = 1.6
_COARSE = 96
_SHIFT = 18
"""Pixels of the coarse square by which the guess may be off."""
_SCALES = (0.78, 0.88, 1.0, 1.13, 1.28)
_TURNS = tuple(range(-27, 28, 6))
_NEAR_TURN = 13
_STARTS = 3
_PROMISING = 0.6
"""Fit of the best start below which a place is given up. Of 40 pasted and changed marks, those that an
outline found had 0.64 or more (one mirrored: 0.58), and of 3,740 other places four in five had less than
this."""
_PROMISING_AT = 0.4
"""The same where the pose is known nearly: colours have spoken for it already."""
PART_OF = (1.38, 1.63)
"""Scores of the whole between which a half may be there alone. Above, the whole is; below, halves of other
things fit as well (five of 3,740 places, all below 1.36)."""
_CLEAN = (1.88, 1.96)
"""Edges and ink together between which the ground comes to count half: black ink on a shoe that is partly
black lacks nothing but contrast there. Marks that were not there, on a ground like their ink,
had at most 1.85."""
CONTRAST = 8.0
"""Grey levels a pixel at which an edge counts half."""
_EDGE = 6.0
"""Grey levels a pixel from which an outline's point lies on an edge."""
_STEPS = np.linspace(-1, 1, 11)
INK_SLACK = 18.0
"""Grey levels by which ink may differ from its median in its worst channel: JPEG at quality 60 does so."""
GROUND_SHARE = 0.45
"""... or by this share of the ground's median distance, whichever is more: thin strokes blur."""
_LEAST = 20
"""Pixels of ink and of ground below which nothing is said."""


class Verdict(NamedTuple):
    """How well an outline fits where it was settled."""

    edges: float
    """Share of the outline that lies on edges of its direction."""
    ink: float
    """Share of the inside that has the inside's colour."""
    ground: float
    """Share of the ground around that has it too."""

    @property
    def score(self) -> float:
        """At most 2. `vision.marks.index` says from where a mark is found."""
        full = float(np.interp(self.edges + self.ink, _CLEAN, (1.0, 0.5)))
        return self.edges + self.ink - full * self.ground


class Settled(NamedTuple):
    """An outline laid over the picture."""

    whole: Verdict
    halves: tuple[Verdict, ...]
    """Of its left, right, upper and lower half alone."""
    quad: tuple[tuple[float, float], ...]
    """Corners of the artwork's box, in the picture's pixels."""


class _Frame(NamedTuple):
    """The square of the picture in which an outline is settled: its middle and its side."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Points of the outline around the mask's centre, in long sides, with their normals: (N, 2) each."""

    at: Doubles
    normal: Doubles

    @classmethod
    def of(cls, mask: Floats) -> Self:
        soft = cv2.GaussianBlur(mask, (0, 0), 1.2)
        across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
        steep = np.hypot(across, down)
        rows, columns = np.where(steep > 0.6 * np.maximum(cv2.dilate(steep, np.ones((3, 3))), 0.12))
        chosen = np.random.default_rng(0).permutation(len(rows))[:_POINTS]
        rows, columns = rows[chosen], columns[chosen]
        centre = (np.array(mask.shape[::-1]) - 1) / 2
        normal = np.stack([across[rows, columns], down[rows, columns]], axis=1).astype(np.float64)
        return cls(
            (np.stack([columns, rows], axis=1) - centre) / _LONG,
            normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9),
        )

    def first(self, count: int) -> "_Points":
        return _Points(self.at[:count], self.normal[:count])


class Outline:
    """A mark's mask with its outline, upright or mirrored."""

    def __init__(self, mask: Floats) -> None:
        """From a mask of ink, 0..1, cut to where there is ink."""
        height, width = mask.shape
        scale = _LONG / max(height, width)
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        fitted = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        self.mask = np.asarray(
            cv2.copyMakeBorder(fitted, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_CONSTANT), np.float32
        )
        self.half = np.array(size, np.float64) / 2 / _LONG
        """Half the box's sides, in long sides."""
        self._points = _Points.of(self.mask)

    @cached_property
    def _coarse(self) -> tuple[list[tuple[int, float]], npt.NDArray[np.complex64]]:
        """The outline's normals transformed for the coarse square, by turn and scale, turns in order."""
        tried = [(degrees, scale) for degrees in _TURNS for scale in _SCALES]
        spectra = []
        for degrees, scale in tried:
            turn = _rotation(np.deg2rad(degrees))
            normal = self._points.normal @ turn.T
            weights = (normal[:, 0] ** 2, 2 * normal[:, 0] * normal[:, 1], normal[:, 1] ** 2)
            at = np.rint(self._points.at @ turn.T * (_COARSE / _ROOM * scale)).astype(int) % _COARSE
            planes = np.zeros((3, _COARSE, _COARSE), np.float32)
            for plane, weight in zip(planes, weights, strict=True):
                np.add.at(plane, (at[:, 1], at[:, 0]), weight)
            spectra.append(np.asarray(np.conj(np.fft.rfft2(planes)) / len(at), np.complex64))
        return tried, np.stack(spectra)

    def settle(self, picture: Pixels | Pyramid, place: Place) -> Settled | None:
        """Lay the outline over the picture near `place`, as well as it can be; None where little fits."""
        side = place.size * _ROOM
        square = crop(picture, (place.x, place.y), side=side, to=_SQUARE)
        starts = self._starts(square, place.angle)
        edges = edge_map(square)
        if _fit(edges, self._points, starts).max() < _PROMISING:
            return None
        return self._settled(square, edges, starts, _Frame(place.x, place.y, side))

    def settle_at(self, picture: Pixels | Pyramid, pose: Doubles) -> Settled | None:
        """The same from a pose that is known nearly: (a, b, x, y) in the picture's pixels."""
        size = float(np.hypot(pose[0], pose[1]))
        frame = _Frame(float(pose[2]), float(pose[3]), size * _ROOM)
        square = crop(picture, (frame.x, frame.y), side=frame.side, to=_SQUARE)
        edges = edge_map(square)
        middle = (_SQUARE - 1) / 2
        start = np.array([[*(pose[:2] * (_SQUARE / frame.side)), middle, middle]])
        if _fit(edges, self._points, start)[0] < _PROMISING_AT:
            return None
        return self._settled(square, edges, start, frame)

    @cached_property
    def samples(self) -> Floats:
        """`SAMPLES` points well inside the ink, then as many around it in its box, in long sides: (N, 2)."""
        soft = cv2.GaussianBlur(self.mask, (0, 0), 1.5)
        boxed = np.zeros(soft.shape, np.bool_)
        boxed[_PAD // 2 : -_PAD // 2, _PAD // 2 : -_PAD // 2] = True
        centre = (np.array(self.mask.shape[::-1]) - 1) / 2
        deep = min(0.95, float(np.quantile(soft[self.mask > 0.5], 0.5)))
        found = []
        for where in ((soft >= deep) & boxed, (soft < 0.05) & boxed):
            rows, columns = np.nonzero(where)
            chosen = np.resize(np.random.default_rng(0).permutation(len(rows)), SAMPLES)
            found.append((np.stack([columns[chosen], rows[chosen]], axis=1) - centre) / _LONG)
        return np.concatenate(found).astype(np.float32)

    @cached_property
    def few(self) -> Floats:
        """Points of the outline with their normals, for a first glance: (`_FEW`, 4)."""
        both = np.concatenate([self._points.at, self._points.normal], axis=1)[:_FEW]
        return np.resize(both, (_FEW, 4)).astype(np.float32)

    def _settled(self, square: Pixels, edges: Floats, starts: Doubles, frame: _Frame) -> Settled:
        poses = _drawn(edges, self._points.first(_FEW), starts, _COARSE_PULL)
        fits = _fit(edges, self._points, poses)
        best = poses[[int(fits.argmax())]]
        polished = _drawn(edges, self._points, best, _FINE_PULL)
        if _fit(edges, self._points, polished)[0] < fits.max():
            polished = best
        pose = polished[0]
        whole, halves = self._judge(square, edges, pose)
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * self.half @ _matrix(pose).T + pose[2:]
        placed = (corners - (_SQUARE - 1) / 2) * (frame.side / _SQUARE) + (frame.x, frame.y)
        return Settled(whole, halves, tuple((float(x), float(y)) for x, y in placed))

    def _starts(self, square: Pixels, angle: float) -> Doubles:
        """The likeliest poses, (B, 4), by correlation over every shift at the scales and turns nearby."""
        small = np.asarray(cv2.resize(square, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA), np.uint8)
        edges = edge_map(small)
        energy = np.maximum(edges[..., 0] + edges[..., 2], 1e-3)
        strength = np.sqrt(energy) / (np.sqrt(energy) + CONTRAST)
        even = cv2.blur(edges * (strength / energy)[..., None], (3, 3))
        there = np.asarray(np.fft.rfft2(even.transpose(2, 0, 1).astype(np.float32)), np.complex64)
        keys, known = self._coarse
        near = [number for number, (degrees, _) in enumerate(keys) if abs(degrees - angle) <= _NEAR_TURN]
        tried, spectra = keys[near[0] : near[-1] + 1], known[near[0] : near[-1] + 1]
        product = there[0] * spectra[:, 0]
        product += there[1] * spectra[:, 1]
        product += there[2] * spectra[:, 2]
        middle = _COARSE // 2
        window = slice(middle - _SHIFT, middle + _SHIFT + 1)
        # Rows first: of those outside the window nothing more is needed.
        rows = np.fft.ifft(product, axis=1)[:, window]
        fits = np.fft.irfft(rows, n=_COARSE, axis=2)[:, :, window].reshape(len(tried), -1)
        where, width = fits.argmax(axis=1), 2 * _SHIFT + 1
        tops = fits[np.arange(len(tried)), where]
        step = _SQUARE / _COARSE
        poses = []
        for number in np.argsort(-tops, kind="stable")[:_STARTS]:
            degrees, scale = tried[number]
            radians, size = np.deg2rad(degrees), _SQUARE / _ROOM * scale
            down, across = divmod(int(where[number]), width)
            x, y = (middle - _SHIFT + offset + 0.5 for offset in (across, down))
            poses.append((size * np.cos(radians), size * np.sin(radians), x * step - 0.5, y * step - 0.5))
        return np.array(poses)

    def _judge(self, square: Pixels, edges: Floats, pose: Doubles) -> tuple[Verdict, tuple[Verdict, ...]]:
        size = float(np.hypot(pose[0], pose[1]))
        on_edge = _strongest(edges, self._points, pose[None], size / 80)[0] > _EDGE
        warp = np.column_stack(
            [
                _matrix(pose) / _LONG,
                pose[2:] - _matrix(pose) @ ((np.array(self.mask.shape[::-1]) - 1) / 2 / _LONG),
            ]
        )
        soft = cv2.GaussianBlur(self.mask, (0, 0), max(0.3, 0.45 * _LONG / max(size, 1.0)))
        laid = cv2.warpAffine(soft, warp, (_SQUARE, _SQUARE))
        boxed = cv2.warpAffine(np.ones_like(self.mask), warp, (_SQUARE, _SQUARE)) > 0.5
        inside, ground = laid > 0.8, (laid < 0.12) & boxed
        on_edge_share = float(on_edge.mean())
        if inside.sum() < _LEAST or ground.sum() < _LEAST:
            return Verdict(on_edge_share, 0.0, 0.0), ()
        deep = inside & (laid >= np.median(laid[inside]))
        off = np.zeros(laid.shape, np.float32)
        for plane in cv2.split(square):
            off = np.maximum(off, np.abs(plane - np.float32(np.median(plane[deep]))))
        same = off < max(INK_SLACK, GROUND_SHARE * float(np.median(off[ground])))
        whole = Verdict(on_edge_share, float(same[inside].mean()), float(same[ground].mean()))
        if not PART_OF[0] <= whole.score < PART_OF[1]:
            return whole, ()
        rows, columns = np.mgrid[0:_SQUARE, 0:_SQUARE]
        own = np.stack([columns - pose[2], rows - pose[3]], axis=-1) @ _matrix(pose)
        halves = []
        for axis in (0, 1):
            for way in (-1, 1):
                part, points = own[..., axis] * way > 0, self._points.at[:, axis] * way > 0
                within, around = inside & part, ground & part
                if min(within.sum(), around.sum()) < _LEAST or points.sum() < _LEAST:
                    continue
                halves.append(
                    Verdict(
                        float(on_edge[points].mean()), float(same[within].mean()), float(same[around].mean())
                    )
                )
        return whole, tuple(halves)


_COARSE_PULL = (0.06, 0.05, 0.04, 0.03)
_FINE_PULL = (0.03, 0.025, 0.02)
"""How far, in long sides, edges are looked for along the normals, step by step."""


def _rotation(radians: float) -> Doubles:
    return np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])


def _matrix(pose: Doubles) -> Doubles:
    """A pose (a, b, x, y) turns and scales by [[a, -b], [b, a]] and moves to (x, y)."""
    return np.array([[pose[0], -pose[1]], [pose[1], pose[0]]])


_SUMMED = np.ones((1, 3), np.float32)
"""Sums three channels; numpy's own sum over so short an axis takes four times as long."""


def edge_map(square: Pixels) -> Floats:
    """Of a picture's colours: the structure tensor, (H, W, 3): xx, xy, yy."""
    soft = cv2.GaussianBlur(square, (0, 0), 1.0)
    # Whole numbers: nothing is rounded, and 16 bits are twice as quick as floats.
    across = np.asarray(cv2.Sobel(soft, cv2.CV_16S, 1, 0), np.float32) / 8
    down = np.asarray(cv2.Sobel(soft, cv2.CV_16S, 0, 1), np.float32) / 8
    parts = [cv2.transform(pair, _SUMMED) for pair in (across * across, across * down, down * down)]
    return np.asarray(cv2.merge(parts), np.float32)


def _along(edges: Floats, points: _Points, poses: Doubles, offsets: Doubles) -> tuple[Floats, Doubles]:
    """The strength of edges across each point's normal, (B, N, K), at K offsets along it; the normals."""
    a, b, x, y = (column[:, None] for column in poses.T)
    size = np.maximum(np.hypot(a, b), 1e-9)
    (px, py), (nx, ny) = points.at.T, points.normal.T
    normal_x, normal_y = (a * nx - b * ny) / size, (b * nx + a * ny) / size
    steps = offsets[:, None, :]
    looked_x = ((a * px - b * py + x)[..., None] + steps * normal_x[..., None]).astype(np.float32)
    looked_y = ((b * px + a * py + y)[..., None] + steps * normal_y[..., None]).astype(np.float32)
    flat = (len(poses), -1)
    there = cv2.remap(
        edges,
        looked_x.reshape(flat),
        looked_y.reshape(flat),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(*looked_x.shape, 3)
    across, down = normal_x[..., None].astype(np.float32), normal_y[..., None].astype(np.float32)
    squared = there[..., 0] * (across * across)
    squared += there[..., 1] * (2 * across * down)
    squared += there[..., 2] * (down * down)
    return np.sqrt(np.maximum(squared, 0)), np.stack([normal_x, normal_y], axis=2)


def _strongest(edges: Floats, points: _Points, poses: Doubles, unit: float) -> Doubles:
    """Each point's strongest edge within one and a half units: (B, N)."""
    offsets = np.array([[-1.5, -0.75, 0, 0.75, 1.5]]) * max(1.0, unit)
    there, _ = _along(edges, points, poses, np.repeat(offsets, len(poses), axis=0))
    return np.asarray(there.max(axis=2), np.float64)


def _fit(edges: Floats, points: _Points, poses: Doubles) -> Doubles:
    """How well each pose fits, (B,): the mean over the outline of its edges' strength, 0..1."""
    strength = _along(edges, points, poses, np.zeros((len(poses), 1)))[0][..., 0]
    return np.asarray((strength / (strength + CONTRAST)).mean(axis=1))


def _drawn(edges: Floats, points: _Points, poses: Doubles, reaches: tuple[float, ...]) -> Doubles:
    """Poses drawn towards the nearest strong edges, one least-squares step for each reach."""
    for reach in reaches:
        offsets = _STEPS[None] * reach * np.hypot(poses[:, 0], poses[:, 1])[:, None]
        strength, normal = _along(edges, points, poses, offsets)
        # Nearer edges are preferred a little, or a parallel stroke's outer edge wins by a grey level.
        appeal = strength / (strength + CONTRAST) * (1 - 0.35 * np.abs(_STEPS))
        chosen, weight = appeal.argmax(axis=2), appeal.max(axis=2)
        pull = np.take_along_axis(np.broadcast_to(offsets[:, None], strength.shape), chosen[..., None], 2)[
            ..., 0
        ]
        x, y = points.at[:, 0], points.at[:, 1]
        terms = np.stack(
            [
                x * normal[..., 0] + y * normal[..., 1],
                x * normal[..., 1] - y * normal[..., 0],
                normal[..., 0],
                normal[..., 1],
            ],
            axis=2,
        )
        weighted = terms * weight[..., None]
        # A ridge keeps an outline that fixes no scale or turn (one straight stroke) from flying off.
        across = weighted.transpose(0, 2, 1)
        squares = across @ terms + np.diag([0.05, 0.05, 1e-4, 1e-4])
        poses = poses + np.linalg.solve(squares, across @ pull[..., None])[..., 0]
    return poses
