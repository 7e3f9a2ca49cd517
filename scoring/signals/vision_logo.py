"""A paid service names one of the brand's own logos in a picture."""

from typing import ClassVar

from scoring.brand import Brand, Mark
from scoring.evidence import Abstention, Evidence
from scoring.features import VISION_LOGO, Features, PaidLogo, matches
from scoring.listing import Listing
from scoring.names import Spelling, index_of, read
from scoring.scale import Scale
from scoring.signals.interface import Example, Signal

VISION_LOGO_SCALE = Scale(((0.5, 0.70), (0.9, 0.90)))
"""The service's own confidence to score. Its vendor publishes no calibration and nothing was measured here:
from 0.5 it counts like the fewest inliers that geometry accepts, and never more than a clear match there."""

_PLACE = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.3), (0.1, 0.3))


class VisionLogo(Signal):
    """Knows popular marks only, but worn, woven, curved or small, where artwork finds nothing."""

    name: ClassVar[str] = "vision_logo"
    needs: ClassVar[tuple[str, ...]] = (VISION_LOGO,)

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the surest logo that bears a word of the brand's."""
        logos = matches(features, VISION_LOGO, PaidLogo)
        ours = [logo for logo in logos if named(logo.description, brand) is not None]
        best = max(ours, key=lambda logo: (logo.score, -logo.image), default=None)
        if best is None:
            others = ", ".join(sorted({logo.description for logo in logos}))
            return Abstention(
                f"no logo of {brand.name} was named in a picture" + (f", only {others}" if others else "")
            )
        score = VISION_LOGO_SCALE(best.score)
        if not score:
            return Abstention(
                f"{best.description!r} in picture {best.image + 1} is too unsure: {best.score:.2f}"
            )
        return Evidence(
            score, f"picture {best.image + 1} bears the logo {best.description!r}, {best.score:.0%} sure"
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Sureness just enough and just too little, and whose logo it is."""
        return (
            _example("as unsure as is accepted", "Northpine", 0.50, "evidence", 0.70),
            _example("a little too unsure", "Northpine", 0.49, "abstention"),
            _example("surer", "Northpine", 0.90, "evidence", 0.90),
            _example(
                "an alternative of the mark's, in other words", "North Pine Outdoor", 0.90, "evidence", 0.90
            ),
            _example("another brand's logo", "Fennavel", 0.99, "abstention"),
            _example(
                "nearly the name is another's: a service does not misspell", "Northpin", 0.99, "abstention"
            ),
            _example("part of a longer word is another name", "Northpineville", 0.99, "abstention"),
        )


def named(text: str, brand: Brand) -> str | None:
    """The brand's word that a name given by a service contains, if any.

    Its own spelling counts; a misspelling does not, because services write names
    from a list, and a name nearly the same is on it for somebody else.

    >>> named("NORTHPINE Outdoor", Brand(name="Northpine")), named("Northpin", Brand(name="Northpine"))
    ('Northpine', None)
    """
    hits = index_of(brand.words).search(read(text))
    return next((hit.word for hit in hits if hit.spelling is not Spelling.MISSPELT), None)


def _example(reason: str, description: str, sure: float, says: str, score: float | None = None) -> Example:
    return Example(
        reason=reason,
        listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
        brand=Brand(name="Northpine", marks=(Mark(text="NORTHPINE", alternatives=("North Pine",)),)),
        features={VISION_LOGO: (PaidLogo(description=description, score=sure, quad=_PLACE),)},
        says=says,
        score=None if score is None else (score, score),
    )
