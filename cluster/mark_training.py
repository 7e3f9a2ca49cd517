"""Training a mark's detector from a kit, and keeping it: what `counterfoil mark train` does."""

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog.brand_file import read_brand
from catalog.detectors import NewDetector, StoredDetector
from catalog.mark_kit import MarkPhotograph, pictures_in, read_mark
from cluster.marks import Embedding
from cluster.settings import Settings
from cluster.state import State
from scoring.errors import BrandKitError, ImageError
from vision.decode import decode
from vision.marks.backbone import Pixels
from vision.marks.lettering import drawn_lettering
from vision.marks.training import Box, Example, surroundings, train

logger = logging.getLogger(__name__)

LETTERING = 60
"""Drawn pictures of other lettering and signs that every mark is told from: as many as of plain goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRequest:
    """What is to be trained, and on what."""

    mark: str
    """The folder's name below `marks/` in the kit."""
    tenant: str
    kit: Path
    brand: str | None = None
    """An imported brand; None: the kit's own."""
    negatives: tuple[Path, ...] = ()
    """Folders of pictures that do not show the mark: what it is sold among, and other brands' marks."""
    lettering: int = LETTERING
    """Drawn pictures of other lettering and signs to tell it from as well."""


def run_training(request: TrainingRequest, settings: Settings) -> StoredDetector:
    """Train on the kit's photographs of a mark and keep the detector as its newest version.

    The brand must have been imported. What the photographs show beside the mark always counts as pictures
    without it, and so do drawn words and signs. Raises `BrandKitError` or `CatalogError` where something is
    missing, and says what.
    """
    state, tenant = State(settings), request.tenant
    owner = state.catalog.brands.get(tenant, request.brand or read_brand(request.kit).name).brand.name
    examples = [_example(photograph) for photograph in read_mark(request.kit, request.mark)]
    plain = [part for example in examples for part in surroundings(example)]
    plain += [picture for folder in request.negatives for picture in _readable(pictures_in(folder))]
    plain += drawn_lettering(request.lettering)
    detector, worth = train(examples, plain, Embedding.of(settings).load())
    made = NewDetector(
        brand=owner,
        mark=request.mark,
        sha256=state.blobs(tenant).put(detector.to_bytes()),
        embedding=detector.embedding,
        worth={**asdict(worth), "precision": worth.precision, "recall": worth.recall},
    )
    return state.catalog.detectors.add(tenant, made)


def _example(photograph: MarkPhotograph) -> Example:
    try:
        pixels = decode(photograph.path.read_bytes()).pixels
    except ImageError as error:
        raise BrandKitError(
            f"{photograph.path} cannot be read: {error.args[0]}",
            hint="Replace it, or take it out of the kit.",
        ) from error
    height, width = pixels.shape[:2]
    whole: Box = (0.0, 0.0, float(width), float(height))
    boxes = photograph.boxes or (whole,)
    for x, y, wide, tall in boxes:
        if x + wide <= 0 or y + tall <= 0 or x >= width or y >= height:
            raise BrandKitError(
                f"A box of {photograph.path} lies outside its {width} by {height} pixels.",
                hint="Boxes are x, y, width and height in pixels of the upright picture.",
            )
    return Example(photograph.path.name, pixels, boxes)


def _readable(paths: tuple[Path, ...]) -> list[Pixels]:
    """Pictures without the mark; one that cannot be read is passed over, and said so."""
    pictures = []
    for path in paths:
        try:
            pictures.append(decode(path.read_bytes()).pixels)
        except ImageError as error:
            logger.warning("%s is not used: %s", path, error)
    return pictures
