"""Bytes by what they are: pictures under their sha256, and what was derived from them."""

from catalog.blobs.derived import DerivedStore
from catalog.blobs.files import Files, KeptFile
from catalog.blobs.store import GRACE, BlobStore

__all__ = ["GRACE", "BlobStore", "DerivedStore", "Files", "KeptFile"]
