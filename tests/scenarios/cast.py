"""Brands that exist only here, for each split its own: patterns, characters, a charger, a board game."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from samples.barcodes import barcode, check_digit
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.prints import (
    PATTERNS,
    Figure,
    Ink,
    ce_ink,
    circled_ink,
    plain,
    rgb,
    stamp,
    words_ink,
)
from tests.scenarios.sources import Split


@dataclass(frozen=True, slots=True)
class PatternBrand:
    """A house known by its cloth."""

    name: str
    pattern: str
    colours: tuple[str, str, str]

    def cloth(self) -> Pixels:
        """The pattern itself."""
        return PATTERNS[self.pattern](*self.colours)


@dataclass(frozen=True, slots=True)
class ChargerBrand:
    """A maker of electronics with a registered colour, barcodes and certificates."""

    name: str
    colour: str
    slogan: str
    gtins: tuple[str, ...]

    def logo(self) -> Ink:
        """Its wordmark under a bolt."""
        word = words_ink(self.name, font="DejaVuSans-BoldOblique", height=150)
        canvas = np.zeros((word.shape[0] + 190, word.shape[1]), np.uint8)
        canvas[190:] = word
        middle = word.shape[1] // 2
        bolt = np.array([[30, 0], [-60, 100], [-8, 100], [-34, 175], [62, 66], [8, 66], [52, 0]])
        bolt[:, 0] += middle
        cv2.fillPoly(canvas, [bolt.astype(np.int32)], 255, cv2.LINE_AA)
        return canvas

    def front(self, *, marked: bool, certified: float = 0.0) -> Pixels:
        """A carton's front; `certified` is the width of its certification marks, 0 for none."""
        board = plain(self.colour, (640, 800))
        cv2.rectangle(board, (60, 300), (580, 640), (248, 247, 244), -1)
        cv2.rectangle(board, (220, 380), (420, 580), (46, 48, 54), -1)
        for x in (270, 350):
            cv2.rectangle(board, (x, 330), (x + 20, 380), (168, 170, 176), -1)
        cv2.rectangle(board, (290, 560), (350, 580), (120, 122, 128), -1)
        board = stamp(board, words_ink("20W USB-C"), width=0.36, at=(0.5, 0.87), colour=(255, 255, 255))
        if marked:
            board = stamp(board, self.logo(), width=0.6, at=(0.5, 0.19), colour=(255, 255, 255))
        if certified:
            for number, ink in enumerate((ce_ink(), circled_ink("UL"))):
                at = (0.22 + 0.56 * number, 0.735)
                board = stamp(board, ink, width=certified, at=at, colour=(24, 24, 26))
        return board

    def side(self, gtin: str | None = None) -> Pixels:
        """A carton's side, with a barcode or without."""
        board = plain(self.colour, (400, 800))
        for line, text in enumerate(("INPUT 100-240V", "OUTPUT 5V 3A / 9V 2.2A", "FOR INDOOR USE ONLY")):
            board = stamp(
                board,
                words_ink(text, font="DejaVuSans"),
                width=0.7,
                at=(0.5, 0.12 + 0.06 * line),
                colour=(255, 255, 255),
            )
        if gtin is not None:
            code = barcode(gtin, 3)
            board[480 : 480 + code.shape[0], 24 : 24 + code.shape[1]] = code
        return board


