"""A file of listings, wherever it lies: on this machine or in a bucket, as it is or packed with gzip."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from connectors.web import Access
from scoring.errors import SourceError, UnreachableError

PACKED = ".gz"
_DRIVERS = {"s3": "s3fs", "gs": "gcsfs"}
"""By the scheme of an address, what reads it; each is an extra of that scheme's name."""
_NAMES = {"s3": ("key", "secret", "token"), "gs": ("token",)}
"""Credentials that a driver is given where the settings hold them; else it looks for the machine's own."""
_ELSEWHERE = "endpoint_url"
"""What drivers call a store's address that is not its owner's."""
_FOREIGN = (
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("aiohttp", "ClientError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("gcsfs.retry", "HttpError"),
)
"""What drivers raise beside `OSError`: known only once a driver has loaded its libraries."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One file. `place` is a path, or an address that begins with a scheme of `_DRIVERS`."""

    place: Path | str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return str(self.place)

    @property
    def folder(self) -> Path | None:
        """Where pictures that it names by paths lie; None in a bucket."""
        return self.place.parent.resolve() if isinstance(self.place, Path) else None

    @property
    def packed(self) -> bool:
        """Whether it is packed with gzip."""
        return self._name.suffix.lower() == PACKED

    @property
    def format(self) -> str:
        """The ending that says its format, such as `.jsonl`, packed or not."""
        return (self._name.with_suffix("") if self.packed else self._name).suffix.lower()

    @property
    def modified(self) -> datetime:
        """When it was written last. Raises as `open`."""
        if isinstance(self.place, Path):
            return datetime.fromtimestamp(self.place.stat().st_mtime, UTC)
        with translated(self):
            system, path = self._found(self.place)
            return cast("datetime", system.modified(path))

    def open(self) -> BinaryIO:
        """Its bytes, unpacked. Foreign errors come through: read it within `translated`."""
        if isinstance(self.place, Path):
            raw: BinaryIO = self.place.open("rb")
        else:
            system, path = self._found(self.place)
            raw = BufferedReader(system.open(path, "rb"))  # the drivers' own files read lines without a limit
        return cast("BinaryIO", _Unpacked(raw)) if self.packed else raw

    def _found(self, address: str) -> tuple[AbstractFileSystem, str]:
        """The store that an address names, and where in it.

        At another address than Google's, the driver's own core reads: what it wraps around it asks Google's
        control plane what kind of bucket it is, wherever that lies, and waits for an answer at every file.
        """
        if address.startswith("gs://") and _ELSEWHERE in self.options:
            core: type[AbstractFileSystem] = import_module("gcsfs.core").GCSFileSystem
            return core(**self.options), address
        return cast("tuple[AbstractFileSystem, str]", url_to_fs(address, **self.options))

    @property
    def _name(self) -> PurePosixPath:
        return PurePosixPath(self.place.name if isinstance(self.place, Path) else self.place)


class _Unpacked(gzip.GzipFile):
    """Closes the file below, which `GzipFile` leaves open where it did not open it."""

    def __init__(self, below: BinaryIO) -> None:
        super().__init__(fileobj=below, mode="rb")
        self._below = below

    def close(self) -> None:
        super().close()
        self._below.close()


def feed_of(written: str, access: Access, *, installed: Callable[[str], object] = find_spec) -> Feed:
    """The feed that stands behind `file:`; `SourceError` where its driver is not installed."""
    scheme, slashes, _ = written.partition("://")
    if not slashes:
        return Feed(Path(written).expanduser())
    driver = _DRIVERS.get(scheme)
    if driver is None:
        known = ", ".join(f"{name}://" for name in _DRIVERS)
        raise SourceError(f"{scheme}:// cannot be read.", hint=f"Write a path, or one of {known}.")
    if not installed(driver):
        raise SourceError(
            f"{scheme}:// needs {driver}, which is not installed.",
            hint=f"pip install 'counterfoil[{scheme}]'",
        )
    told = {name: access.secret(scheme, name) for name in _NAMES[scheme] if access.has(scheme, name)}
    if scheme in access.addresses:
        told[_ELSEWHERE] = access.addresses[scheme]
    return Feed(written, told)


@contextmanager
def translated(feed: Feed) -> Iterator[None]:
    """Whatever goes wrong while a feed is read, as our errors."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(
            f"{feed} cannot be unpacked: {error}.", hint="Write it anew: it is no gzip, or was cut short."
        ) from error
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise SourceError(
            f"{feed} cannot be read: {error.strerror or error}.",
            hint="Check its address and its permissions.",
        ) from error
    except OSError as error:
        raise _lost(feed, error) from error
    except _foreign() as error:
        raise _lost(feed, error) from error


def _lost(feed: Feed, error: Exception) -> SourceError | UnreachableError:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if "redential" in said:  # of every cloud's library the one word that all its errors of that kind share
        return SourceError(f"{feed} cannot be read: {said}.", hint="Set the bucket's credentials.")
    if isinstance(feed.place, Path):
        return SourceError(f"{feed} cannot be read: {said}.", hint="Check its permissions.")
    return UnreachableError(f"{feed} cannot be read: {said}.", hint="Resume later.")


def _foreign() -> tuple[type[Exception], ...]:
    loaded = ((sys.modules.get(module), name) for module, name in _FOREIGN)
    return tuple(getattr(module, name) for module, name in loaded if module is not None)
