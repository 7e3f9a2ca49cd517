"""A brand's logo lies in the picture: by local features, by its outline, or by what photographs of it taught.

All three say the same thing, that the logo is there, so they are one signal: as two they would count as two
pieces of evidence for one sighting. The strongest is the evidence.

Looking for marks costs most of all that is done with a picture, so it is done only where no logo's points
are confirmed. And to a detector one lettering is much like another, so it is believed only where
nothing else is written in its place: text is read where a detector speaks.
"""

from dataclasses import replace
from typing import ClassVar

from rapidfuzz import fuzz

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import (
    GEOMETRY,
    MARKS,
    TEXT,
    Features,
    FeatureValue,
    GeometryMatch,
    MarkMatch,
    TextLine,
    Unavailable,
    matches,
)
from scoring.listing import Listing
from scoring.names import normalise
from scoring.reference_kinds import weighed
from scoring.regions import centre, inside
from scoring.scale import Scale
from scoring.signals.geometry import GeometrySignal, example
from scoring.signals.interface import Example

_OUTLINE = Scale(((0.90, 0.40), (0.95, 0.65), (0.98, 0.85), (1.0, 0.95)))
_MODIFIED = Scale(((0.95, 0.40), (0.98, 0.65), (1.0, 0.85)))
_DETECTOR = Scale(((0.80, 0.40), (0.955, 0.65), (0.995, 0.85), (1.0, 0.90)))
"""A mark's probability to score: each reaches the watch tier alone where, on the development half of the
scenarios with 25 brands in one tenant, few lawful listings were left. At 0.5 two in five of them reached it:
a swoosh fits some curve in every third picture, mirrored above all, and other lettering likens to a mark:
lawful packages and labels came to 0.946, other brands' photographs to 0.98. Never 1: the genuine bears
the same logo."""


_CONFIRMED = 20
"""Inliers of any brand's logo from which no mark is looked for: they score 0.90, as much as any detector."""
_SURE, _WORD = 0.8, 4
"""Confidence and letters from which a line says something other than the mark."""
_NEAR = 60.0
"""Likeness in percent, of the better part, from which a line may be the mark's own word misread."""
_FILLS = 0.6
"""Share of the mark's width that another word takes up, so that it is what the detector saw."""


class Logo(GeometrySignal):
    """Printed, pasted and worn logos: whatever found one in a picture."""

    name: ClassVar[str] = "logo"
    needs: ClassVar[tuple[str, ...]] = (GEOMETRY, MARKS, TEXT)
    makes_do: ClassVar[bool] = True
    marks: ClassVar[bool] = True
    shows: ClassVar[str] = "bears"
    mirrored: ClassVar[str] = " (mirrored: a modified mark)"
    absent: ClassVar[str] = "no logo of {brand} was found in a picture"

    def wants(self, brand: Brand, features: Features) -> tuple[str, ...]:
        """Points first; marks where no logo is confirmed by them; text where a detector has spoken."""
        if GEOMETRY not in features or _confirmed(features):
            return (GEOMETRY,)
        if MARKS not in features:
            return (GEOMETRY, MARKS)
        spoken = any(match.detector != "artwork" and _score(match) for match in self._own(brand, features))
        return (GEOMETRY, MARKS, TEXT) if spoken else (GEOMETRY, MARKS)

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """The stronger of what local features say and of the likeliest mark."""
        by_points = super().weigh(listing, brand, features)
        wanted = self.wants(brand, features)
        if MARKS not in wanted:
            return by_points
        lines = matches(features, TEXT, TextLine) if TEXT in wanted else []
        words = (brand.name, *(word for mark in brand.marks for word in (mark.text, *mark.alternatives)))
        found = [
            match
            for match in self._own(brand, features)
            if match.detector == "artwork" or not any(_contradicts(line, match, words) for line in lines)
        ]
        best = max(found, key=lambda it: (_score(it), it.probability, -it.image, it.mark), default=None)
        score = weighed(_score(best), ReferenceKind.LOGO, self.kinds) if best else 0.0
        if isinstance(by_points, Evidence) and by_points.score >= score:
            return by_points
        if best is not None and score:
            return Evidence(score, _said(best), best.reference_id)
        gone = features[MARKS]
        beside = f"; {gone.reason}" if isinstance(gone, Unavailable) else ""
        return Abstention(self.absent.format(brand=brand.name) + beside)

    def _own(self, brand: Brand, features: Features) -> list[MarkMatch]:
        """The brand's marks where no other brand's is likelier."""
        everything = matches(features, MARKS, MarkMatch)
        return [
            match
            for match in inside(everything, self.regions)
            if match.brand == brand.name and not any(_likelier(other, match) for other in everything)
        ]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Points, outlines and detectors, each just enough and just too little; and modified marks."""
        return (
            _points("as few points as are accepted", 8, "evidence", (0.70, 0.70)),
            _points("one point too few", 7, "abstention"),
            _points("a certification mark is no logo", 40, "abstention", kind=ReferenceKind.CERTIFICATION),
            _points("packaging is geometry's", 40, "abstention", kind=ReferenceKind.PACKAGING),
            _mark("an outline as probable as is said", 0.90, "evidence", (0.40, 0.40)),
            _mark("a little less", 0.899, "abstention"),
            _mark("from here on a person watches", 0.95, "evidence", (0.65, 0.65)),
            _mark("confirmed", 0.98, "evidence", (0.85, 0.85)),
            _mark("as sure as it gets: still no proof", 1.00, "evidence", (0.95, 0.95)),
            _mark("mirrored, which curves are by chance", 0.98, "evidence", (0.65, 0.65), mirrored=True),
            _mark("a part, which little fits", 0.949, "abstention", partial=True),
            _mark(
                "a detector, which other lettering may deceive",
                0.955,
                "evidence",
                (0.65, 0.65),
                detector="v2",
            ),
            _mark("a detector in doubt", 0.799, "abstention", detector="v2"),
            _mark("another brand's mark", 0.99, "abstention", brand="Fennavel"),
            _contested("another brand's mark is likelier in the same place", 0.91, "abstention"),
            _written("another word fills its place", "PLUGWELL", 0.8, "abstention"),
            _written("its own word, a letter misread", "N0RTHPINE", 0.9, "evidence", (0.65, 0.65)),
            _written("another word, not surely read", "PLUGWELL", 0.79, "evidence", (0.65, 0.65)),
            _written("three letters say nothing", "UGW", 0.9, "evidence", (0.65, 0.65)),
            _contested("another brand's mark is as likely there", 0.90, "evidence", (0.40, 0.40)),
        )


def _score(match: MarkMatch) -> float:
    if match.detector != "artwork":
        return _DETECTOR(match.probability)
    return (_MODIFIED if match.mirrored or match.partial else _OUTLINE)(match.probability)


def _confirmed(features: Features) -> bool:
    return any(
        match.kind is ReferenceKind.LOGO and match.inliers >= _CONFIRMED
        for match in matches(features, GEOMETRY, GeometryMatch)
    )


def _contradicts(line: TextLine, match: MarkMatch, words: tuple[str, ...]) -> bool:
    """Whether where the mark should be a line is read surely that is none of the brand's words."""
    written = _letters(line.text)
    if line.image != match.image or line.confidence < _SURE or len(written) < _WORD:
        return False
    left, right = (edge(x for x, _ in match.quad) for edge in (min, max))
    begin, end = (edge(x for x, _ in line.quad) for edge in (min, max))
    x, y = centre(line.quad)
    if not _within((x, y), match) or end - begin < _FILLS * (right - left):
        return False
    return all(fuzz.partial_ratio(written, _letters(word)) < _NEAR for word in words)


