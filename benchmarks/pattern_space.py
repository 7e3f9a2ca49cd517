"""Finds the space in which patterns are told apart, from drawn patterns alone, and writes it to be shipped.

Each class is one drawn pattern at one size and angle: two clean windows and six as a camera sees them. Two
drawings in the same colours follow one another, so that colours alone do not do.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from tests.scenarios.drawn_patterns import FAMILIES, Pattern
from tests.scenarios.pattern_patches import as_seen, clean, degraded, plain
from vision.pattern_space import PatternSpace
from vision.pattern_windows import Vectors, describe_windows

HIDDEN, AXES = 256, 64
ROUNDS, BATCH = 60, 256
NOISE = 0.2
"""Added to the standardised numbers, so that no single one is relied upon."""
TEMPERATURE = 0.07
PLAIN = 0.35
"""Chance that a pair of patterns is followed by something plain: cloth, noise, blobs, a few edges."""


def drawn(count: int, *, seed: int) -> Vectors:
    """(count, 8, D): windows of so many classes."""
    rng = np.random.default_rng(seed)
    classes: list[Vectors] = []
    while len(classes) < count:
        family = sorted(FAMILIES)[rng.integers(len(FAMILIES))]
        # Far from the seeds that name the patterns of the scenario: those are for measuring.
        pattern = Pattern(family, 100 + int(rng.integers(1_000_000)), 100 + int(rng.integers(1_000_000)))
        repeats, angle = float(np.exp(rng.uniform(np.log(0.8), np.log(6)))), float(rng.uniform(0, 180))
        for one in (pattern, pattern.sibling(0)):
            cell = one.cell()
            flat = [clean(cell, rng, repeats=repeats, angle=angle) for _ in range(2)]
            seen = [as_seen(cell, rng, repeats=repeats, angle=angle) for _ in range(6)]
            classes.append(describe_windows(np.stack(flat + seen)))
        if rng.random() < PLAIN:
            surface = plain(rng)
            seen = [degraded(surface, rng) for _ in range(6)]
            classes.append(describe_windows(np.stack([surface.astype(np.uint8)] * 2 + seen)))
    return np.stack(classes[:count])


def learnt(classes: Vectors, *, rounds: int = ROUNDS) -> PatternSpace:
    """The space of (C, 8, D) windows: a window as seen must lie nearest to its own class's clean one."""
    torch.manual_seed(0)
    dice = torch.Generator().manual_seed(0)
    flat = classes.reshape(-1, classes.shape[2])
    mean, spread = flat.mean(axis=0), flat.std(axis=0) + 1e-3
    windows = torch.tensor((classes - mean) / spread)
    layers = torch.nn.Sequential(
        torch.nn.Linear(flat.shape[1], HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, AXES)
    )
    optimiser = torch.optim.AdamW(layers.parameters(), weight_decay=1e-2)
    count = len(classes) // 8 * 8
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=rounds * -(-count // BATCH))
    for _ in range(rounds):
        # Runs of eight classes stay together, so that drawings in the same colours meet.
        order = (torch.randperm(count // 8, generator=dice)[:, None] * 8 + torch.arange(8)).ravel()
        for batch in torch.split(order, BATCH):
            rows = torch.arange(len(batch))
            chosen = (torch.randint(low, high, rows.shape, generator=dice) for low, high in ((2, 8), (0, 2)))
            seen, flat_ones = (
                torch.nn.functional.normalize(
                    layers(it + NOISE * torch.randn(it.shape, generator=dice)), dim=1
                )
                for it in (windows[batch][rows, at] for at in chosen)
            )
            alike = seen @ flat_ones.T / TEMPERATURE
            loss = torch.nn.functional.cross_entropy(alike, rows) + torch.nn.functional.cross_entropy(
                alike.T, rows
            )
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    first, second = (
        torch.cat([layer.weight.T, layer.bias[None]]).detach().numpy()
        for layer in layers
        if isinstance(layer, torch.nn.Linear)
    )
    return PatternSpace(mean, spread, first, second)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--classes", type=int, default=6000)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parents[1] / "vision" / "pattern_space.npz"
    )
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    data = learnt(drawn(asked.classes, seed=1)).to_bytes()
    asked.out.write_bytes(data)
    print(f"{asked.out}: {len(data)} bytes")
