"""Whole files in a folder or behind any URL that fsspec reads, written all or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from scoring.errors import CatalogError, UnreachableError


class Files:
    """Files under one root: a folder, or a URL such as `memory://blobs` or `s3://bucket/blobs`.

    May be sent to other processes, and shared between threads.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = str(root)
        with self._translated("opened"):
            self._fs, self._base = url_to_fs(self.root)
        self._local = isinstance(self._fs, LocalFileSystem)

    def exists(self, path: str) -> bool:
        """Whether the file is there, whole."""
        with self._translated("looked at"):
            return bool(self._fs.isfile(self._at(path)))

    def read(self, path: str) -> bytes | None:
        """The file's bytes; None where there is no such file."""
        with self._translated("read"):
            try:
                return bytes(self._fs.cat_file(self._at(path)))
            except FileNotFoundError:
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

    def remove(self, folder: str) -> None:
        """Remove a folder with everything in it, where it is there."""
        with self._translated("cleared"):
            if self._fs.exists(self._at(folder)):
                self._fs.rm(self._at(folder), recursive=True)

    def _at(self, path: str) -> str:
        return f"{self._base.rstrip('/')}/{path}"

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        """The one place where a file system's errors become ours."""
        try:
            yield
        except (ConnectionError, TimeoutError) as error:
            raise UnreachableError(
                f"The blob store {self.root} did not answer: {error}.",
                hint="Check the network, then try again.",
            ) from error
        except OSError as error:
            raise CatalogError(
                f"The blob store {self.root} cannot be {verb}: {error.strerror or error}.",
                hint="Check that it exists, has room, and that this user may read and write it.",
            ) from error
        except (ValueError, ImportError) as error:
            raise CatalogError(
                f"The blob store {self.root} cannot be {verb}: {error}.",
                hint="Name a folder, or a URL whose fsspec driver is installed (for s3:// that is s3fs).",
            ) from error
