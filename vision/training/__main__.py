"""Train the built-in encoder: make views, let a teacher look at them, fit, and write a checkpoint.

    python -m vision.training --manifest sources.yaml --out work [--teacher mobilenet.tflite]

Run it again after a stop, with the same options: every part goes on where it was.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from vision.training.fit import CHECKPOINT, COURSES, fit
from vision.training.manifest import read_manifest
from vision.training.release import release
from vision.training.settle import settle
from vision.training.teacher import teach
from vision.training.views import Material, make_views


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m vision.training", description=__doc__)
    parser.add_argument(
        "--manifest", type=Path, required=True, help="YAML: folders of pictures and their licences"
    )
    parser.add_argument("--out", type=Path, required=True, help="views, checkpoints and the encoder itself")
    parser.add_argument("--teacher", type=Path, help="a quantised MobileNet, .tflite; needs ai-edge-litert")
    parser.add_argument("--brands", type=int, default=900, help="drawn brands, three products each")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    # More threads than one wait for each other in layers this small, and only one gives the same bits again.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    views = asked.out / "views"
    with Progress(*columns, console=console) as progress:
        material = Material.read(read_manifest(asked.manifest))
        for refused in material.refused:
            progress.console.print(f"Left out: {refused}")
        task = progress.add_task("Making views", total=None)
        make_views(
            views,
            material,
            brands=asked.brands,
            seed=asked.seed,
            tell=lambda done, of: progress.update(task, completed=done, total=of),
        )
        if asked.teacher:
            lesson = progress.add_task("Asking the teacher", total=None)
            teach(
                views, asked.teacher, tell=lambda done, of: progress.update(lesson, completed=done, total=of)
            )
        after: Path | None = None
        for number, course in enumerate(COURSES):
            fitting = progress.add_task(f"Course {number + 1}", total=course.steps)

            def tell(step: int, losses: dict[str, float], fitting: TaskID = fitting) -> None:
                shown = ", ".join(f"{name} {value:.3f}" for name, value in losses.items())
                progress.update(fitting, completed=step + 1, description=f"Training ({shown})")

            folder = asked.out / f"course-{number + 1}"
            seeded = replace(course, seed=asked.seed + number)
            student = fit(folder, views, seeded, tell=tell, after=after)
            after = folder / CHECKPOINT
    console.print(f"The encoder: {release(student, settle(student, views), asked.out / 'encoder')}")


if __name__ == "__main__":
    main()
