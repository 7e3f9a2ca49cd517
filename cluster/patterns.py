"""Training classifiers of pattern references: photographs out of a kit, arrays beside the blobs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalog.brand_file import read_brand
from catalog.kit import PICTURES
from cluster.library import extract_references, open_reference
from cluster.pattern_heads import keep_head
from cluster.state import State
from scoring.brand import Reference, ReferenceKind
from scoring.errors import BrandKitError
from vision.decode import decode
from vision.pattern_head import Example, HeadReport, train_head
from vision.pattern_index import SHARES, WITNESSES, nearest, pattern_space
from vision.pattern_windows import Boxes, Pixels, Vectors, windows

_INSIDE, _BESIDE = 0.7, 0.1
"""A window bears the pattern with so much of it inside a box, and does not with no more than so little."""

_AS_SIMILAR = 0.1
"""Where no box is given, windows bear it that are within this of the photograph's most similar one."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A pattern reference whose classifier was trained."""

    name: str
    reference_id: str
    report: HeadReport


@dataclass(frozen=True, slots=True, eq=False)
class _Photograph:
    """One picture's windows, and which of them bear the pattern if boxes say so."""

    vectors: Vectors
    inside: npt.NDArray[np.float64] | None
    """(N,) share of each window that lies in a box; None without boxes."""


def train_patterns(state: State, tenant: str, folder: Path) -> tuple[Trained, ...]:
    """Train every pattern of which a brand kit holds photographs, and keep what was learnt.

    Photographs of the other patterns and all other references of the tenant are what must not be taken
    for a pattern. Raises `BrandKitError` or `SetupError` where there is nothing to learn from.
    """
    brand = read_brand(folder).name
    references = state.catalog.references.of(tenant)
    mine = {
        Path(reference.name).stem: reference
        for reference in references
        if reference.brand == brand and reference.kind is ReferenceKind.PATTERN
    }
    shown = {name: _photographs(folder / "patterns" / name) for name in _names(folder, mine, brand)}
    others = {
        reference.id: _Photograph(_vectors(_open(state, tenant, reference)), None)
        for reference in references
        if reference.kind is not ReferenceKind.PATTERN
    }
    trained = []
    for name, photographs in shown.items():
        reference = mine[name]
        ((_, extracted),) = extract_references(state, tenant, [reference])
        known = extracted.texture
        if known is None:
            raise BrandKitError(f"{name} is no pattern.", hint="Import the kit again.")
        without = [it for other in shown if other != name for it in shown[other]] + list(others.values())
        examples = [_bearing(it, known) for it in photographs] + [_bare(it, known) for it in without]
        strangers = pattern_space().others
        head = train_head(examples, others=(strangers, nearest(strangers, known)), witnesses=WITNESSES)
        keep_head(state.derived(tenant), reference, head)
        trained.append(Trained(name, reference.id, head.report))
    return tuple(trained)


def _names(folder: Path, mine: dict[str, Reference], brand: str) -> Sequence[str]:
    found = sorted(entry.name for entry in (folder / "patterns").glob("*") if entry.is_dir())
    if not found:
        raise BrandKitError(
            f"The kit {folder} holds no photographs of patterns.",
            hint="Put some of goods that bear it into patterns/NAME/, NAME being its reference's.",
        )
    for name in found:
        if name not in mine:
            raise BrandKitError(
                f"patterns/{name}/ belongs to no pattern reference of {brand}.",
                hint=f"Imported are: {', '.join(sorted(mine)) or 'none'}. Import the kit first.",
            )
    return found


def _photographs(folder: Path) -> list[_Photograph]:
    boxes = _boxes(folder / "boxes.jsonl")
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURES]
    return [_photograph(decode(path.read_bytes()).pixels, boxes.get(path.name)) for path in paths]


def _boxes(path: Path) -> dict[str, list[list[float]]]:
    if not path.is_file():
        return {}
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return {row["file"]: [[float(edge) for edge in box] for box in row["boxes_xywh"]] for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise BrandKitError(
            f"{path} cannot be read: {error}.",
            hint='Each line is {"file": "1.jpg", "boxes_xywh": [[x, y, width, height]]}, in pixels.',
        ) from error


def _photograph(pixels: Pixels, boxes: list[list[float]] | None) -> _Photograph:
    seen = windows(pixels, SHARES)
    vectors = pattern_space()(seen.vectors)
    if boxes is None:
        return _Photograph(vectors, None)
    height, width = pixels.shape[:2]
    covered = [_covered(seen.boxes * (width, height, width, height), box) for box in boxes]
    return _Photograph(vectors, np.max(covered, axis=0) if covered else None)


def _covered(places: Boxes, box: list[float]) -> npt.NDArray[np.float64]:
    """(N,) share of each place that a box (x, y, width, height) covers."""
    left, top, width, height = box
    across = np.clip(np.minimum(places[:, 2], left + width) - np.maximum(places[:, 0], left), 0, None)
    down = np.clip(np.minimum(places[:, 3], top + height) - np.maximum(places[:, 1], top), 0, None)
    area = (places[:, 2] - places[:, 0]) * (places[:, 3] - places[:, 1])
    return np.asarray(across * down / area)


def _bearing(photograph: _Photograph, known: Vectors) -> Example:
    cosines = nearest(photograph.vectors, known)
    if photograph.inside is None or photograph.inside.max() < _INSIDE:
        return Example(photograph.vectors, cosines, cosines >= cosines.max() - _AS_SIMILAR)
    bears = photograph.inside >= _INSIDE
    clear = bears | (photograph.inside <= _BESIDE)
    return Example(photograph.vectors[clear], cosines[clear], bears[clear])


def _bare(photograph: _Photograph, known: Vectors) -> Example:
    cosines = nearest(photograph.vectors, known)
    return Example(photograph.vectors, cosines, np.zeros(len(cosines), np.bool_))


def _open(state: State, tenant: str, reference: Reference) -> Pixels:
    return open_reference(state.blobs(tenant).get(reference.sha256), reference.name).pixels


def _vectors(pixels: Pixels) -> Vectors:
    return pattern_space()(windows(pixels, SHARES).vectors)
