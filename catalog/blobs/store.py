"""Pictures by their own hash, each tenant's apart."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from catalog.blobs.files import Files, KeptFile
from catalog.tenancy import check_owner
from scoring.errors import CatalogError

_SHA256 = re.compile(r"[0-9a-f]{64}")

GRACE = timedelta(days=1)
"""How long a blob stays that no record names: bytes are written first, and what names them within hours."""


class BlobStore:
    """One tenant's blobs, at `<root>/<tenant>/aa/bb/<sha256>`; the same bytes are kept once."""

    def __init__(self, root: str | Path | Files, *, tenant: str) -> None:
        self.tenant = check_owner(tenant)
        self._files = root if isinstance(root, Files) else Files(root)

    def put(self, data: bytes) -> str:
        """Keep the bytes; their sha256 in hex is the key to have them back."""
        digest = sha256(data).hexdigest()
        path = self._path(digest)
        if not self.renew(digest):
            self._files.write(path, data)
        return digest

    def renew(self, digest: str) -> bool:
        """Whether the bytes of a sha256 are kept; they then stay for long enough to be named by a record.

        What was expired and is wanted again would otherwise be swept between the two.
        """
        path = self._path(digest)
        modified = self._files.modified(path)
        if modified is None:
            return False
        if datetime.now(UTC) - modified > GRACE / 2:
            self._files.renew(path)
            return self._files.exists(path)
        return True

    def get(self, digest: str) -> bytes:
        """The bytes of a sha256; `CatalogError` where they are missing or are not those bytes any more."""
        data = self._files.read(self._path(digest))
        if data is None:
            raise CatalogError(
                f"The blob store {self._files.root} has no blob {digest} of tenant {self.tenant!r}.",
                hint="If it was a reference, import its brand kit again.",
            )
        if sha256(data).hexdigest() != digest:
            raise CatalogError(
                f"Blob {digest} of tenant {self.tenant!r} is damaged in {self._files.root}.",
                hint="Delete that file, check the disk, and import the brand kit again.",
            )
        return data

    def exists(self, digest: str) -> bool:
        """Whether the bytes of a sha256 are kept."""
        return self._files.exists(self._path(digest))

    def digests(self) -> Iterator[str]:
        """The sha256 of every blob of the tenant's, in order."""
        for path in self._files.under(self.tenant):
            digest = path.rpartition("/")[2]
            if _SHA256.fullmatch(digest) and path == self._path(digest):
                yield digest

    def kept(self) -> Iterator[tuple[str | None, KeptFile]]:
        """Every blob as the store lists it, with its sha256; None for what is left of a killed write."""
        for file in self._files.kept(self.tenant):
            if file.path.startswith(f"{self.tenant}/derived/"):
                continue
            digest = file.path.rpartition("/")[2]
            yield (digest if _SHA256.fullmatch(digest) and file.path == self._path(digest) else None), file

    def delete(self, digest: str) -> None:
        """Forget the bytes of a sha256; that they are not there is no error."""
        self._files.delete(self._path(digest))

    def clear(self, file: KeptFile) -> None:
        """Delete a file as `kept` has listed it."""
        self._files.delete(file.path)

    def erase(self) -> None:
        """Delete everything that is kept for the tenant: its blobs, and what was derived from them."""
        self._files.remove(self.tenant)

    def _path(self, digest: str) -> str:
        return f"{self.tenant}/{sharded(digest)}"


def sharded(digest: str) -> str:
    """`aa/bb/<sha256>`: no folder grows past some hundreds, which file systems and people prefer.

    >>> sharded("ab" * 32)[:12]
    'ab/ab/ababab'
    """
    if not _SHA256.fullmatch(digest):
        raise CatalogError(
            f"{digest!r} is not a sha256.", hint="A blob's key is 64 hex digits in lower case."
        )
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
