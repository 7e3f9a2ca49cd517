"""Pairs to calibrate the built-in encoder on: `python -m vision.training.pairs --help`.

Small catalogues of twenty references, as a brand would have them: drawn packages with their siblings, and
pictures and emblems of the manifest. Every other view is a picture that was found; it is paired with all
twenty, as a search does; the shipped map is `counterfoil calibrate pairs.jsonl --prior 0.02`. The seed and
the manifest must be others than training's.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from rich.progress import Progress

from vision.training.manifest import read_manifest
from vision.training.views import SIBLINGS, Group, Material, views_of

CATALOGUE = {"package": 12, "picture": 4, "artwork": 4}
"""References of each kind in one catalogue of twenty; packages are four brands of three siblings."""


def catalogues(material: Material, number: int, *, seed: int) -> Iterator[list[Group]]:
    """So many catalogues; those of packages never repeat, pictures and emblems are drawn anew for each."""
    rng = np.random.default_rng(seed)
    for at in range(number):
        brands = range(at * CATALOGUE["package"] // SIBLINGS, (at + 1) * CATALOGUE["package"] // SIBLINGS)
        groups = [
            Group("package", brand * SIBLINGS + it, brand, it) for brand in brands for it in range(SIBLINGS)
        ]
        # One picture of a kind: two of them would show the same product, by what the folder says.
        kinds = list(dict.fromkeys(material.identities))
        for kind in rng.permutation(len(kinds))[: CATALOGUE["picture"]]:
            mine = [it for it, name in enumerate(material.identities) if name == kinds[kind]]
            groups.append(Group("picture", 0, 100_000 + at, mine[rng.integers(len(mine))]))
        emblems = rng.permutation(len(material.emblems))[: CATALOGUE["artwork"]]
        groups += [Group("artwork", 0, 200_000 + at, int(it)) for it in emblems]
        yield groups


def write_pairs(
    folder: Path, material: Material, *, number: int, seed: int, tell: Callable[[int], None] = lambda _: None
) -> Path:
    """Write pictures and `pairs.jsonl`; the file of pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = folder / "pairs.jsonl"
    with pairs.open("w", encoding="utf-8") as file:
        for at, groups in enumerate(catalogues(material, number, seed=seed)):
            for one, group in enumerate(groups):
                for it, view in enumerate(views_of(group, material, seed=seed)):
                    Image.fromarray(view).save(folder / f"{at}-{one}-{it}.png")
                    if it:
                        for other in range(len(groups)):
                            line = {
                                "a": f"{at}-{one}-{it}.png",
                                "b": f"{at}-{other}-0.png",
                                "same": one == other,
                            }
                            file.write(json.dumps(line) + "\n")
            tell(at + 1)
    return pairs


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m vision.training.pairs", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="YAML: folders that training left out")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--catalogues", type=int, default=16, help="of twenty references each")
    parser.add_argument("--seed", type=int, default=1_000_003)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    material = Material.read(read_manifest(asked.manifest))
    with Progress() as progress:
        task = progress.add_task("Making pairs", total=asked.catalogues)
        pairs = write_pairs(
            asked.out,
            material,
            number=asked.catalogues,
            seed=asked.seed,
            tell=lambda done: progress.update(task, completed=done),
        )
        progress.console.print(f"Pairs: {pairs}")


if __name__ == "__main__":
    main()
