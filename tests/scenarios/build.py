"""Builds a labelled set of listings over all the scenarios, with the kits of the brands that it concerns.

    python -m tests.scenarios.build OUT --split development --per-scenario 20 --seed 1

OUT gets `kits/NAME/` (each for `counterfoil brand import`), `others/` (pictures without any of their marks,
for `counterfoil mark train`, from the other split), `listings.jsonl` (for `counterfoil evaluate`) and
`images/`. The same split, number and seed give the same listings. What the plan documents as beyond any
tool (a hijacked listing, genuine goods on a grey market, video, adversarial noise) is not in it.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.scenarios.designs import character, counterfeit_pattern, imitation
from tests.scenarios.drafts import Draft, jpeg
from tests.scenarios.lawful import authorised_seller, irrelevant, look_alike, second_hand, second_hand_abuse
from tests.scenarios.marked import (
    certification_mark,
    cloned_barcode,
    composited_logo,
    modified_mark,
    name_attack,
    registered_colour,
)
from tests.scenarios.photographed import other_angle, packaging, self_photographed
from tests.scenarios.sources import SPLITS, Sources, Split
from tests.scenarios.stolen import cluttered, generated_picture, modified_photo, stolen_photo
from tests.scenarios.wording import offer
from tests.scenarios.world import World

DATA = Path(__file__).parents[3] / "shared" / "data"

Scenario = Callable[[World, np.random.Generator, int], Draft]

SCENARIOS: Mapping[str, tuple[int, Scenario]] = {
    "stolen_photo": (1, stolen_photo),
    "modified_photo": (2, modified_photo),
    "self_photographed": (3, self_photographed),
    "modified_mark": (4, modified_mark),
    "other_angle": (5, other_angle),
    "composited_logo": (6, composited_logo),
    "name_attack": (7, name_attack),
    "certification_mark": (8, certification_mark),
    "registered_colour": (9, registered_colour),
    "cloned_barcode": (10, cloned_barcode),
    "counterfeit_pattern": (11, counterfeit_pattern),
    "packaging": (12, packaging),
    "character": (13, character),
    "imitation": (14, imitation),
    "generated_picture": (15, generated_picture),
    "cluttered": (16, cluttered),
    "look_alike": (17, look_alike),
    "second_hand": (18, second_hand),
    "second_hand_abuse": (18, second_hand_abuse),
    "authorised_seller": (19, authorised_seller),
    "irrelevant": (0, irrelevant),
}
"""Every scenario by the word that labels it, with its number in the plan; 0 is none of them."""

_SHARES = {"irrelevant": 3, "look_alike": 2, "modified_photo": 1.6, "name_attack": 1.6}
"""How many times as many as of the others: what must be rare takes many to be seen at all."""


OTHERS = "others"
"""The folder of pictures without a mark."""
_OTHERS = 60
"""How many: what trained marks in benchmarks/marks.py had."""


@dataclass(frozen=True, slots=True)
class ScenarioSet:
    """Where a set lies."""

    folder: Path
    kits: tuple[Path, ...]
    listings: Path


def build(
    data: Path, out: Path, *, split: Split, per_scenario: int, seed: int, only: tuple[str, ...] = ()
) -> ScenarioSet:
    """Write a set below `out`, which must not hold one yet; `only` some scenarios where it is given."""
    world = World(Sources(data, split))
    (out / "images").mkdir(parents=True)
    folders = tuple(kit.write(out / "kits") for kit in world.kits)
    _write_others(Sources(data, next(it for it in SPLITS if it != split)), out / OTHERS)
    listings = out / "listings.jsonl"
    with listings.open("w", encoding="utf-8") as file:
        for name in only or SCENARIOS:
            count = round(per_scenario * _SHARES.get(name, 1))
            for number in range(count):
                rng = np.random.default_rng([seed, SPLITS.index(split), zlib.crc32(name.encode()), number])
                row = _written(SCENARIOS[name][1](world, rng, number), f"{name}-{number:03d}", out, rng)
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return ScenarioSet(out, folders, listings)


def _write_others(sources: Sources, folder: Path) -> None:
    folder.mkdir()
    every = sources.produce
    for number, path in enumerate(every[:: max(1, len(every) // _OTHERS)]):
        (folder / f"{number:03}{path.suffix}").write_bytes(path.read_bytes())


def _written(draft: Draft, identifier: str, out: Path, rng: np.random.Generator) -> dict[str, Any]:
    images = []
    for place, picture in enumerate(draft.pictures):
        data = picture if isinstance(picture, bytes) else jpeg(picture, int(rng.integers(78, 93)))
        name = f"images/{identifier}-{place}.jpg"
        (out / name).write_bytes(data)
        images.append(name)
    said = {} if draft.title is None else {"title": draft.title}
    label = {"verdict": draft.verdict, "kind": draft.kind, "brand": draft.brand, "variant": draft.variant}
    fields = offer(draft.goods, rng) | said | draft.stated
    url = f"https://{fields['platform']}.example/{identifier}"
    return {"listing_id": identifier, "url": url, **fields, "images": images, "label": label}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--split", choices=SPLITS, default="development")
    parser.add_argument("--per-scenario", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of real photographs")
    parser.add_argument(
        "--only", nargs="*", default=[], choices=list(SCENARIOS), help="these scenarios alone"
    )
    asked = parser.parse_args()
    made = build(
        asked.data,
        asked.out,
        split=asked.split,
        per_scenario=asked.per_scenario,
        seed=asked.seed,
        only=tuple(asked.only),
    )
    rows = made.listings.read_text("utf-8").splitlines()
    sys.stdout.write(f"{len(rows)} listings, {len(made.kits)} kits in {asked.out}\n")


if __name__ == "__main__":
    main()
