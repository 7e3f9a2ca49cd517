"""Bytes by what they are: pictures under their sha256, and what was derived from them."""

from catalog.blobs.derived import DerivedStore
from catalog.blobs.files import Files
from catalog.blobs.store import BlobStore

__all__ = ["BlobStore", "DerivedStore", "Files"]
