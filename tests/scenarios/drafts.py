"""A listing of a scenario before it has an id, a seller and files."""

import io
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from PIL import Image

from tests.scenarios.modified_copies import Pixels

Verdict = Literal["infringing", "lawful"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a scenario shows and what is true of it. Titles say nothing unless it is about them."""

    kind: str
    verdict: Verdict
    brand: str | None
    """Whose rights it touches or, for a lawful one, would be compared with."""
    variant: str
    """Which form of the scenario it is, e.g. the kind of edit."""
    pictures: tuple[Pixels | bytes, ...] = field(repr=False)
    goods: str
    """What it is said to be: titles and prices are chosen by it."""
    title: str | None = None
    stated: dict[str, Any] = field(default_factory=dict)
    """Fields of the listing that this scenario is about: stock, condition, seller, price, platform."""


def jpeg(picture: Pixels, quality: int = 88) -> bytes:
    """A picture as a marketplace stores it."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
