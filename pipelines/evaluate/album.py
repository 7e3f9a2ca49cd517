"""Pictures for a report: a listing's beside the reference that matched it or should have, as data URIs."""

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from cluster.measure import reason
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from cluster.views import open_reference
from connectors import open_source
from pipelines.evaluate.outcomes import Outcome
from scoring.brand import Reference
from vision.decode import decode

SIDE = 240
"""Pixels of a thumbnail's longer side: two stand side by side on a phone."""
MOST_BYTES = 3_000_000
"""Of all thumbnails of a report, so that it can be sent by e-mail."""
_LOOKED_AT = 4
"""Pictures of a listing, and..."""
_COMPARED = 24
"""...references of a brand among which the pair to show is chosen."""

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shown:
    """A thumbnail, or why there is none."""

    caption: str
    source: str | None = None
    """A data URI."""
    missing: str | None = None


class _Opened(NamedTuple):
    name: str
    pixels: Pixels


class Album:
    """Opens pictures as they are asked for; what cannot be opened is said, and stops nothing."""

    def __init__(self, state: State, tenant: str, labelled: Path, *, private_addresses: bool) -> None:
        self._state = state
        self._tenant = tenant
        self._source = open_source(f"file:{labelled}")
        root = self._source.picture_root
        self._pictures = Pictures(
            PictureSpec(private_addresses=private_addresses, roots=() if root is None else (root,))
        )
        self.left = MOST_BYTES
        """Bytes that thumbnails may still take."""

    def pair(self, outcome: Outcome) -> tuple[Shown, Shown]:
        """A picture of the listing, and the reference to hold beside it."""
        sources = self._images.get(outcome.number, ())[:_LOOKED_AT]
        theirs, gone = _all_opened([(source, partial(self._fetched, source)) for source in sources])
        wanted = self._wanted(outcome)
        ours, lost = _all_opened([(it.name, partial(self._reference, it)) for it in wanted[:_COMPARED]])
        if theirs and ours:
            picture, reference = min(
                ((a, b) for a in theirs for b in ours),
                key=lambda pair: _apart(pair[0].pixels, pair[1].pixels),
            )
            brand = wanted[0].brand
            return self._shown(picture, "listing"), self._shown(reference, f"{brand}: {reference.name}")
        here = (
            self._shown(theirs[0], "listing")
            if theirs
            else Shown("listing", missing=gone or "the listing has no picture")
        )
        there = (
            self._shown(ours[0], f"{wanted[0].brand}: {ours[0].name}")
            if ours
            else Shown(
                "reference", missing=lost or f"{outcome.label.brand or 'no brand'}: no reference picture"
            )
        )
        return here, there

    @cached_property
    def _images(self) -> Mapping[int, Sequence[str]]:
        """The pictures of each listing, by its row's number from 1."""
        rows = (row for page, _ in self._source.pages(None) for row in page)
        return {
            place: row.listing.images for place, row in enumerate(rows, start=1) if row.listing is not None
        }

    @cached_property
    def _references(self) -> Mapping[str, Reference]:
        return {it.id: it for it in self._state.catalog.references.of(self._tenant)}

    def _wanted(self, outcome: Outcome) -> list[Reference]:
        """The reference that matched, or else all of the brand's that the label or the verdict names."""
        matched = self._references.get(outcome.reference_id or "")
        if matched is not None:
            return [matched]
        brand = outcome.label.brand if outcome.label.infringing else outcome.brand
        return [it for it in self._references.values() if it.brand == brand]

    def _fetched(self, source: str) -> Pixels:
        return decode(self._pictures.fetch(source)).pixels

    def _reference(self, reference: Reference) -> Pixels:
        data = self._state.blobs(self._tenant).get(reference.sha256)
        return open_reference(data, reference.name).pixels

    def _shown(self, picture: _Opened, caption: str) -> Shown:
        height, width = picture.pixels.shape[:2]
        share = min(1.0, SIDE / max(height, width))
        size = (max(1, round(width * share)), max(1, round(height * share)))
        small = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
        buffer = io.BytesIO()
        Image.fromarray(small).save(buffer, "JPEG", quality=72)
        text = base64.b64encode(buffer.getvalue()).decode()
        if len(text) > self.left:
            return Shown(caption, missing="left out, so that the report stays small")
        self.left -= len(text)
        return Shown(caption, source=f"data:image/jpeg;base64,{text}")


def _all_opened(wanted: Sequence[tuple[str, Callable[[], Pixels]]]) -> tuple[list[_Opened], str | None]:
    """Those that can be opened, and why the first of the others cannot."""
    opened, why = [], None
    for name, opens in wanted:
        try:
            opened.append(_Opened(name, opens()))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a picture, the report goes on
            why = why or reason(error)
    return opened, why


def _apart(one: Pixels, other: Pixels) -> float:
    """How differently two pictures are coloured, cell by cell: enough to choose which to show."""
    cells = [cv2.resize(it, (12, 12), interpolation=cv2.INTER_AREA).astype(np.float32) for it in (one, other)]
    return float(np.abs(cells[0] - cells[1]).mean())
