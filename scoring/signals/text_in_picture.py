"""The brand's words on the product, its packaging or anything else that a picture shows."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import TEXT, Features, TextLine, matches
from scoring.listing import Listing
from scoring.names import Hit, Spelling, index_of, read
from scoring.names.misread import blurred
from scoring.names.senses import Mention, Sense, sense_of
from scoring.passages import Passage, passages
from scoring.signals.interface import Example, Signal


class TextInPicture(Signal):
    pass


def find(words: tuple[str, ...], found: Iterable[Passage]) -> Iterator[tuple[Passage, Hit, object, bool]]:
    sharp = index_of(words)
    blur = {}
    for w in words:
        blur.setdefault(blurred(w), w)
    soft = index_of(tuple(blur))
    for p in found:
        reading = read(p.text)
        hits = sharp.search(reading)
        if hits:
            for h in hits: yield p, h, reading, False
        else:
            r2 = read(blurred(p.text))
            for h in soft.search(r2):
                yield p, h, r2, True
