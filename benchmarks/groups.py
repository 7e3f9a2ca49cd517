"""Grouping sightings: what is taken for a copy on real photographs, and what a day costs among many.

Every other photograph was looked at while distances were chosen (`first half`), the rest was not. Times are
of the CPU, on one thread: run it with OMP_NUM_THREADS=1. The drawn pictures' hashes are spread evenly, five
copies each; real ones crowd. `--pictures 0` leaves the days out, `--photographs 0` the photographs.
"""

import argparse
import io
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageOps

from benchmarks._report import options, photographs, show
from catalog.sightings import NewSighting, SightedPicture
from cluster.encoders import load_encoder
from cluster.settings import Settings
from cluster.state import State
from pipelines.clustering import ALIKE, cluster
from pipelines.progress import Reporter
from scoring.listing import Listing, Seller
from vision.decode import decode
from vision.encoder import Encoder
from vision.fingerprint import MAX_DISTANCE, Fingerprint, fingerprint, fingerprint_distance

_FOLDERS = {"shoes": 160, "grocery/packaged": 150, "grocery/produce": 120, "logos-in-photos": 100}
_EDITED = 55
"""Photographs of each half of which copies are made."""
_FAR = 99
"""Bits apart where a picture is too flat for hashes."""
_COPIES = 5
TENANT = "acme"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as it is compared."""

    product: str
    """Pictures of one product may show the same thing without being copies."""
    data: bytes
    vector: npt.NDArray[np.float32]
    hashes: Fingerprint | None


def on_photographs(data: Path, half: int, encoder: Encoder) -> dict[str, Any]:
    """Unrelated pairs and copies within reach, by hashes and by embedding."""
    files = list(islice(_files(data), half, None, 2))
    shots = _shots(encoder, [(product, path.read_bytes()) for product, path in files])
    unrelated = [
        (one, other)
        for place, one in enumerate(shots)
        for other in shots[:place]
        if one.product != other.product
    ]
    found: dict[str, Any] = {
        "photographs": len(shots),
        "unrelated pairs": len(unrelated),
        f"of them within {MAX_DISTANCE} bits": sum(_bits(*pair) <= MAX_DISTANCE for pair in unrelated),
        f"of them alike at {ALIKE}": sum(_cosine(*pair) >= ALIKE for pair in unrelated),
    }
    edited: dict[str, list[tuple[Shot, bytes]]] = {}
    for it in shots[:: max(1, len(shots) // _EDITED)]:
        with Image.open(io.BytesIO(it.data)) as image:
            for name, changed in _edits(image.convert("RGB")):
                edited.setdefault(name, []).append((it, changed))
    for name, those in edited.items():
        copies = _shots(encoder, [(it.product, changed) for it, changed in those])
        pairs = [(it, copy) for (it, _), copy in zip(those, copies, strict=True)]
        near = [_bits(*pair) <= MAX_DISTANCE for pair in pairs]
        alike = [_cosine(*pair) >= ALIKE for pair in pairs]
        found[f"{name}: hashes, embedding, either"] = ", ".join(
            f"{np.mean(it):.0%}" for it in (near, alike, np.logical_or(near, alike))
        )
    return found


def a_day(pictures: int, day: int) -> dict[str, Any]:
    """CPU seconds to group everything, then a day's new listings, then nothing new."""
    with TemporaryDirectory() as folder:
        state = State(Settings(home=Path(folder)))
        state.catalog.tenants.ensure(TENANT)
        told = _drawn(pictures + day)
        found: dict[str, Any] = {"pictures": pictures, "new in a day": day}
        for name, count in (("everything", pictures), ("a day", day), ("nothing new", 0)):
            state.catalog.sightings.keep(TENANT, name, islice(told, count))
            begun = time.process_time()
            summary = cluster(state, TENANT, Reporter(quiet=True))
            found[f"{name}, seconds"] = time.process_time() - begun
            found[f"{name}, pictures placed"] = summary["pictures_new"]
        begun = time.process_time()
        found["groups of two sellers or more"] = len(state.catalog.groups.of(TENANT))
        found["telling them, seconds"] = time.process_time() - begun
        state.catalog.close()
    return found


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    for folder, most in _FOLDERS.items():
        files = sorted(it for it in (data / folder).rglob("*") if it.suffix.lower() in (".jpg", ".png"))
        random.Random(1).shuffle(files)  # noqa: S311 - a sample, the same every time
        for path in files[:most]:
            # A grocery's folder is one product; elsewhere each photograph shows something else.
            products = path.relative_to(data / "grocery").parts[:2] if "grocery" in folder else (str(path),)
            yield "/".join(products), path


def _shots(encoder: Encoder, pictures: Sequence[tuple[str, bytes]]) -> list[Shot]:
    found = []
    for start in range(0, len(pictures), 16):
        some = pictures[start : start + 16]
        pixels = [decode(data).pixels for _, data in some]
        vectors = encoder.embed([encoder.prepare(it) for it in pixels])
        found += [
            Shot(product, data, vector, fingerprint(seen))
            for (product, data), seen, vector in zip(some, pixels, vectors, strict=True)
        ]
    return found


def _bits(one: Shot, other: Shot) -> int:
    if one.hashes is None or other.hashes is None:
        return _FAR
    return fingerprint_distance(one.hashes, other.hashes)


def _cosine(one: Shot, other: Shot) -> float:
    return float(one.vector @ other.vector)


def _edits(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    width, height = image.size
    yield "JPEG 30", _jpeg(image, 30)
    yield "half", _jpeg(image.resize((width // 2, height // 2)))
    yield "quarter", _jpeg(image.resize((width // 4, height // 4)))
    for kept in (0.95, 0.9, 0.8):
        x, y = round(width * (1 - kept) / 2), round(height * (1 - kept) / 2)
        yield f"crop {kept}", _jpeg(image.crop((x, y, width - x, height - y)))
    yield "brighter", _jpeg(image.point(lambda level: min(255, round(level * 1.25))))
    banner = image.copy()
    ImageDraw.Draw(banner).rectangle((0, round(height * 0.85), width, height), fill=(200, 0, 0))
    yield "banner", _jpeg(banner)
    yield "frame", _jpeg(ImageOps.expand(image, border=max(4, width // 12), fill="white"))
    yield "mirror", _jpeg(ImageOps.mirror(image))


def _jpeg(image: Image.Image, quality: int = 85) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _drawn(count: int) -> Iterator[NewSighting]:
    """Listings with a picture each, every photo shown by five of a thousand sellers."""
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**64, (-(-count // _COPIES), 2), dtype=np.uint64)
    for at in rng.permutation(count).tolist():
        dhash, phash = (int(it) ^ (1 << int(rng.integers(0, 64))) for it in hashes[at // _COPIES])
        shown = SightedPicture(sha256=f"{at:064x}", dhash=dhash, phash=phash, source=f"file:///{at}.jpg")
        listing = Listing(platform="shop", listing_id=str(at), seller=Seller(id=f"s{at % 1000}"))
        yield NewSighting(listing=listing, pictures=(shown,), judgement=None)


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Whatever was asked for."""
    figures: dict[str, Any] = {}
    if asked.photographs:
        data = photographs(asked)
        with TemporaryDirectory() as home:
            encoder = load_encoder(Settings(home=Path(home)), "builtin")
        for half, name in enumerate(("first half", "other half")):
            figures[name] = on_photographs(data, half, encoder)
    if asked.pictures:
        figures["days"] = a_day(asked.pictures, asked.day)
    return figures


if __name__ == "__main__":
    asked = options(__doc__ or "", photographs=1, pictures=100_000, day=2_000)
    show(asked, measure(asked))
