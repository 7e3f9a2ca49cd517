"""How points and collections are named: the same thing always has the same name."""

import re
from typing import Literal
from uuid import UUID, uuid5

from scoring.errors import CatalogError

POINT_NAMESPACE = UUID("5b1c7f1e-6f0a-5d3e-9a64-0d6d8a2f4c11")
"""Drawn once. Changing it would make every repeated write a second point."""

CollectionKind = Literal["references", "sightings"]
_MODEL = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")


def point_id(tenant: str, kind: CollectionKind, *, sha256: str, model: str) -> str:
    """UUIDv5 of the four in `POINT_NAMESPACE`, so that writing a picture twice is one write.

    >>> point_id("acme", "references", sha256="0" * 64, model="vit-b-32-1a2b")
    '79ca6ee7-9d2c-52b1-afaa-f442a961ded0'
    """
    return str(uuid5(POINT_NAMESPACE, "\x1f".join((tenant, kind, sha256, model))))


def collection_name(kind: CollectionKind, model: str) -> str:
    """One collection for each kind and model: vectors of two encoders never meet.

    `model` is the encoder's key: words of a-z and 0-9 joined by hyphens.

    >>> collection_name("sightings", "vit-b-32-1a2b")
    'sightings--vit-b-32-1a2b'
    """
    if not _MODEL.fullmatch(model):
        raise CatalogError(
            f"{model!r} cannot name an encoder.",
            hint="Its key is words of a-z and 0-9 joined by hyphens.",
        )
    return f"{kind}--{model}"