def _letters(text: str) -> str:
    return "".join(letter for letter in normalise(text) if letter.isalnum())


def _likelier(other: MarkMatch, match: MarkMatch) -> bool:
    """Whether another brand's mark is likelier where this one would be.

    Detectors know their own mark, not every other: on photographs of four other brands five detectors fired
    8 to 32 times of a hundred, and 2 to 6 times where the likeliest of the five alone counted.
    """
    if other.brand == match.brand or other.image != match.image or other.probability <= match.probability:
        return False
    return _within(_middle(match), other) or _within(_middle(other), match)


def _middle(match: MarkMatch) -> tuple[float, float]:
    return sum(x for x, _ in match.quad) / 4, sum(y for _, y in match.quad) / 4


def _within(point: tuple[float, float], match: MarkMatch) -> bool:
    return all(
        min(corner[axis] for corner in match.quad)
        <= point[axis]
        <= max(corner[axis] for corner in match.quad)
        for axis in (0, 1)
    )


def _said(match: MarkMatch) -> str:
    how = "by its outline" if match.detector == "artwork" else f"by its detector {match.detector}"
    kinds = [word for word, is_so in (("mirrored", match.mirrored), ("in part", match.partial)) if is_so]
    modified = f", {' and '.join(kinds)}: a modified mark" if kinds else ""
    x, y = _middle(match)
    return (
        f"picture {match.image + 1} bears {match.mark} of {match.brand}{modified}, {how}, "
        f"with probability {match.probability:.2f}, around {x:.0%} across and {y:.0%} down"
    )


def _points(
    reason: str,
    inliers: int,
    says: str,
    score: tuple[float, float] | None = None,
    *,
    kind: ReferenceKind = ReferenceKind.LOGO,
) -> Example:
    case = example(reason, inliers, kind, says, score)
    return _with(case, MARKS, Unavailable("no mark is trained"))


_PLACE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
"""Where the examples' marks lie."""


def _mark(
    reason: str, probability: float, says: str, score: tuple[float, float] | None = None, **so: object
) -> Example:
    match = MarkMatch(
        brand="Northpine",
        mark="pine",
        detector="artwork",
        probability=probability,
        mirrored=False,
        partial=False,
        quad=_PLACE,
        reference_id="ref-1",
    )
    case = replace(example(reason, 0, ReferenceKind.LOGO, says, score), features={GEOMETRY: (), TEXT: ()})
    changed = replace(match, **so)  # type: ignore[arg-type]
    return _with(case, MARKS, (changed,))


def _contested(reason: str, others: float, says: str, score: tuple[float, float] | None = None) -> Example:
    """0.9 for Northpine, and something for another brand in the same place."""
    case = _mark(reason, 0.90, says, score)
    (match,) = case.features[MARKS]  # type: ignore[misc]
    rival = replace(match, brand="Fennavel", probability=others)
    return _with(case, MARKS, (match, rival))


def _written(
    reason: str, text: str, sure: float, says: str, score: tuple[float, float] | None = None
) -> Example:
    """A detector's find, and a line of text in its place."""
    case = _mark(reason, 0.955, says, score, detector="v2")
    return _with(case, TEXT, (TextLine(text=text, confidence=sure, quad=_PLACE),))


def _with(case: Example, name: str, value: FeatureValue) -> Example:
    return replace(case, features={**case.features, name: value})
