"""The numbers that reading text depends on; docs/measured.md says what each costs and finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings:
    """What is looked at, and how closely."""

    side: int = 448
    """Text is looked for in as many pixels as a square of this side has; it is read at full resolution."""
    narrowest: int = 256
    """Pixels that a long picture (a page of a product's story) keeps across, at up to four times the cost."""
    enlarge: float = 2.0
    """How much smaller pictures are enlarged at most."""
    threshold: float = 0.2
    """Probability from which a pixel belongs to text."""
    box_threshold: float = 0.35
    """Mean probability from which a region is read. RapidOCR's 0.3 and 0.5 suit pictures of twice the side:
    in smaller ones small text is as well outlined but less probable, and the reader refuses what is none."""
    unclip: float = 1.6
    """How far a line reaches beyond its core, as a multiple of area by perimeter; RapidOCR's own."""
    most_lines: int = 16
    """Regions that are read, the most promising first."""
    least_height: float = 8.0
    """Pixels in the original picture below which no reader can tell letters apart."""
    least_aspect: float = 1.25
    """Times as long as tall: shorter regions hold one or two letters, and no name."""
    least_confidence: float = 0.5
    """Lines read less surely are dropped; RapidOCR's own."""
    doubtful: float = 0.93
    """Below this a line may be upside down, and is read that way too. The reader copes with words on
    their head, nearly right: of 41 surely read lines of photographs and 12 drawn words, turned over, it was
    never surer than 0.92."""
    certain: float = 0.95
    """A line read as surely as this tells which way up all of its like are."""
    longest: int = 960
    """Pixels of the widest strip that is read, of 48 in height; beyond that it is squeezed."""


DEFAULT_TEXT = TextSettings()
