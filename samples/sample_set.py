"""Writes everything: two brand kits and a marketplace that abuses them."""

from dataclasses import dataclass
from pathlib import Path

from samples.kits import kits, write_kit
from samples.marketplace import write_marketplace


@dataclass(frozen=True, slots=True)
class SampleSet:
    """Where the samples lie."""

    folder: Path
    brands: tuple[Path, ...]
    """Each a brand kit, as `counterfoil brand import` takes it."""
    listings: Path
    """A labelled JSONL file, its pictures beside it."""


def write_samples(folder: Path, *, seed: int = 2026) -> SampleSet:
    """Draw and write `brands/` and `marketplace/` below `folder`.

    Args:
        folder: made if it is missing; files of the same name are replaced.
        seed: of the sellers' own photographs: angle, light, grain, clutter. The same seed gives the
            same bytes on the same machine.

    Raises:
        OSError: the folder cannot be written.
    """
    brands = tuple(write_kit(kit, folder / "brands") for kit in kits())
    listings = write_marketplace(folder / "marketplace", seed=seed)
    return SampleSet(folder, brands, listings)
