"""The thing in a picture has one of the brand's colours."""

from functools import lru_cache
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, Colour
from scoring.colour import Lab, chroma, difference, lab_of
from scoring.evidence import Abstention, Evidence
from scoring.features import COLOURS, ColourShare, Features, matches
from scoring.listing import Listing
from scoring.signals.interface import Example, Signal

_LEAST_CHROMA = 15.0
"""Below it a colour is a grey, a white or a black, which half of all things have: it tells nothing."""


class ColourSignal(Signal):
    """Colours are free for all but where registered, and light changes them: auxiliary at any strength.

    A package's own colour, as its studio picture shows it, was found on 29 % of phone photos of it and on
    2.4 % of other pictures, with the default `nearest` and `least` (chosen on other packages).
    """

    name: ClassVar[str] = "colour"
    needs: ClassVar[tuple[str, ...]] = (COLOURS,)

    registered: float = Field(default=0.40, ge=0, le=1, description="a colour registered as a mark")
    unregistered: float = Field(default=0.25, ge=0, le=1, description="any other colour of the brand")
    nearest: float = Field(default=6.0, gt=0, description="CIEDE2000 up to which colours are the same")
    least: float = Field(default=0.05, ge=0, le=1, description="of the thing's area, in that colour")

    def idle(self, brand: Brand) -> str | None:
        """Without colours, or with greys alone, there is nothing to compare."""
        if not brand.colours:
            return f"{brand.name} lists no colour"
        return None if telling(brand.colours) else f"{brand.name} lists no colour but greys"

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the registered colour nearest to one of a picture's, else the nearest other one."""
        seen = [it for it in matches(features, COLOURS, ColourShare) if it.share >= self.least]
        near = [
            (not colour.registered, away, -it.share, it.image, colour.name, it)
            for colour, lab in telling(brand.colours)
            for it in seen
            if (away := difference(lab, _lab(it.hex))) <= self.nearest
        ]
        if not near:
            return Abstention(f"no picture shows a thing in a colour of {brand.name}")
        unregistered, away, _, image, name, it = min(near, key=lambda one: one[:5])
        kind = "colour" if unregistered else "registered colour"
        corrected = "" if it.light == "own" else ", once its light is made white"
        return Evidence(
            self.unregistered if unregistered else self.registered,
            f"{it.share:.0%} of the thing on picture {image + 1} has {brand.name}'s {kind} {name}{corrected}"
            f": {it.hex}, {away:.1f} away (CIEDE2000)",
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The two limits, just passed and just missed; what registration adds; what tells nothing."""
        pine = Colour(name="pine green", hex="#0B5D3B", registered=True)
        sand = Colour(name="sand", hex="#D9B26F")
        brand = Brand(name="Northpine", colours=(pine, sand))

        def case(
            reason: str,
            says: str,
            hex_: str,
            share: float,
            *score: float,
            owner: Brand = brand,
        ) -> Example:
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
                brand=owner,
                features={COLOURS: (ColourShare(hex=hex_, share=share, light="own"),)},
                says=says,
                score=(score[0], score[0]) if score else None,
            )

        grey = Brand(name="Northpine", colours=(Colour(name="slate", hex="#808080", registered=True),))
        return (
            case("the registered colour itself", "evidence", "#0b5d3b", 0.4, 0.4),
            case("a colour that is not registered", "evidence", "#d9b26f", 0.4, 0.25),
            case("as small as counts", "evidence", "#0b5d3b", 0.05, 0.4),
            case("smaller", "abstention", "#0b5d3b", 0.049),
            case("a little lighter, 4.3 away", "evidence", "#1a6a46", 0.4, 0.4),
            case("lighter still, 6.04 away", "abstention", "#1f6f4a", 0.4),
            case("another green", "abstention", "#7cb342", 0.9),
            case("grey is everybody's", "abstention", "#808080", 0.9, owner=grey),
            case("nothing to compare with", "abstention", "#0b5d3b", 0.9, owner=Brand(name="Fennavel")),
        )


@lru_cache(maxsize=1024)
def telling(colours: tuple[Colour, ...]) -> tuple[tuple[Colour, Lab], ...]:
    """Those of a brand's colours that are colours, in L*a*b*."""
    return tuple((it, lab_of(it.hex)) for it in colours if chroma(it.hex) >= _LEAST_CHROMA)


@lru_cache(maxsize=4096)
def _lab(colour: str) -> Lab:
    return lab_of(colour)
