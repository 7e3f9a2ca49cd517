"""Whole files in a folder or behind any URL that fsspec reads, written all or not at all."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from scoring.errors import CatalogError, UnreachableError


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file as its store lists it."""

    path: str
    size: int
    """Bytes."""
    modified: datetime
    """When it was written, or renewed, by the store's own clock."""


class Files:
    """Files under one root: a folder, or a URL such as `memory://blobs` or `s3://bucket/blobs`.

    May be sent to other processes, and shared between threads.
    """

    def __init__(self, root: str | Path, *, options: Mapping[str, Any] | None = None) -> None:
        self.root = str(root)
        with self._translated("opened"):
            # What another process has written since must be seen: nothing is remembered of listings.
            self._fs, self._base = url_to_fs(self.root, use_listings_cache=False, **(options or {}))
        self._local = isinstance(self._fs, LocalFileSystem)

    def exists(self, path: str) -> bool:
        """Whether the file is there, whole."""
        with self._translated("looked at"):
            if self._local:
                return Path(self._at(path)).is_file()
            try:  # fsspec's own isfile takes a server that is away for a file that is not there
                return bool(self._fs.info(self._at(path))["type"] == "file")
            except FileNotFoundError:
                return False

    def modified(self, path: str) -> datetime | None:
        """When the file was written, or renewed; None where there is none."""
        with self._translated("looked at"):
            try:
                told = self._fs.info(self._at(path))
            except FileNotFoundError as error:
                if _answered(error) == "NoSuchBucket":
                    raise
                return None
            return _moment(told) if told["type"] == "file" else None

    def renew(self, path: str) -> None:
        """Let a file count as written now; one that is not there is no error."""
        if not self._local:
            if (data := self.read(path)) is not None:
                self.write(path, data)
            return
        with self._translated("written"), suppress(FileNotFoundError):
            os.utime(self._at(path))

    def read(self, path: str) -> bytes | None:
        """The file's bytes; None where there is no such file."""
        with self._translated("read"):
            try:
                return bytes(self._fs.cat_file(self._at(path)))
            except FileNotFoundError as error:
                if _answered(error) == "NoSuchBucket":
                    raise
                return None

    def write(self, path: str, data: bytes) -> None:
        """Put the file there in one step: a reader, or a crash, finds all of it or none.

        Object stores (and memory) give that by themselves. In a folder the bytes reach the disk under
        another name first, because only a rename within one folder is atomic.
        """
        target = self._at(path)
        with self._translated("written"):
            if not self._local:
                self._fs.pipe_file(target, data)
                return
            final = Path(target)
            final.parent.mkdir(parents=True, exist_ok=True)
            part = final.with_name(f".{final.name}.{uuid4().hex}.part")
            try:
                with part.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(final)
            finally:
                part.unlink(missing_ok=True)

    def under(self, folder: str) -> Iterator[str]:
        """The paths of all files in a folder and below it, in alphabetical order."""
        base = self._at("")
        with self._translated("listed"):
            for place in sorted(self._fs.find(self._at(folder))):
                if not place.endswith(".part"):  # of a write that was killed
                    yield place.removeprefix(base)

    def kept(self, folder: str) -> Iterator[KeptFile]:
        """Every file in a folder and below it, by path; also what a killed write has left behind."""
        base = self._at("")
        with self._translated("listed"):
            for place, told in sorted(self._fs.find(self._at(folder), detail=True).items()):
                yield KeptFile(path=place.removeprefix(base), size=told["size"], modified=_moment(told))

    def folders(self, folder: str = "") -> tuple[str, ...]:
        """The names of the folders right under the root, or right under another folder."""
        with self._translated("listed"):
            try:
                there = self._fs.ls(self._at(folder), detail=True)
            except FileNotFoundError as error:
                if _answered(error) == "NoSuchBucket":
                    raise
                return ()
        found = (it["name"].rstrip("/").rpartition("/")[2] for it in there if it["type"] == "directory")
        return tuple(sorted(found))

    def delete(self, path: str) -> None:
        """Remove one file; one that is not there is no error."""
        with self._translated("deleted"), suppress(FileNotFoundError):
            self._fs.rm_file(self._at(path))

    def remove(self, folder: str) -> None:
        """Remove a folder and everything in it; one that is not there is no error."""
        with self._translated("deleted"):
            try:
                self._fs.rm(self._at(folder), recursive=True)
            except FileNotFoundError as error:
                if _answered(error) == "NoSuchBucket":
                    raise

    def _at(self, path: str) -> str:
        return f"{self._base.rstrip('/')}/{path}"

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        """The one place where a file system's errors become ours."""
        try:
            yield
        except (ConnectionError, TimeoutError) as error:
            raise self._away(error) from error
        except OSError as error:
            if not self._local and error.errno in _PASSING:
                raise self._away(error) from error
            raise CatalogError(
                f"The blob store {self.root} cannot be {verb}: {error.strerror or error}.",
                hint="Check that it exists, has room, and that this user may read and write it.",
            ) from error
        except (ValueError, ImportError) as error:
            raise CatalogError(
                f"The blob store {self.root} cannot be {verb}: {error}.",
                hint="Name a folder, or a URL whose fsspec driver is installed; "
                "for s3:// that is s3fs: pip install 'counterfoil[s3]'.",
            ) from error
        except Exception as error:
            if (known := _of_aws(error)) is None:
                raise
            if known in _ON_THE_WAY:
                raise self._away(error) from error
            raise CatalogError(
                f"The blob store {self.root} cannot be {verb}: {error}.",
                hint="Check COUNTERFOIL_S3__… or the AWS_… variables: the address, the region and the keys.",
            ) from error

    def _away(self, error: Exception) -> UnreachableError:
        return UnreachableError(
            f"The blob store {self.root} did not answer: {error}.",
            hint="Check the network and the server, then try again.",
        )


def _moment(told: Mapping[str, Any]) -> datetime:
    """When a file was written, as its store says it: in seconds, or as a moment."""
    moment: float | datetime = next(told[it] for it in ("mtime", "LastModified", "created") if it in told)
    return moment.astimezone(UTC) if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)


_PASSING = {errno.EBUSY, errno.EIO, getattr(errno, "EREMOTEIO", errno.EIO)}
"""What s3fs makes of `SlowDown`, `ServiceUnavailable` and `InternalError` when it has tried five times."""

_ON_THE_WAY = {"HTTPClientError", "ConnectionError"}
"""botocore's kinds of error where no answer came; all others are about keys, regions and addresses."""


def _answered(error: Exception) -> str | None:
    """The code in S3's answer that became this error, such as `NoSuchKey`."""
    answer = getattr(error.__cause__, "response", None)
    return answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None


def _of_aws(error: Exception) -> str | None:
    """Which kind of error of the AWS SDK's own this is: s3fs lets through those that never reached S3."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("botocore.")]
    return next((kind for kind in kinds if kind in _ON_THE_WAY), kinds[0]) if kinds else None
