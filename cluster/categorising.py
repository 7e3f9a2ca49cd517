"""`counterfoil categorise`: the category of each product, from its pictures, where a listing names none.

The category then chooses the recipe, the encoder and the calibration, as a seller's own would. A listing that
names one keeps it; one that is unsure gets none, and is judged by what the tenant uses everywhere.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cluster.sources import Pictures, PictureSpec
from scoring.errors import CounterfoilError, EncoderError, SettingsError
from vision.decode import decode
from vision.encoder import Encoder
from vision.words import Categories

_PICTURES = 3
"""Pictures of a listing that are looked at: the first show the product, later ones labels and details."""


@dataclass(slots=True)
class Categorised:
    """What became of a file of listings."""

    set: dict[str, int] = field(default_factory=dict)
    """By category, the listings that got it."""
    named: int = 0
    """Listings that named one themselves, which stays."""
    unsure: int = 0
    """Listings whose likeliest category was not likely enough: they stay without."""
    unreadable: int = 0
    """Listings without a picture that can be read, and rows that are no listing: they stay as they are."""


class Categoriser:
    """Writes categories into listings."""

    def __init__(
        self, encoder: Encoder, labels: Sequence[str], *, sure: float, private: bool = False
    ) -> None:
        if encoder.words is None:
            raise EncoderError(f"The encoder {encoder.key} reads no words.", hint="Choose one that does.")
        if not 0 <= sure < 1:
            raise SettingsError(f"{sure} is no probability to be surer than.", hint="Give 0.5, for instance.")
        self._encoder = encoder
        self._categories = Categories(encoder.words, labels)
        self._sure = sure
        self._private = private

    def rewrite(self, listings: Path, out: Path) -> Categorised:
        """A JSONL file of listings with the categories that were missing; other fields stay as they are.

        `out` should lie beside `listings`: paths of pictures are relative to the file.
        """
        done = Categorised()
        if out.resolve() == listings.resolve():
            raise SettingsError("a file is not read and written at once.", hint="Name another with --out.")
        if out.resolve().parent != listings.resolve().parent:
            raise SettingsError(
                "pictures lie beside their listings.", hint=f"Write to {listings.parent / out.name}."
            )
        try:
            with listings.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as written:
                for line in self._lines(lines, listings.resolve().parent, done):
                    written.write(line)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{listings} cannot be rewritten: {error}.", hint="Check both paths."
            ) from error
        return done

    def _lines(self, lines: Iterator[str], folder: Path, done: Categorised) -> Iterator[str]:
        pictures = Pictures(PictureSpec(private_addresses=self._private, roots=(folder,)))
        for line in lines:
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                row = None
            if not isinstance(row, dict):
                done.unreadable += bool(line.strip())
                yield line  # the scan will say what is wrong with it
            elif row.get("category"):
                done.named += 1
                yield line
            else:
                self._categorise(row, folder, pictures, done)
                yield json.dumps(row, ensure_ascii=False) + "\n"

    def _categorise(self, row: dict[str, Any], folder: Path, pictures: Pictures, done: Categorised) -> None:
        ready = []
        for image in [it for it in row.get("images") or () if isinstance(it, str)][:_PICTURES]:
            source = image if ":" in image.partition("/")[0] else (folder / image).as_uri()
            try:
                ready.append(self._encoder.prepare(decode(pictures.fetch(source)).pixels))
            except CounterfoilError:
                continue  # the scan will say so, picture by picture
        if not ready:
            done.unreadable += 1
            return
        guess = self._categories.guess(self._encoder.embed(ready))
        if guess.probability <= self._sure:
            done.unsure += 1
            return
        row["category"] = guess.label
        done.set[guess.label] = done.set.get(guess.label, 0) + 1
