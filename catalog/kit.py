"""A brand kit on disk: which pictures it offers, and what in it does not belong.

    brand.yaml
    references/{photo,packaging,pattern,character,artwork,logo,certification}/*.jpg  (.png .webp; logo: .svg)
    references/negative/*.jpg            pictures that must never match
    marks/<name>/*.jpg                   pictures to train a mark on, with an optional boxes.jsonl

Only regular files inside the folder are taken. Links are refused even where they stay inside: a kit
comes from outside, and a link is how it would have us read something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process

from catalog.brand_file import BRAND_FILE, read_brand
from scoring.brand import Brand, ReferenceKind
from scoring.errors import BrandKitError

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
KINDS = tuple(kind.value for kind in ReferenceKind)

_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave behind by themselves: nobody meant them, so nobody is told."""


@dataclass(frozen=True, slots=True)
class KitFile:
    """A picture that a kit offers as a reference."""

    kind: ReferenceKind
    name: str
    """Its file's name inside the kind's folder."""
    path: Path

    @property
    def place(self) -> str:
        """Where it lies in the kit, as reports name it."""
        return f"references/{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Stray:
    """Something in a kit that is not imported, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class KitFiles:
    """What a kit holds, in a fixed order."""

    brand: Brand
    files: tuple[KitFile, ...]
    strays: tuple[Stray, ...]


def read_kit(folder: Path) -> KitFiles:
    """Read a kit's brand.yaml and list its pictures, without opening them.

    Raises `BrandKitError` where the folder or its brand.yaml cannot be used. A file that does not
    belong is a `Stray`: it stops nothing, and it is not passed over in silence.
    """
    if not folder.is_dir():
        raise BrandKitError(f"There is no folder {folder}.", hint=f"Name the folder that holds {BRAND_FILE}.")
    root = folder.resolve()
    brand = read_brand(root)
    try:
        found = list(_contents(root))
    except OSError as error:
        raise BrandKitError(
            f"The kit {folder} cannot be read: {error.strerror} ({error.filename}).",
            hint="Check its permissions.",
        ) from error
    files = [one for one in found if isinstance(one, KitFile)]
    strays = [one for one in found if isinstance(one, Stray)]
    return KitFiles(
        brand=brand,
        files=tuple(sorted(files, key=lambda file: (KINDS.index(file.kind), file.name))),
        strays=tuple(sorted(strays, key=lambda stray: stray.place)),
    )


def _contents(root: Path) -> Iterator[KitFile | Stray]:
    for entry in _entries(root):
        if entry.is_symlink():
            yield _link(entry.name)
        elif entry.is_dir() and entry.name == "references":
            yield from _references(entry)
        elif entry.is_dir() and entry.name == "marks":
            yield from _marks(entry)
        elif entry.name != BRAND_FILE:
            expected = ["references/", "marks/"] if entry.is_dir() else [BRAND_FILE]
            yield Stray(
                _place(entry, ""),
                f"unknown: a kit holds {BRAND_FILE}, references/ and marks/" + _meant(entry, expected),
            )


def _marks(folder: Path) -> Iterator[Stray]:
    """Each mark, with the command that takes it from here: training is another matter than importing."""
    for entry in _entries(folder):
        place = _place(entry, "marks/")
        if entry.is_symlink():
            yield _link(place)
        elif entry.is_dir():
            yield Stray(
                place,
                f"photographs to train a mark on: counterfoil mark train {entry.name} --kit {folder.parent}",
            )
        else:
            yield Stray(place, "lies beside the folders it could be in: put it into one, named for the mark")


def _references(folder: Path) -> Iterator[KitFile | Stray]:
    for entry in _entries(folder):
        place = _place(entry, "references/")
        if entry.is_symlink():
            yield _link(place)
        elif not entry.is_dir():
            yield Stray(
                place, f"lies beside the folders it could be in: move it into one of {', '.join(KINDS)}"
            )
        elif entry.name not in KINDS:
            yield Stray(
                place, f"unknown kind of reference: there are {', '.join(KINDS)}" + _meant(entry, list(KINDS))
            )
        else:
            yield from _pictures(entry, ReferenceKind(entry.name))


def _pictures(folder: Path, kind: ReferenceKind) -> Iterator[KitFile | Stray]:
    taken = (*PICTURES, ".svg") if kind is ReferenceKind.LOGO else PICTURES
    for entry in _entries(folder):
        place = _place(entry, f"references/{kind}/")
        if entry.is_symlink():
            yield _link(place)
        elif entry.is_dir():
            yield Stray(place, "a folder inside a kind's folder: move its pictures up")
        elif not entry.is_file():
            yield Stray(place, "not a regular file")
        elif entry.suffix.lower() not in taken:
            yield Stray(place, f"not a picture by its name: {kind} takes {', '.join(taken)}")
        else:
            yield KitFile(kind=kind, name=entry.name, path=entry)


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.name not in _LITTER)


def _place(entry: Path, parent: str) -> str:
    return f"{parent}{entry.name}{'/' if entry.is_dir() and not entry.is_symlink() else ''}"


def _link(place: str) -> Stray:
    return Stray(place, "a link: put a copy of the file there instead")


def _meant(entry: Path, expected: list[str]) -> str:
    """The nearest right name, where there is one near enough to be what was meant."""
    near = process.extractOne(entry.name.lower(), expected, score_cutoff=70)
    return f"; did you mean {near[0]}?" if near else ""
