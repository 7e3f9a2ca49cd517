"""What an adapter of the built-in encoder is worth to a tenant, and how often chance alone would be adopted.

Phone photographs of twenty packages against their studio pictures: each photograph makes a pair with its own
package, and one with the nearest other package of the same half. An adapter is learned from every other
product and measured on the rest, and the other way round: products that it never saw. Chance is the same
pairs with their labels drawn by lot within each product.

    python -m benchmarks.learned_adapter --photos 285 --lots 10
"""

from typing import Any

import numpy as np
import torch

from benchmarks._report import options, photographs, show
from benchmarks.encoder import by
from pipelines.learning.adapter import measured
from pipelines.learning.projection import Told, fit_projection
from tests.scenarios.promises import packages
from vision.adapter import Adapter, Vectors
from vision.checkpoint import EncoderSpec
from vision.decode import decode
from vision.encoder import Encoder


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", photos=285, lots=10)
    torch.set_num_threads(1)
    kept = packages(photographs(asked))
    encoder = Encoder.load(EncoderSpec(model="builtin", device="cpu"), offline=True)
    embed = by(encoder)
    studio = embed([decode((it / "iconic.jpg").read_bytes()).pixels for it in kept])
    shown = [(n, path) for n, it in enumerate(kept) for path in sorted((it / "photos").iterdir())]
    shown = shown[:: max(1, len(shown) // asked.photos)]
    photos = embed([decode(path.read_bytes()).pixels for _, path in shown])
    products = np.array([n for n, _ in shown])
    halves = [np.flatnonzero(np.arange(len(kept)) % 2 == it) for it in (0, 1)]
    told = [_pairs(photos, products, studio, half) for half in halves]
    figures: dict[str, Any] = {"photographs": len(photos)}
    for name, taught, held, half in (
        ("from even to odd products", told[0], told[1], halves[1]),
        ("from odd to even products", told[1], told[0], halves[0]),
    ):
        made = fit_projection(taught, base=encoder.key)
        _, _, changes, against = measured(None, made, held, taught=taught)
        figures[name] = {
            **{f"change of {what}": str(it) for what, it in changes.items()},
            "adopted": not against,
            "against": list(against),
            "first of twenty, before": _first(photos, products, studio, half, None),
            "first of twenty, after": _first(photos, products, studio, half, made.adapter),
        }
    chance = np.random.default_rng(0)
    adopted = 0
    for _ in range(asked.lots):
        taught, held = (_by_lot(it, chance) for it in told)
        made = fit_projection(taught, base=encoder.key)
        adopted += not measured(None, made, held, taught=taught)[3]
    figures["adopted by chance"] = f"{adopted} of {asked.lots}"
    show(asked, figures)


def _pairs(photos: Vectors, products: Any, studio: Vectors, half: Any) -> Told:  # noqa: ANN401 - arrays of numbers
    a, b, same, groups = [], [], [], []
    for vector, product in zip(photos, products.tolist(), strict=True):
        if product not in half:
            continue
        others = [it for it in half.tolist() if it != product]
        nearest = others[int((studio[others] @ vector).argmax())]
        a += [vector, vector]
        b += [studio[product], studio[nearest]]
        same += [1.0, 0.0]
        groups += [product, product]
    return Told(np.array(a, float), np.array(b, float), np.array(same), np.array(groups))


def _by_lot(told: Told, chance: np.random.Generator) -> Told:
    same = told.same.copy()
    for group in np.unique(told.groups):
        mine = np.flatnonzero(told.groups == group)
        same[mine] = chance.permutation(same[mine])
    return Told(told.a, told.b, same, told.groups)


def _first(photos: Vectors, products: Any, studio: Vectors, half: Any, adapter: Adapter | None) -> float:  # noqa: ANN401 - as above
    mine = np.isin(products, half)
    asked, among = photos[mine], studio
    if adapter is not None:
        asked, among = adapter.apply(asked), adapter.apply(among)
    return float(((asked @ among.T).argmax(1) == products[mine]).mean())


if __name__ == "__main__":
    main()