@dataclass(frozen=True, slots=True)
class GameBrand:
    """A board game: a title, a palette, a picture, a layout."""

    name: str
    slogan: str
    palette: tuple[str, str, str]
    """Sky, ground, light."""

    def box(
        self,
        *,
        title: str | None = None,
        slogan: str | None = None,
        moons: bool = False,
        rng: np.random.Generator | None = None,
    ) -> Pixels:
        """The lid; with a generator, as an imitator lays it out again with a picture of his own."""

        def near(value: float, spread: float) -> float:
            return value if rng is None else value + float(rng.uniform(-spread, spread))

        size = 800
        sky, ground, light = (
            np.clip(np.array(rgb(it)) + (0 if rng is None else rng.uniform(-9, 9, 3)), 0, 255)
            for it in self.palette
        )
        fall = np.linspace(0, 1, size)[:, None, None]
        board = np.ascontiguousarray(np.broadcast_to(sky * (1 - 0.55 * fall), (size, size, 3))).astype(
            np.uint8
        )
        stars = np.random.default_rng(len(self.name) if rng is None else rng.integers(1 << 30))
        for x, y, r in zip(*stars.uniform(0, 1, (2, 90)), stars.uniform(1, 4, 90), strict=True):
            cv2.circle(
                board, (round(x * size), round(y * size * 0.7)), round(r), (250, 246, 230), -1, cv2.LINE_AA
            )
        middle = (round(near(0.62, 0.07) * size), round(near(0.45, 0.05) * size))
        radius = round(near(0.16, 0.03) * size)
        if moons:
            for place in range(3):
                spot = (round(near(0.3 + 0.2 * place, 0.05) * size), round(near(0.42, 0.08) * size))
                cv2.circle(board, spot, round(near(0.07, 0.03) * size), light.tolist(), -1, cv2.LINE_AA)
        else:
            self._planet(board, middle, radius, light, tilt=near(-18, 14))
        hills = np.random.default_rng(7 if rng is None else rng.integers(1 << 30))
        for layer in range(3):
            tops = [
                (x, size * (0.66 + 0.08 * layer) + hills.uniform(-70, 30)) for x in np.linspace(0, size, 8)
            ]
            points = np.array([*tops, (size, size), (0, size)], np.int32)
            cv2.fillPoly(board, [points], (ground * (1 - 0.28 * layer)).tolist(), cv2.LINE_AA)
        # An imitator's typefaces are near the brand's and not the same; so is where he puts the lines.
        own = rng is None
        fonts = ("DejaVuSerif-Bold", "DejaVuSerif-Italic") if own else ("STIXGeneralBol", "STIXGeneralItalic")
        pale, badge = (255, 244, 214), "2-4  |  45 MIN" if own else "3-5  |  60 MIN"
        head = words_ink((title or self.name).upper(), font=fonts[0])
        board = stamp(board, head, width=near(0.82, 0.04), at=(0.5, near(0.13, 0.02)), colour=pale)
        line = words_ink(slogan or self.slogan, font=fonts[1])
        board = stamp(board, line, width=near(0.6, 0.04), at=(0.5, near(0.24, 0.015)), colour=pale)
        cv2.rectangle(board, (40, 690), (250, 760), (250, 240, 214), -1)
        return stamp(board, words_ink(badge), width=near(0.21, 0.02), at=(0.18, 0.906), colour=(30, 26, 40))

    @staticmethod
    def _planet(
        board: Pixels, middle: tuple[int, int], radius: int, light: npt.NDArray[np.float64], *, tilt: float
    ) -> None:
        cv2.circle(board, middle, radius, light.tolist(), -1, cv2.LINE_AA)
        glint = (middle[0] - radius // 3, middle[1] - radius // 3)
        cv2.circle(board, glint, radius // 4, (255, 250, 235), -1)
        axes = (round(radius * 1.7), radius // 3)
        cv2.ellipse(board, middle, axes, tilt, 0, 360, (250, 240, 214), 9, cv2.LINE_AA)


@dataclass(frozen=True, slots=True)
class Cast:
    """The drawn brands of one split."""

    patterns: tuple[PatternBrand, ...]
    character_brand: str
    figures: tuple[Figure, ...]
    charger: ChargerBrand
    game: GameBrand


def _gtins(prefix: str, count: int) -> tuple[str, ...]:
    bodies = [f"{prefix}{number:05d}"[:12] for number in range(101, 101 + count)]
    return tuple(body + check_digit(body) for body in bodies)


CASTS: dict[Split, Cast] = {
    "development": Cast(
        patterns=(
            PatternBrand("Tessaly", "tartan", ("#E8DCC4", "#7A1F2B", "#23402F")),
            PatternBrand("Orvane", "monogram", ("#5A3A26", "#D9B96A", "#C98F4E")),
        ),
        character_brand="Pipkin Pals",
        figures=(
            Figure("Pipkin", "#F0A63C", "#FFF0D0", "round"),
            Figure("Mosswick", "#5BA86B", "#DDF2C8", "antennae", "open"),
        ),
        charger=ChargerBrand("Voltaine", "#0E9AA7", "Charged with care", _gtins("9521234", 6)),
        game=GameBrand("Starholm", "Settle the silent moons", ("#2B1B4E", "#5E2A6E", "#E8A33D")),
    ),
    "report": Cast(
        patterns=(
            PatternBrand("Kelmore", "scallops", ("#F1E7D8", "#1F3B5C", "#B4572F")),
            PatternBrand("Viandra", "lattice", ("#2E2A33", "#B08A4A", "#E6D3A8")),
        ),
        character_brand="Bibbo Friends",
        figures=(
            Figure("Bibbo", "#6C7BD0", "#E6E8FA", "long", stripes=3),
            Figure("Tarok", "#C85A7C", "#F8DCE4", "horns", "open"),
        ),
        charger=ChargerBrand("Amperio", "#D8432B", "Power you can trust", _gtins("9528765", 6)),
        game=GameBrand("Emberfall", "Guard the last flame", ("#4A1420", "#7A2E1D", "#F2C14E")),
    ),
}
