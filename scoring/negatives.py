"""Pictures that must never match: whoever shows one has shown nothing.

A stock photograph, an article on white that everybody sells, a platform's placeholder: such a picture is
compared with no reference, and nothing costly is measured on it. What is written on it still counts beside
other evidence, though it never makes a tier 1 that would not be one without it. The listing's other pictures
count as ever.

Pure, and applied to each picture before a listing's features are put together: so both paths do the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from scoring.brand import ReferenceKind
from scoring.features import (
    CODES,
    FEATURES,
    FINGERPRINT,
    HELD,
    NEGATIVES,
    TEXT,
    Features,
    FeatureValue,
    FingerprintMatch,
    HeldReference,
    NegativeMatch,
    Unavailable,
    matches,
)

NEGATIVE_BITS = 4
"""Differing bits of 64 up to which a picture is a negative one: 725 of 740 re-encoded copies stayed within 3,
and a look-alike on white came within 8 (docs/decisions/0007). Silencing wants the same care as accusing."""

WRITTEN = frozenset({TEXT, CODES})
"""What is read on a negative picture all the same: what it says, not what it looks like."""

SPARED = frozenset(FEATURES) - WRITTEN - {NEGATIVES}
"""What a negative picture is not measured for, and says nothing of."""


def shown(picture: Features) -> NegativeMatch | None:
    """The negative picture that a picture is, if any.

    Not where it lies strictly nearer to a genuine reference: a brand's own picture may resemble what
    everybody sells, and its copies must still be found.
    """
    value = picture.get(NEGATIVES, ())
    if isinstance(value, Unavailable):
        return None
    near = [it for it in value if isinstance(it, NegativeMatch) and it.distance <= NEGATIVE_BITS]
    if not near:
        return None
    best = min(near, key=lambda it: (it.distance, it.name, it.reference_id))
    genuine = matches(picture, FINGERPRINT, FingerprintMatch) if FINGERPRINT in picture else []
    return None if any(it.distance < best.distance for it in genuine) else best


def words(match: NegativeMatch) -> str:
    """Why a picture counts for nothing.

    >>> words(NegativeMatch(reference_id="n", name="placeholder.png", shared=True, distance=1, view="whole"))
    'it is placeholder.png, which must never match anybody (1 bits of 64 apart)'
    """
    whose = " anybody" if match.shared else ""
    return f"it is {match.name}, which must never match{whose} ({match.distance} bits of 64 apart)"


def spared(picture: Features) -> frozenset[str]:
    """What need not be measured on a picture, whatever is asked for."""
    return SPARED if shown(picture) is not None else frozenset()


def set_aside(picture: Features) -> Features:
    """What a picture's features count for: those of a negative one are unavailable, with the reason."""
    best = shown(picture)
    if best is None:
        far = NEGATIVES in picture and not isinstance(picture[NEGATIVES], Unavailable)
        return {**picture, NEGATIVES: ()} if far else picture
    gone = Unavailable(f"a picture counts for nothing: {words(best)}")
    return {**picture, **dict.fromkeys(SPARED, gone), NEGATIVES: (best,)}


def negatives_of(features: Features) -> tuple[NegativeMatch, ...]:
    """The negative pictures of a listing, by their place in it."""
    if NEGATIVES not in features:
        return ()
    return tuple(sorted(matches(features, NEGATIVES, NegativeMatch), key=lambda it: it.image))


def unwritten(features: Features) -> Features:
    """The same without what is written on the listing's negative pictures."""
    images = {it.image for it in negatives_of(features)}
    return {**features, **{name: _without(features[name], images) for name in WRITTEN if name in features}}


def _without(value: FeatureValue, images: Collection[int]) -> FeatureValue:
    return value if isinstance(value, Unavailable) else tuple(it for it in value if it.image not in images)


def held_of(features: Features) -> Mapping[str, HeldReference]:
    """The quarantined references that any of a listing's features match, by id."""
    if HELD not in features:
        return {}
    held = {it.reference_id: it for it in matches(features, HELD, HeldReference)}
    if not held:
        return {}
    found = {
        getattr(match, "reference_id", None)
        for name, value in features.items()
        if name != HELD and not isinstance(value, Unavailable)
        for match in value
    }
    return {identifier: it for identifier, it in held.items() if identifier in found}


def without(features: Features, references: Collection[str]) -> Features:
    """The same without any match of these references."""
    return {
        name: value
        if name == HELD or isinstance(value, Unavailable)
        else tuple(it for it in value if getattr(it, "reference_id", None) not in references)
        for name, value in features.items()
    }


_NEGATIVE = NegativeMatch(reference_id="neg-1", name="stock.jpg", shared=False, distance=0, view="whole")
_GENUINE = FingerprintMatch(
    reference_id="ref-1", brand="Northpine", kind=ReferenceKind.PHOTO, distance=0, view="whole"
)


def examples() -> tuple[tuple[str, Features, bool], ...]:
    """(reason, a picture's features, whether it is set aside)."""

    def picture(negative: int | None, genuine: int | None) -> Features:
        near = () if negative is None else (_NEGATIVE,)
        ours = () if genuine is None else (_GENUINE,)
        return {
            NEGATIVES: tuple(replace(it, distance=negative or 0) for it in near),
            FINGERPRINT: tuple(replace(it, distance=genuine or 0) for it in ours),
        }

    return (
        ("the very picture", picture(0, None), True),
        ("a copy, re-encoded: as far apart as one may be", picture(NEGATIVE_BITS, None), True),
        ("one bit further: a look-alike may come as near", picture(NEGATIVE_BITS + 1, None), False),
        ("as near to a genuine reference: what must never match, does not", picture(2, 2), True),
        ("nearer to a genuine reference: it is a copy of that", picture(2, 1), False),
        ("a genuine reference is there, and further", picture(1, 6), True),
        ("nothing is near", picture(None, 3), False),
        ("nobody looked", {FINGERPRINT: ()}, False),
        ("it could not be read", {NEGATIVES: Unavailable("no picture"), FINGERPRINT: ()}, False),
    )
