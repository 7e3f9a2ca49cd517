"""The last layer, settled after training: whitened by how pictures of one product differ among themselves.

What tells a shop's own picture from a phone's, such as a shelf behind it, moves all phone pictures one way.
Training sees it mostly in drawings; here it is measured on photographs too, and divided away
(within-class whitening; Mikolajczyk and Matas 2007 describe it for image search).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from vision.training.model import Student, normalised
from vision.training.views import SHARD, VIEWS, read_views

Floats = npt.NDArray[np.float64]

EVERY = 12
"""Every so-manyth shard is looked at: some 3,000 views settle a layer of 256 directions."""
RIDGE = 1.0
"""Share of the mean spread added to every direction, so that quiet ones are not blown up. Of 0.05, 0.2 and 1
the last is best on held-out produce (0.39, 0.42 and 0.46 first) and as good on drawn packages
(docs/model-card.md)."""
_BATCH = 48


@dataclass(frozen=True, slots=True)
class Head:
    """A linear layer: (256, C) and (256,)."""

    weight: torch.Tensor
    bias: torch.Tensor


def settle(student: Student, folder: Path) -> Head:
    """What the trained layer becomes, by the views in `folder`: products drawn, products photographed."""
    student.eval()
    views, labels, photographed = _chosen(folder)
    weight = student.clip.visual.head.proj.weight.detach().double().numpy()
    features = _features(student, views) @ weight.T
    middle = features.mean(0)
    spread = sum(_within(features[who], labels[who]) for who in (photographed, ~photographed) if who.any())
    white = _inverse_root(np.asarray(spread))
    return Head(torch.from_numpy(white @ weight).float(), torch.from_numpy(-(white @ middle)).float())


def _chosen(folder: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Views, their labels, and whether their product was photographed more than once."""
    shards, groups = read_views(folder)
    counts = np.bincount(groups[:, 0])
    several = counts[groups[:, 0]] > 1
    wanted = [it for it in range(len(groups)) if it // SHARD % EVERY == 0]
    views = np.concatenate([shards[it // SHARD][it % SHARD] for it in wanted])
    which = np.repeat(wanted, VIEWS)
    return views, groups[which, 0], several[which]


def _features(student: Student, views: npt.NDArray[np.uint8]) -> Floats:
    trunk = student.clip.visual.trunk
    with torch.inference_mode():
        seen = [
            trunk.forward_head(trunk.forward_features(normalised(torch.from_numpy(views[at : at + _BATCH]))))
            for at in range(0, len(views), _BATCH)
        ]
    return np.asarray(torch.cat(seen).double().numpy())


def _within(features: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """Covariance about each product's own mean."""
    _, which = np.unique(labels, return_inverse=True)
    means = np.zeros((which.max() + 1, features.shape[1]))
    np.add.at(means, which, features)
    apart = features - (means / np.bincount(which)[:, None])[which]
    return np.asarray(apart.T @ apart / len(apart))


def _inverse_root(spread: Floats) -> Floats:
    size = len(spread)
    strengths, axes = np.linalg.eigh(spread + RIDGE * np.trace(spread) / size * np.eye(size))
    return np.asarray(axes / np.sqrt(strengths) @ axes.T)
