"""Reading text in pictures: what each saving costs, in time and in names found: `python -m benchmarks.text`.

Phone photographs of packages, photographs of marks in the wild, and pictures of other things, each read by
RapidOCR as it comes and by our reader under several settings. Seconds are those of one core's own time, so
that a busy machine changes them less. The settings were chosen on the even half of each folder; this
reports on the odd half.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks._report import options, photographs, show
from benchmarks.names import DEVELOPMENT, REPORT
from scoring.brand import Brand, Mark
from scoring.evidence import Evidence
from scoring.features import TEXT, TextLine
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.signals.text_in_picture import TextInPicture
from tests.scenarios.promises import packages, unrelated
from vision.decode import decode
from vision.text import DEFAULT_TEXT, read_text

Pixels = npt.NDArray[np.uint8]
Reader = Callable[[Pixels], tuple[TextLine, ...]]

WORDS = {
    "Arla": "Arla",
    "Bravo": "Bravo",
    "God": "God Morgon",
    "Oatly": "Oatly",
    "Yoggi": "Yoggi",
    "adidas0": "adidas",
    "chanel": "Chanel",
    "gucci": "Gucci",
    "lacoste": "Lacoste",
    "nike": "Nike",
}
"""What each folder's brand prints on its goods; Chanel and Nike mostly print no word."""
_SIGNAL = TextInPicture()
_FIRED = Recipe.default().signals["text_in_picture"].moderate
_LISTING = Listing(platform="shop", listing_id="1")


def _ours(**changes: float) -> Reader:
    settings = replace(DEFAULT_TEXT, **changes)  # type: ignore[arg-type]  # numbers, as their fields are
    return lambda pixels: _lines(read_text(pixels, settings))


def _lines(found: Sequence[Any]) -> tuple[TextLine, ...]:
    return tuple(TextLine(text=line.text, confidence=line.confidence, quad=line.quad) for line in found)


def _rapidocr() -> Reader:
    """RapidOCR as it comes, but on one thread."""
    from rapidocr import RapidOCR  # noqa: PLC0415 - slow to import, and only here

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    reader: Callable[[Pixels], Any] = RapidOCR(params={**threads, "Global.log_level": "error"})

    def read(pixels: Pixels) -> tuple[TextLine, ...]:
        height, width = pixels.shape[:2]
        answer = reader(np.ascontiguousarray(pixels[:, :, ::-1]))
        if answer.txts is None:
            return ()
        return tuple(
            TextLine(text=text, confidence=sure, quad=tuple((x / width, y / height) for x, y in box.tolist()))  # type: ignore[arg-type]  # four
            for text, sure, box in zip(answer.txts, answer.scores, answer.boxes, strict=True)
        )

    return read


DEFAULT = "the default: fewer regions"
_EVERY: dict[str, float] = {"most_lines": 1000, "least_aspect": 1.0}
READERS: dict[str, Callable[[], Reader]] = {
    "RapidOCR as it comes": _rapidocr,
    "our pipeline, as finely": lambda: _ours(side=736, threshold=0.3, box_threshold=0.5, **_EVERY),
    "more coarsely": lambda: _ours(threshold=0.3, box_threshold=0.5, **_EVERY),
    "lower thresholds": lambda: _ours(**_EVERY),
    DEFAULT: _ours,
    "never turned over": lambda: _ours(doubtful=0.0),
    "at most 6 regions": lambda: _ours(most_lines=6),
    "looked for at 384": lambda: _ours(side=384),
    "looked for at 512": lambda: _ours(side=512),
}
"""Each saving on top of the ones above it, down to the default; then the default but for one thing."""


@dataclass(slots=True)
class Tally:
    """What one reader did on one set of pictures."""

    pictures: int = 0
    seconds: float = 0.0
    read: int = 0
    """Pictures in which the brand's word was read, however it was spelled."""
    fired: int = 0
    """Pictures in which it fired."""
    alarms: list[str] = field(default_factory=list)
    """Names that fired and are not the picture's brand; some of them are there to be seen."""

    def row(self) -> dict[str, Any]:
        """As it is printed."""
        return {
            "milliseconds": round(1e3 * self.seconds / self.pictures),
            "read": round(self.read / self.pictures, 3),
            "fired": round(self.fired / self.pictures, 3),
            "other names": self.alarms,
        }


def score(word: str, lines: tuple[TextLine, ...]) -> float:
    """What the signal says of a brand of this one word; 0 where it abstains."""
    said = _SIGNAL.weigh(_LISTING, Brand(name=word, marks=(Mark(text=word),)), {TEXT: lines})
    return said.score if isinstance(said, Evidence) else 0.0


def sets(data: Path, most: int, *, half: int) -> dict[str, list[tuple[Path, str]]]:
    """At most so many pictures of each kind, with the word each should show."""
    shop = [
        (path, WORDS[package.name.split("-")[0]])
        for package in packages(data)[half::2]
        for path in sorted((package / "photos").iterdir())
    ]
    wild = [
        (path, WORDS[folder.name])
        for folder in sorted((data / "logos-in-photos").iterdir())
        if folder.is_dir()
        for path in sorted(folder.glob("*.jpg"))[half::2]
    ]
    other = [(path, "") for path in unrelated(data)[half::2]]
    return {
        name: found[:: max(1, len(found) // most)][:most]
        for name, found in (
            ("packages in a shop", shop),
            ("marks in the wild", wild),
            ("other things", other),
        )
    }


def measure(data: Path, *, most: int) -> dict[str, Any]:
    """Every reader on every picture, picture by picture, so that all meet the same machine."""
    readers = {name: make() for name, make in READERS.items()}
    names = sorted({*DEVELOPMENT, *REPORT, *WORDS.values()})
    figures: dict[str, Any] = {}
    for kind, chosen in sets(data, most, half=1).items():
        tallies: dict[str, Tally] = defaultdict(Tally)
        for path, word in chosen:
            pixels = decode(path.read_bytes()).pixels
            for name, read in readers.items():
                _count(tallies[name], pixels, read, word=word, others=names if name == DEFAULT else ())
            for turns in (1, 2):
                turned = np.ascontiguousarray(np.rot90(pixels, turns))
                _count(tallies[f"the default, turned {90 * turns}°"], turned, _ours(), word=word, others=())
        figures[f"{kind} ({len(chosen)})"] = {name: tally.row() for name, tally in tallies.items()}
    return figures


def _count(tally: Tally, pixels: Pixels, read: Reader, *, word: str, others: Sequence[str]) -> None:
    begun = time.process_time()
    lines = read(pixels)
    tally.seconds += time.process_time() - begun
    tally.pictures += 1
    found = score(word, lines) if word else 0.0
    tally.read += found > 0.0
    tally.fired += found >= _FIRED
    tally.alarms += [name for name in others if name.lower() != word.lower() and score(name, lines) >= _FIRED]


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", pictures=20)
    show(asked, measure(photographs(asked), most=asked.pictures))
