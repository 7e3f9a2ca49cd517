"""The few of many references that geometry should look at: votes of a picture's visual words.

Each keypoint of the picture, and of its mirror image, votes for the references that have a keypoint of the
same word and nearly the same signature. Votes for one reference count together only where they agree on how
it is turned and scaled (the weak geometric consistency of Jégou et al., 2008). Nothing is rounded, so a
shortlist does not depend on the machine or on the order of work.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.descriptor_matching import mirrored
from vision.local_features import LocalFeatures
from vision.visual_words import WORDS, Descriptors, Signatures, VisualWords, Words, visual_words

_TURNS, _PER_TURN = 12, 8
"""Bins of a full turn, and steps of a bin: 30° each."""
_SCALES, _PER_SCALE, _PER_OCTAVE = 12, 8, 12
"""Bins of a scale, steps of a bin and of an octave: two thirds of one a bin, four octaves either way."""
_AT_A_TIME = 1 << 18
"""Keypoints compared at once: what they take stays in a core's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistSettings:
    """Every number that a shortlist depends on; measured by `python -m benchmarks.shortlist`."""

    exact_up_to: int = 40
    """So many references are all looked at: a shortlist would cost as much."""
    length: int = 20
    """References that geometry looks at: about 3 ms each."""
    words: int = 4
    """Words that a keypoint of the picture is looked up under; references' are filed under one."""
    bits: int = 20
    """Of 64, in which the signatures of a vote differ at most."""
    crowded: int = 3000
    """Keypoints of one word from which it is not looked up: so common a corner tells nothing."""
    considered: int = 300
    """References with the most votes whose votes are put to the test of agreement."""


