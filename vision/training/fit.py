"""Training: what shows one product comes together, what shows another goes apart, a teacher's view beside it.

Every step's choices come from (seed, step) alone, and a checkpoint holds everything else, so a run
that was stopped goes on as if it had not been: bit for bit on one thread.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from scoring.errors import EncoderError
from vision.training.model import Student, normalised
from vision.training.views import SHARD, SIZE, VIEWS, read_views

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How long, how fast and on how much at a time."""

    steps: int = 1000
    groups: int = 48
    """Groups in a batch, two views of each: 96 pictures."""
    side: int = 128
    """Pixels that views are wide."""
    small: int = 96
    small_until: float = 0.6
    """Until this share of the steps they are this many pixels wide: nearly twice as many steps an hour."""
    rate: float = 2e-3
    warm_up: int = 80
    decay: float = 0.05
    temperature: float = 0.08
    lessons: float = 2.0
    """Weight of the teacher's loss, falling to a quarter of it over the course."""
    studio: float = 0.0
    """Share of a batch's groups of which the shop's own picture is one of the two views."""
    mirrored: float = 0.3
    """Share of the views that are mirrored, which the teacher has not seen."""
    seed: int = 1
    keep_every: int = 100


COURSES = (
    Course(),
    Course(steps=1300, rate=1.5e-3, small_until=0.3, studio=0.5, seed=2),
    Course(
        steps=1500, rate=1.5e-3, side=SIZE, small=128, small_until=0.4,
        studio=0.5, lessons=10.0, mirrored=0.1, seed=3, keep_every=50,
    ),
)  # fmt: skip
"""What the built-in encoder went through, one after the other: some 38 minutes of one core."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One batch."""

    views: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    taught: npt.NDArray[np.float32] | None
    shown: npt.NDArray[np.bool_]
    """Which of the views the teacher has seen."""


class Lessons:
    """Batches of whole families, so that siblings are told apart; the step's number decides which."""

    def __init__(self, folder: Path, course: Course) -> None:
        self._shards, groups = read_views(folder)
        self._labels, families = groups[:, 0], groups[:, 1]
        if sum(map(len, self._shards)) != len(groups):
            raise EncoderError(
                f"The views in {folder} are not complete.", hint="Run the command again: it goes on."
            )
        self._course = course
        _, starts = np.unique(families, return_index=True)
        self._families = np.split(np.arange(len(groups)), np.sort(starts)[1:])
        taught = folder / "teacher.npy"
        self._taught = np.load(taught, mmap_mode="r") if taught.exists() else None

    def __getitem__(self, step: int) -> Lesson:
        rng = np.random.default_rng([self._course.seed, step])
        chosen: list[int] = []
        for family in rng.permutation(len(self._families)):
            chosen += self._families[family].tolist()
            if len(chosen) >= self._course.groups:
                break
        groups = np.array(chosen[: self._course.groups])
        first = rng.integers(0, VIEWS, len(groups))
        first[: int(self._course.studio * len(groups))] = 0
        second = (first + rng.integers(1, VIEWS, len(groups))) % VIEWS
        where, which = np.tile(groups, 2), np.concatenate([first, second])
        views = np.stack(
            [
                self._shards[group // SHARD][group % SHARD][view]
                for group, view in zip(where, which, strict=True)
            ]
        )
        mirrored = rng.random(len(views)) < self._course.mirrored
        views[mirrored] = views[mirrored, :, ::-1]
        shown = ~mirrored
        taught = None if self._taught is None else self._taught[where, which].astype(np.float32)
        return Lesson(views, self._labels[where], taught, shown)


def contrast(vectors: torch.Tensor, labels: torch.Tensor, temperature: float) -> torch.Tensor:
    """Supervised contrastive loss (Khosla et al. 2020): each view against its own product, over all."""
    alike = vectors @ vectors.T / temperature
    alike.fill_diagonal_(-torch.inf)
    same = labels[:, None] == labels[None, :]
    same.fill_diagonal_(fill_value=False)
    share = torch.log_softmax(alike, dim=1).masked_fill(~same, 0)
    return -(share.sum(1) / same.sum(1).clamp(min=1)).mean()


def fit(
    folder: Path,
    views: Path,
    course: Course,
    *,
    tell: Callable[[int, dict[str, float]], None],
    after: Path | None = None,
) -> Student:
    """Train, from the last checkpoint in `folder` where there is one; `tell(step, losses)` after a step.

    `after` is the checkpoint of an earlier course, whose weights this one begins with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lessons = Lessons(views, course)
    torch.manual_seed(course.seed)
    student = Student().to(memory_format=torch.channels_last)
    learnt = [it for it in student.parameters() if it.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": [it for it in learnt if it.ndim > 1], "weight_decay": course.decay},
            {"params": [it for it in learnt if it.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=course.rate,
    )
    kept = folder / CHECKPOINT
    if after is not None:
        student.load_state_dict(torch.load(after, weights_only=True)["student"])
    begin = _resume(kept, student, optimiser, course) if kept.exists() else 0
    for step in range(begin, course.steps):
        losses = _step(student, optimiser, lessons[step], course, step)
        tell(step, losses)
        if (step + 1) % course.keep_every == 0 or step + 1 == course.steps:
            _keep(kept, student, optimiser, course, step + 1)
    return student


def _step(
    student: Student, optimiser: torch.optim.Optimizer, lesson: Lesson, course: Course, step: int
) -> dict[str, float]:
    student.train()
    rate = course.rate * min(1, (step + 1) / course.warm_up)
    rate *= 0.5 * (1 + math.cos(math.pi * step / course.steps))
    for part in optimiser.param_groups:
        part["lr"] = rate
    with torch.autocast("cpu", torch.bfloat16):
        shown = normalised(torch.from_numpy(lesson.views))
        side = course.small if step < course.small_until * course.steps else course.side
        if side != SIZE:
            shown = nn.functional.interpolate(shown, size=side, mode="bilinear", antialias=True)
        vectors, said = student(shown)
    losses = {"contrast": contrast(vectors.float(), torch.from_numpy(lesson.labels), course.temperature)}
    if lesson.taught is not None and lesson.shown.any():
        seen = torch.from_numpy(lesson.shown)
        wanted = torch.from_numpy(lesson.taught)[seen]
        losses["teacher"] = 1 - nn.functional.cosine_similarity(said[seen].float(), wanted, dim=-1).mean()
    weight = course.lessons * (1 - 0.75 * step / course.steps)
    loss = losses["contrast"] + weight * losses.get("teacher", torch.zeros(()))
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(student.parameters(), 5.0)
    optimiser.step()
    return {name: float(value.detach()) for name, value in losses.items()}


def _keep(path: Path, student: Student, optimiser: torch.optim.Optimizer, course: Course, step: int) -> None:
    part = path.with_suffix(".part")
    torch.save(
        {
            "step": step,
            "course": asdict(course),
            "student": student.state_dict(),
            "optimiser": optimiser.state_dict(),
        },
        part,
    )
    part.replace(path)


def _resume(path: Path, student: Student, optimiser: torch.optim.Optimizer, course: Course) -> int:
    kept = torch.load(path, weights_only=True)
    if kept["course"] != asdict(course):
        raise EncoderError(
            f"{path} was begun with another course: {kept['course']}.",
            hint="Give the same options, or another --out.",
        )
    student.load_state_dict(kept["student"])
    optimiser.load_state_dict(kept["optimiser"])
    step: int = kept["step"]
    return step
