"""What was computed from a picture, so that the next scan need not compute it again."""

import logging
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from catalog.blobs.files import Files, KeptFile
from catalog.blobs.store import sharded
from catalog.tenancy import check_owner
from scoring.errors import CatalogError

_EXTRACTOR = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_DIGEST_BYTES = 32

logger = logging.getLogger(__name__)


class DerivedStore:
    """One tenant's derived data, at `<root>/<tenant>/derived/<extractor>/aa/bb/<sha256>`.

    An extractor's name holds its version (`rootsift-1`): a changed extractor writes beside the old
    one's results, never over them. It is a cache, so what is missing or damaged is simply absent.
    """

    def __init__(self, root: str | Path | Files, *, tenant: str) -> None:
        self.tenant = check_owner(tenant)
        self._files = root if isinstance(root, Files) else Files(root)

    def put(self, digest: str, extractor: str, data: bytes) -> None:
        """Keep what an extractor made of the picture with this sha256."""
        self._files.write(self._path(digest, extractor), sha256(data).digest() + data)

    def get(self, digest: str, extractor: str) -> bytes | None:
        """What the extractor made of that picture; None where it is not known (any more)."""
        path = self._path(digest, extractor)
        kept = self._files.read(path)
        if kept is None:
            return None
        data = kept[_DIGEST_BYTES:]
        if sha256(data).digest() != kept[:_DIGEST_BYTES]:
            logger.warning("%s is damaged in %s; it will be computed again", path, self._files.root)
            return None
        return data

    def kept(self) -> Iterator[tuple[str, str, KeptFile]]:
        """(extractor, sha256) of everything that is kept, with its file as the store lists it."""
        for file in self._files.kept(f"{self.tenant}/derived"):
            parts = file.path.split("/")
            yield parts[2], parts[-1], file

    def forget(self, digest: str, *, extractors: Callable[[str], bool] = lambda _: True) -> int:
        """Delete what was made of one picture by those extractors; how many did."""
        gone = 0
        for extractor in self._files.folders(f"{self.tenant}/derived"):
            path = f"{self.tenant}/derived/{extractor}/{sharded(digest)}"
            if extractors(extractor) and self._files.exists(path):
                self._files.delete(path)
                gone += 1
        return gone

    def clear(self, file: KeptFile) -> None:
        """Delete a file as `kept` has listed it."""
        self._files.delete(file.path)

    def _path(self, digest: str, extractor: str) -> str:
        if not _EXTRACTOR.fullmatch(extractor):
            raise CatalogError(
                f"{extractor!r} cannot name an extractor.",
                hint="Use a-z, 0-9, '.', '_' and '-', such as rootsift-1.",
            )
        return f"{self.tenant}/derived/{extractor}/{sharded(digest)}"