DEFAULT_SHORTLIST = ShortlistSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A reference that geometry should look at, and what speaks for it."""

    key: str
    upright: npt.NDArray[np.int64]
    """Keypoints of the picture that voted for it, in order ..."""
    mirrored: npt.NDArray[np.int64]
    """... and those of its mirror image."""


@dataclass(frozen=True, slots=True, eq=False)
class _Filed:
    """One or many references' keypoints as they are looked up, 14 bytes each."""

    words: Words
    signatures: Signatures
    turns: npt.NDArray[np.uint8]
    """Angles in 96 steps to a full turn."""
    scales: npt.NDArray[np.uint8]
    """Logarithms of diameters, 12 steps to an octave."""

    def __len__(self) -> int:
        return len(self.words)

    def chosen(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "_Filed":
        return _Filed(self.words[which], self.signatures[which], self.turns[which], self.scales[which])


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """All of them in the order of their words; never changed once built."""

    filed: _Filed
    owners: npt.NDArray[np.int32]
    """(P,): which of `keys` has it."""
    starts: npt.NDArray[np.int64]
    """(WORDS + 1,): where each word's begin."""
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """(V,) each: a keypoint of the picture for a reference."""

    voters: npt.NDArray[np.int64]
    """Keypoints of the picture; those of its mirror image follow them."""
    entries: npt.NDArray[np.int64]
    """Rows of the table."""
    weights: npt.NDArray[np.int64]


_NOTHING = _Filed(
    np.empty(0, np.uint16), np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty(0, np.uint8)
)
_EMPTY = _Table(_NOTHING, np.empty(0, np.int32), np.zeros(WORDS + 1, np.int64), ())


class Shortlist:
    """References, by their visual words. Threads may search and add at once; it pickles."""

    def __init__(
        self, *, settings: ShortlistSettings = DEFAULT_SHORTLIST, words: VisualWords | None = None
    ) -> None:
        self._settings = settings
        self._words = words or visual_words()
        self._table = _EMPTY
        self._fresh: dict[str, _Filed] = {}
        self._gone: set[str] = set()
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, object]:
        self._laid_out()
        return {"_settings": self._settings, "_words": self._words, "_table": self._table}

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._fresh, self._gone, self._lock = {}, set(), threading.Lock()

    def add(self, key: str, features: LocalFeatures) -> None:
        """File a reference; a key that stands is replaced. About 1 ms; the next search files all new ones."""
        words = self._words.words(features.descriptors)
        turns, scales = _steps(features)
        filed = _Filed(words[:, 0], self._words.signatures(features.descriptors, words)[:, 0], turns, scales)
        with self._lock:
            self._gone.add(key)
            self._fresh[key] = filed

    def remove(self, key: str) -> None:
        """Forget a reference."""
        with self._lock:
            self._gone.add(key)
            self._fresh.pop(key, None)

    def nearest(self, features: LocalFeatures) -> list[str]:
        """The keys that agree most with a picture, the best first; fewer where fewer have any vote."""
        return [it.key for it in self.candidates(features)]

    def candidates(self, features: LocalFeatures) -> list[Candidate]:
        """The same, each with the keypoints that voted for it."""
        table = self._laid_out()
        if not len(features) or not table.keys:
            return []
        turned = mirrored(features)
        votes = self._votes(table, np.concatenate([features.descriptors, turned.descriptors]))
        owners = table.owners[votes.entries].astype(np.int64)
        sides = owners * 2 + (votes.voters >= len(features))
        plain = np.bincount(sides, votes.weights, 2 * len(table.keys)).reshape(-1, 2).max(1)
        best = np.argsort(-plain, kind="stable")[: self._settings.considered]
        best = best[plain[best] > 0]
        rank = np.full(len(table.keys), -1)
        rank[best] = np.arange(len(best))
        kept = rank[owners] >= 0
        voters, entries = votes.voters[kept], votes.entries[kept]
        turns, scales = (np.concatenate(it) for it in zip(_steps(features), _steps(turned), strict=True))
        rows = rank[owners[kept]] + len(best) * (sides[kept] % 2)
        agreed = _agreement(
            rows, turns[voters], scales[voters], table.filed.chosen(entries), votes.weights[kept]
        )
        agreed = np.resize(np.pad(agreed, (0, 2 * len(best) - len(agreed))), (2, len(best))).max(0)
        order = np.argsort(-agreed, kind="stable")[: self._settings.length]
        return [
            Candidate(
                table.keys[best[at]],
                np.sort(voters[rows == at]),
                np.sort(voters[rows == at + len(best)]) - len(features),
            )
            for at in order
        ]

    def _votes(self, table: _Table, descriptors: Descriptors) -> _Votes:
        """One vote of a keypoint for a reference at most, by the nearest signature."""
        words = self._words.words(descriptors, nearest=self._settings.words)
        signatures = self._words.signatures(descriptors, words)
        found = [*self._alike(table, words.ravel(), signatures.ravel())]
        voters, entries, distances = (np.concatenate(part) for part in zip(*found, strict=True))
        voters //= self._settings.words
        owners = table.owners[entries]
        order = np.lexsort((entries, distances, owners, voters))
        voters, entries, distances, owners = (it[order] for it in (voters, entries, distances, owners))
        once = np.ones(len(voters), np.bool_)
        once[1:] = (voters[1:] != voters[:-1]) | (owners[1:] != owners[:-1])
        voters, entries, distances = voters[once], entries[once], distances[once]
        # A keypoint that many references have tells less of each: a stripe's end, a letter.
        shared = np.bincount(voters, minlength=len(descriptors))[voters]
        nearness = np.exp(-2 * (np.arange(self._settings.bits + 1) / self._settings.bits) ** 2)
        weights = np.rint(np.rint(4096 * nearness)[distances] / np.sqrt(shared)).astype(np.int64)
        return _Votes(voters, entries, weights)

    def _alike(
        self, table: _Table, words: Words, signatures: Signatures
    ) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]]:
        """Which of the lookups met which rows of the table, and how many bits apart."""
        yield np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint8)
        starts = table.starts[words]
        counts = table.starts[words.astype(np.int64) + 1] - starts
        # Word by word, so that the table is read from front to back.
        order = np.argsort(words, kind="stable")
        order = order[(counts[order] > 0) & (counts[order] <= self._settings.crowded)]
        ends = np.cumsum(counts[order])
        begin = 0
        while begin < len(order):
            done = int(ends[begin - 1]) if begin else 0
            end = max(begin + 1, int(np.searchsorted(ends, done + _AT_A_TIME, "right")))
            some = order[begin:end]
            lookups = np.repeat(some, counts[some])
            shift = starts[some] - (ends[begin:end] - counts[some] - done)
            entries = np.arange(len(lookups)) + np.repeat(shift, counts[some])
            apart = np.bitwise_count(table.filed.signatures[entries] ^ signatures[lookups])
            near = np.flatnonzero(apart <= self._settings.bits)
            yield lookups[near], entries[near], apart[near]
            begin = end

    def _laid_out(self) -> _Table:
        if not self._fresh and not self._gone:
            return self._table
        with self._lock:
            if self._fresh or self._gone:
                self._table = _merged(self._table, self._fresh, self._gone)
                self._fresh, self._gone = {}, set()
            return self._table


