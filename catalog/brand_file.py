"""brand.yaml: what a person writes about a brand, and where exactly it went wrong.

The file comes from outside. Aliases (a few lines can unfold to gigabytes) and deep nesting are
refused before anything is built from them, and a key that is misspelt or given twice is an error.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError
from rapidfuzz import process

from scoring.brand import (
    AuthorisedSeller,
    Brand,
    Colour,
    Domain,
    Mark,
    Owned,
    Price,
    ProductPrice,
    Text,
    WatchTerm,
)
from scoring.errors import BrandKitError
from scoring.gtin import LENGTHS, check_digit, gtin14
from scoring.listing import Money
from scoring.strict_yaml import StrictLoader

BRAND_FILE = "brand.yaml"
MINIMAL = "brand: Northpine\nmarks:\n  - {text: NORTHPINE, kind: word}\n"

MAX_BYTES = 256 * 1024
"""Room for 5,000 authorised sellers, which take 2 s to parse."""
_SHOWN = 10
_SMALLEST = f"The smallest that works:\n\n{MINIMAL}"
_CORRECT = "Correct it and import again."


def _checked(gtin: str) -> str:
    """A GTIN as written; a number that no barcode can carry protects nothing, so it is a mistake."""
    if gtin14(gtin) is not None:
        return gtin
    if len(gtin) in LENGTHS:
        raise ValueError(
            f"{gtin} is no GTIN: after {gtin[:-1]} comes {check_digit(gtin[:-1])}, so a digit is mistyped"
        )
    whole = next((gtin.zfill(n) for n in LENGTHS if n > len(gtin) and gtin14(gtin.zfill(n))), None)
    lost = f": did a spreadsheet drop the zeros of {whole}?" if whole else ""
    raise ValueError(f"{gtin} is no GTIN: they have 8, 12, 13 or 14 digits, not {len(gtin)}{lost}")


class BrandKit(Owned):
    """brand.yaml as it is written; `scoring.Brand` is what it means."""

    brand: Text = Field(description="the brand's name, and the only key that is required")
    marks: tuple[Mark, ...] = Field(default=(), description="the text and graphics the brand owns")
    colours: tuple[Colour, ...] = Field(default=(), description="colours in #RRGGBB, registered or not")
    gtins: tuple[
        Annotated[str, StringConstraints(pattern=r"^[0-9]{8,14}$"), AfterValidator(_checked)], ...
    ] = Field(default=(), description="barcode numbers (GTIN-8, -12, -13 or -14), in quotes")
    price: Price | None = Field(
        default=None, description="the genuine product's lowest price, or prices it was really sold at"
    )
    domains: tuple[Domain, ...] = Field(
        default=(), description="the brand's own names on the web, e.g. northpine.example"
    )
    languages: tuple[Text, ...] = Field(default=("en",), description="languages of the listings, ISO 639-1")
    authorised_sellers: tuple[AuthorisedSeller, ...] = Field(
        default=(), description="who may sell, and where"
    )
    watch_terms: tuple[WatchTerm, ...] = Field(
        default=(), description="classes of prohibited goods, by words"
    )

    def resolved(self) -> Brand:
        """The brand as the scorer knows it."""
        return Brand.model_validate({"name": self.brand, **self.model_dump(by_alias=True, exclude={"brand"})})


_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): BrandKit,
    ("marks",): Mark,
    ("colours",): Colour,
    ("price",): Price,
    ("price", "floor"): Money,
    ("price", "typical"): Money,
    ("price", "products"): ProductPrice,
    ("price", "products", "floor"): Money,
    ("price", "products", "typical"): Money,
    ("authorised_sellers",): AuthorisedSeller,
    ("watch_terms",): WatchTerm,
}
"""Which keys belong where; a list's elements stand under the list's own key."""


def read_brand(folder: Path) -> Brand:
    """The brand that a kit's brand.yaml describes.

    Raises `BrandKitError`, with the line of each mistake.
    """
    path = folder / BRAND_FILE
    if path.is_symlink() or not path.is_file():
        near = next(
            (name for name in ("brand.yml", "Brand.yaml", "brand.json") if (folder / name).is_file()), None
        )
        if path.is_symlink():
            why = f"{path} is a link: put a copy of the file there instead."
        else:
            why = f"There is no {BRAND_FILE} in {folder}" + (f", but a {near}: rename it." if near else ".")
        raise BrandKitError(why, hint=_SMALLEST)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise BrandKitError(
            f"{path} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    if size > MAX_BYTES:
        raise BrandKitError(
            f"{path} has {size:,} bytes, more than {MAX_BYTES:,}.", hint="Split it into brands."
        )
    return parse_brand(data, name=str(path)).resolved()


def parse_brand(data: bytes, *, name: str = BRAND_FILE) -> BrandKit:
    """brand.yaml from its bytes; `name` is what messages call it. Raises `BrandKitError`."""
    try:
        loader = StrictLoader(data.decode("utf-8-sig"))
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            found = "empty" if root is None else "not a mapping of keys to values"
            raise BrandKitError(f"{name} is {found}.", hint=_SMALLEST)
        mistakes = list(_misplaced(root))
        document = None if mistakes else loader.construct_document(root)
    except UnicodeDecodeError as error:
        raise BrandKitError(f"{name} is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        problem = ", ".join(filter(None, (error.context, error.problem)))
        raise BrandKitError(f"{name} cannot be read: {line}{problem}.", hint=_CORRECT) from error
    except (yaml.YAMLError, ValueError) as error:  # a character, a date or a number that cannot be
        raise BrandKitError(f"{name} cannot be read: {error}.", hint=_CORRECT) from error
    if not mistakes:
        try:
            return BrandKit.model_validate(document)
        except ValidationError as error:
            mistakes = [_explained(root, one["loc"], one["msg"], one["input"]) for one in error.errors()]
    shown = mistakes[:_SHOWN] + ([f"and {len(mistakes) - _SHOWN} more"] if len(mistakes) > _SHOWN else [])
    raise BrandKitError(f"{name} cannot be used: {'; '.join(shown)}.", hint=_CORRECT)


def _misplaced(node: yaml.Node | None, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Keys that do not belong where they stand, or stand there twice."""
    if isinstance(node, yaml.SequenceNode):
        for element in node.value:
            yield from _misplaced(element, path)
    if not isinstance(node, yaml.MappingNode) or path not in _MODELS:
        return
    known = [field.alias or name for name, field in _MODELS[path].model_fields.items()]
    seen = set[str]()
    for key, value in node.value:
        where = f"line {key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            yield f"{where}: a key must be a word"
        elif key.value in seen:
            yield f"{where}: {key.value!r} stands there twice"
        elif key.value not in known:
            near = process.extractOne(key.value, known, score_cutoff=60)
            meant = f"did you mean {near[0]!r}?" if near else f"the keys here are {', '.join(known)}"
            yield f"{where}: unknown key {key.value!r}, {meant}"
        else:
            seen.add(key.value)
            yield from _misplaced(value, (*path, key.value))


def _explained(root: yaml.Node, loc: tuple[int | str, ...], message: str, value: object) -> str:
    place, node = "", root
    for step in loc:
        inner = _inside(node, step)
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
        if inner is None:
            break
        node = inner
    if "valid string" in message and isinstance(value, int | float | date | None):
        message += ": put it in quotes"
    return f"line {node.start_mark.line + 1}: {place}: {message}"


def _inside(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        element: yaml.Node = node.value[step]
        return element
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None
