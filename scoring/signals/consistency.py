"""What a listing says of its goods does not fit together: used, yet in hundreds; used, yet new with tags."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence
from scoring.features import Features
from scoring.listing import Listing, Stock
from scoring.resale import Said, read_statement
from scoring.scale import Scale
from scoring.signals.interface import Example, Signal
from scoring.signals.second_hand import MOST_STOCK, many

STOCK_SCALE = Scale(((5, 0.40), (10, 0.50), (100, 0.60), (1000, 0.65)))
"""Pieces in stock to score, of goods called used. It fires at ten, which is where the platforms that do not
tell an exact number begin (`at_least` 10). A guess of ours, not a measurement: nobody publishes the stock of
second-hand fakes. It therefore stays where it decides nothing alone and little together."""


class Consistency(Signal):
    """An auxiliary signal: dealers in used uniforms exist, and forms are filled in carelessly.

    Second-hand words protect a listing, so they are put where they do not belong. Taking the protection
    away (`second_hand`) answers that; the contradiction itself says a little more about the seller.
    """

    name: ClassVar[str] = "consistency"

    most_stock: int = Field(
        default=MOST_STOCK, ge=1, description="more pieces than this contradict second-hand words"
    )
    both: float = Field(default=0.30, ge=0, le=1, description="called used and new at once")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the graver contradiction."""
        statement = read_statement(listing, brand)
        if statement.used is None:
            return Abstention("nothing says second-hand")
        stock = many(listing, self.most_stock)
        if stock is not None and statement.used is Said.SECOND_HAND:
            score = STOCK_SCALE(max(listing.stock.min or 0, STOCK_SCALE.anchors[0][0]))
            return Evidence(score, f"says {statement.words!r}, and has {stock} in stock")
        if statement.new is not None:
            return Evidence(self.both, f"says {statement.words!r}, and {statement.new!r} as well")
        return Abstention(f"says {statement.words!r}, and nothing contradicts it")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Stock just small and just large enough, goods that dealers have many of, and new with used."""
        brand = Brand(name="Northpine")

        def case(
            reason: str, says: str, title: str, *score: float, pieces: int | None = None, condition: str = ""
        ) -> Example:
            stock = Stock() if pieces is None else Stock(kind="at_least", min=pieces)
            listing = Listing(
                platform="ebay", listing_id="1", title=title, condition=condition or None, stock=stock
            )
            expected = (score[0], score[0]) if score else None
            return Example(reason=reason, listing=listing, brand=brand, says=says, score=expected)

        return (
            case("as many as a private seller may have", "abstention", "used bottle", pieces=4),
            case("one more", "evidence", "used bottle", 0.40, pieces=5),
            case("ten used pieces", "evidence", "used bottle", 0.50, pieces=10),
            case("thousands", "evidence", "used bottle", 0.65, pieces=5000),
            case("dealers have many repaired ones", "abstention", "refurbished lamp", pieces=40),
            case("used by its form, new by its title", "evidence", "bottle, BNIB", 0.30, condition="Used"),
            case("new by its form, used by its title", "evidence", "pre-owned bottle", 0.30, condition="New"),
            case("many new ones are a shop", "abstention", "bottle", pieces=5000, condition="New"),
            case("an old tin that nobody used", "abstention", "vintage tin", condition="New"),
        )
