"""`counterfoil embed`: pictures on this machine to vectors in a Parquet file, as they come."""

import glob
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from cluster.session import cores
from cluster.views import open_reference
from scoring.errors import RowError, SettingsError
from vision.encoder import Encoder

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".svg"}
)
"""What is taken for a picture in a folder; a file that is named itself may end as it likes."""

_TOLD = 100
"""Skipped files that the summary names; each is told as it comes."""


@dataclass(slots=True)
class Embedding:
    """What became of it."""

    encoder: str
    size: int
    out: str
    written: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)
    """Of the first hundred that were skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is done at a time."""

    batch: int = 16
    """Pictures through the model at once."""
    row_group: int = 1024
    """Rows kept in memory before they are written: 3 MB by an encoder of 768."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told what, as it happens."""

    progress: Callable[[int], None] = lambda _: None
    """Files done so far."""
    skipped: Callable[[str], None] = lambda _: None
    """A file's name and why it was skipped."""


_USUAL, _NOBODY = Sizes(), Listeners()


def embed_files(
    paths: Sequence[str],
    encoder: Encoder,
    out: Path,
    *,
    sizes: Sizes = _USUAL,
    listeners: Listeners = _NOBODY,
) -> Embedding:
    """Embed every picture under `paths` (files, folders, globs) into a file with `path` and `vector`.

    Pictures are decoded beside the model, and never more of them held than a few batches. The file
    appears when it is whole. Raises `SettingsError` where there is nothing to embed, or `out` cannot be.
    """
    done = Embedding(encoder.key, encoder.size, str(out))
    with _writer(out, encoder) as write:
        rows: list[tuple[str, npt.NDArray[np.float32]]] = []
        waiting: list[tuple[str, npt.NDArray[np.float32]]] = []
        for path, prepared in _prepared(_files(paths), encoder, ahead=2 * sizes.batch):
            if isinstance(prepared, str):
                done.skipped += 1
                done.reasons += [f"{path}: {prepared}"] * (done.skipped <= _TOLD)
                listeners.skipped(f"{path}: {prepared}")
            else:
                waiting.append((path, prepared))
            if len(waiting) == sizes.batch:
                rows += _embedded(waiting, encoder)
                waiting = []
            if len(rows) >= sizes.row_group:
                write(rows)
                done.written, rows = done.written + len(rows), []
            listeners.progress(done.written + len(rows) + len(waiting) + done.skipped)
        rows += _embedded(waiting, encoder)
        if rows:
            write(rows)
            done.written += len(rows)
        if not done.written:
            raise SettingsError(
                f"there is no readable picture under {', '.join(paths)}.",
                hint="Name pictures, folders of them, or globs in quotes."
                + (f" First: {done.reasons[0]}" if done.reasons else ""),
            )
    return done


def count_files(paths: Sequence[str]) -> int:
    """How many files there are to embed, without opening any."""
    return sum(1 for _ in _files(paths))


def _files(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if Path(path).is_dir():
            yield from _in_folder(path)
        elif Path(path).exists() or not glob.has_magic(path):
            yield path  # one that is not there is skipped with its reason, like one that cannot be read
        else:
            for found in glob.iglob(path, recursive=True):  # noqa: PTH207 - as a shell reads it, absolute or not
                if Path(found).is_file():
                    yield found


def _in_folder(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(it for it in folders if not it.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield str(Path(here) / name)


def _prepared(
    files: Iterator[str], encoder: Encoder, *, ahead: int
) -> Iterator[tuple[str, npt.NDArray[np.float32] | str]]:
    """Each file's picture as the model wants it, or why not, in order; `ahead` of them at most."""
    pending: deque[tuple[str, Future[npt.NDArray[np.float32] | str]]] = deque()
    # Pillow and torchvision let go of the interpreter while they decode and resize.
    with ThreadPoolExecutor(cores(), thread_name_prefix="decode") as pool:
        for file in files:
            pending.append((file, pool.submit(_prepare, file, encoder)))
            if len(pending) > ahead:
                path, future = pending.popleft()
                yield path, future.result()
        while pending:
            path, future = pending.popleft()
            yield path, future.result()


def _prepare(file: str, encoder: Encoder) -> npt.NDArray[np.float32] | str:
    try:
        return encoder.prepare(open_reference(Path(file).read_bytes(), file).pixels)
    except (RowError, OSError) as error:
        return str(error)


def _embedded(
    waiting: list[tuple[str, npt.NDArray[np.float32]]], encoder: Encoder
) -> list[tuple[str, npt.NDArray[np.float32]]]:
    vectors = encoder.embed([prepared for _, prepared in waiting])
    return [(path, vector) for (path, _), vector in zip(waiting, vectors, strict=True)]


@contextmanager
def _writer(
    out: Path, encoder: Encoder
) -> Iterator[Callable[[list[tuple[str, npt.NDArray[np.float32]]]], None]]:
    """Writes row groups into a file beside `out`, which becomes `out` where the block ends well."""
    schema = pa.schema(
        [("path", pa.string()), ("vector", pa.list_(pa.float32(), encoder.size))],
        metadata={"encoder": encoder.key},
    )
    partial = out.with_name(f".{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        file: Any = pq.ParquetWriter(partial, schema)
    except OSError as error:
        raise SettingsError(
            f"{out} cannot be written: {error.strerror or error}.", hint="Name another file with --out."
        ) from error

    def write(rows: list[tuple[str, npt.NDArray[np.float32]]]) -> None:
        flat = pa.array(np.concatenate([vector for _, vector in rows]))
        columns = [
            pa.array([path for path, _ in rows], pa.string()),
            pa.FixedSizeListArray.from_arrays(flat, encoder.size),
        ]
        file.write_table(pa.Table.from_arrays(columns, schema=schema))

    try:
        with file:
            yield write
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