def _merged(table: _Table, fresh: dict[str, _Filed], gone: set[str]) -> _Table:
    stays = np.array([key not in gone for key in table.keys], np.bool_)
    keys = (*(key for key in table.keys if key not in gone), *fresh)
    kept = stays[table.owners]
    old = table.filed.chosen(kept)
    parts = [old, *fresh.values()]
    owners = np.concatenate(
        [
            (np.cumsum(stays) - 1)[table.owners[kept]],
            np.repeat(np.arange(int(stays.sum()), len(keys)), [len(it) for it in fresh.values()]),
        ]
    ).astype(np.int32)
    words = np.concatenate([it.words for it in parts])
    order = np.argsort(words, kind="stable")
    filed = _Filed(
        words[order],
        np.concatenate([it.signatures for it in parts])[order],
        np.concatenate([it.turns for it in parts])[order],
        np.concatenate([it.scales for it in parts])[order],
    )
    starts = np.zeros(WORDS + 1, np.int64)
    starts[1:] = np.cumsum(np.bincount(words, minlength=WORDS))
    return _Table(filed, owners[order], starts, keys)


def _steps(features: LocalFeatures) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    turns = np.floor(features.frames[:, 3] / (2 * np.pi) * _TURNS * _PER_TURN) % (_TURNS * _PER_TURN)
    octaves = np.log2(np.maximum(features.frames[:, 2], 1))
    return turns.astype(np.uint8), np.minimum(np.rint(octaves * _PER_OCTAVE), 255).astype(np.uint8)


def _agreement(
    rows: npt.NDArray[np.int64],
    turns: npt.NDArray[np.uint8],
    scales: npt.NDArray[np.uint8],
    reference: _Filed,
    weights: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """(rows.max() + 1,) the weight of each row's largest agreeing group of votes.

    A vote counts in its own bin of turn and scale and in the neighbours that it lies nearest to.
    """
    turn = (turns.astype(np.int64) - reference.turns) % (_TURNS * _PER_TURN)
    scale = scales.astype(np.int64) - reference.scales + _SCALES * _PER_SCALE // 2
    scale = np.clip(scale, 0, _SCALES * _PER_SCALE - 1)
    bins = np.zeros((int(rows.max(initial=-1)) + 1) * _TURNS * _SCALES)
    for turn_bin in (turn // _PER_TURN, _next(turn, _PER_TURN) % _TURNS):
        for scale_bin in (scale // _PER_SCALE, np.clip(_next(scale, _PER_SCALE), 0, _SCALES - 1)):
            bins += np.bincount((rows * _TURNS + turn_bin) * _SCALES + scale_bin, weights, len(bins))
    return np.asarray(bins.reshape(-1, _TURNS * _SCALES).max(1))


def _next(steps: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.int64]:
    """The bin beside a step's own, on the side that it is nearer to."""
    return steps // width + np.where(steps % width * 2 >= width, 1, -1)
