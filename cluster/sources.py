"""Getting a listing's picture, once from outside and from then on from this scan's own copy."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from catalog.blobs import BlobStore
from cluster.kept import SCHEME, KeptPicture
from connectors.pictures import PictureFetcher
from scoring.errors import FetchError, NotKeptError


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """What a worker needs to open `Pictures`; it can be pickled."""

    private_addresses: bool
    roots: tuple[Path, ...] = ()
    """The folders from which `file://` pictures may come."""
    copies: str | None = None
    """Where fetched pictures are kept until the scan ends, so that no address is asked twice."""
    tenant: str = ""
    kept: bool = False
    """Whether pictures are read that earlier scans have kept (`cluster.kept`)."""


class Pictures:
    """The bytes of pictures, fetched through the guarded fetcher."""

    def __init__(self, spec: PictureSpec, *, kept: BlobStore | None = None) -> None:
        """`kept` holds the tenant's pictures of earlier scans, where the spec says that they are read."""
        self._fetchers = [
            PictureFetcher(root=root, allow_private=spec.private_addresses) for root in spec.roots or (None,)
        ]
        self._copies = BlobStore(spec.copies, tenant=spec.tenant) if spec.copies else None
        self._kept = kept if spec.kept else None

    def fetch(self, source: str) -> bytes:
        """The picture at a source; raises `FetchError`, `UnreachableError` or `RateLimitedError`.

        Raises `NotKeptError` for one of an earlier scan of which only the hashes are known.
        """
        if self._kept is not None and source.startswith(SCHEME):
            return _of_earlier(self._kept, source)
        data = self._fetcher(source).fetch(source)
        if self._copies is not None and not _is_file(source):
            self._copies.put(data)
        return data

    def again(self, source: str, sha256: str) -> bytes:
        """The picture that `fetch` gave before, from its copy where it came from outside.

        Raises `FetchError` where it is another picture by now.
        """
        if self._kept is not None and source.startswith(SCHEME):
            return _of_earlier(self._kept, source)
        if self._copies is not None and not _is_file(source):
            return self._copies.get(sha256)
        data = self._fetcher(source).fetch(source)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FetchError(
                f"{source} has changed since it was looked at.", hint="Scan it again in a new scan."
            )
        return data

    def _fetcher(self, source: str) -> PictureFetcher:
        """The fetcher whose folder holds a file; any other source is the same to all of them."""
        if _is_file(source):
            path = Path(url2pathname(urlsplit(source).path))
            for fetcher in self._fetchers:
                if fetcher.root is not None and path.is_relative_to(fetcher.root):
                    return fetcher
        return self._fetchers[0]


def _of_earlier(kept: BlobStore, source: str) -> bytes:
    digest = KeptPicture.read(source).sha256
    if not kept.exists(digest):
        raise NotKeptError(
            "the picture was not kept when its listing was seen, and no address is asked again.",
            hint="counterfoil tenant keep says which pictures are.",
        )
    return kept.get(digest)


def _is_file(source: str) -> bool:
    return source.startswith("file:")
