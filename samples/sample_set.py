"""Writes everything: two brand kits and a marketplace that abuses them."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from samples.kits import kits, write_kit
from samples.marketplace import LISTINGS, write_marketplace

_STAMP = "drawn-by.txt"
"""Written last: by which code and seed what lies beside it was drawn, and the folders of the kits."""


@dataclass(frozen=True, slots=True)
class SampleSet:
    """Where the samples lie."""

    folder: Path
    brands: tuple[Path, ...]
    """Each a brand kit, as `counterfoil brand import` takes it."""
    listings: Path
    """A labelled JSONL file, its pictures beside it."""


def write_samples(folder: Path, *, seed: int = 2026) -> SampleSet:
    """Draw and write `brands/` and `marketplace/` below `folder`; what this code drew there before is kept.

    Args:
        folder: made if it is missing; files of the same name are replaced.
        seed: of the sellers' own photographs: angle, light, grain, clutter. The same seed gives the
            same bytes on the same machine.

    Raises:
        OSError: the folder cannot be written.
    """
    brands, marketplace = folder / "brands", folder / "marketplace"
    stamp, drawn_by = folder / _STAMP, f"seed {seed}, code {_code()}"
    if stamp.exists():
        known, *names = stamp.read_text("utf-8").splitlines()
        if known == drawn_by:
            return SampleSet(folder, tuple(brands / name for name in names), marketplace / LISTINGS)
        stamp.unlink()
    written = tuple(write_kit(kit, brands) for kit in kits())
    listings = write_marketplace(marketplace, seed=seed)
    stamp.write_text("\n".join([drawn_by, *(kit.name for kit in written)]), "utf-8")
    return SampleSet(folder, written, listings)


def _code() -> str:
    """A digest of everything that draws."""
    code = sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        code.update(source.read_bytes())
    return code.hexdigest()
