"""Second-hand goods may be resold: such a listing goes to a person, unless its stock says otherwise."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Exemption
from scoring.features import Features
from scoring.listing import Listing, Stock
from scoring.resale import read_statement
from scoring.signals.interface import Example, Signal

MOST_STOCK = 4
"""Pieces that a private seller may have of one thing: a pair for each of a family. Dealers in second-hand
goods list each piece by itself, because no two are alike."""


class SecondHand(Signal):
    """Reads the title and the structured condition; a description uses such words too loosely.

    Only stock makes the exemption lapse. Words that contradict one another do not: whoever forgot to
    change a form's "new" resells as lawfully (the `consistency` signal notes the contradiction).
    Refurbished, open-box and "like new" goods were sold once, so they are second-hand too.
    """

    name: ClassVar[str] = "second_hand"
    weighs: ClassVar[bool] = False

    most_stock: int = Field(
        default=MOST_STOCK, ge=1, description="a private seller has one or a few; more contradicts the words"
    )

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Exemption | Abstention:
        """Exempt a second-hand listing whose stock does not contradict it."""
        statement = read_statement(listing, brand)
        if statement.used is None:
            return Abstention("nothing says second-hand")
        if (stock := many(listing, self.most_stock)) is not None:
            return Abstention(f"says {statement.words!r}, but {stock} in stock contradicts it")
        return Exemption("second_hand", f"says {statement.words!r}")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Words in several languages, words that only seem to say it, and stock that contradicts."""
        brand = Brand(name="Northpine", languages=("en", "de", "ja"))

        def case(reason: str, says: str, title: str, **more: str | Stock) -> Example:
            listing = Listing.model_validate({"platform": "ebay", "listing_id": "1", "title": title} | more)
            return Example(reason=reason, listing=listing, brand=brand, says=says)

        return (
            case("said in the title", "exemption", "Used Northpine bottle"),
            case("said as a grade", "exemption", "Northpine bottle, 9/10 condition"),
            case("said in the structured condition", "exemption", "Northpine bottle", condition="Pre-owned"),
            case(
                "a condition in a language of nobody's", "exemption", "Northpine", condition="Très bon état"
            ),
            case("said in a language of the brand's", "exemption", "Northpine Flasche, gebraucht"),
            case("said in a language without spaces", "exemption", "Northpine水筒中古美品"),
            case("a language the brand does not list", "abstention", "Bouteille Northpine d'occasion"),
            case(
                "the language of the marketplace's country",
                "exemption",
                "Bouteille Northpine d'occasion",
                url="https://www.ebay.fr/itm/1",
            ),
            case("sold once, and repaired", "exemption", "Refurbished Northpine lamp"),
            case("sold once, and opened", "exemption", "Northpine lamp, open box"),
            case("unused is new", "abstention", "Northpine bottle, unused"),
            case("a grade next to unused", "exemption", "Northpine水筒", condition="未使用に近い"),
            case("unused in Japanese is new", "abstention", "Northpine水筒", condition="新品、未使用"),
            case("a purpose, not a condition", "abstention", "Bottle used for hiking"),
            case("an age", "exemption", "Vintage Northpine tin"),
            case("a style, not an age", "abstention", "Vintage style bottle"),
            case("a style: it is new", "abstention", "Vintage Northpine tin", condition="New"),
            case(
                "a style: there are two", "abstention", "Vintage tin", stock=Stock(kind="exact", min=2, max=2)
            ),
            case(
                "as many as a private seller may have",
                "exemption",
                "used bottle",
                stock=Stock(kind="exact", min=4, max=4),
            ),
            case("one too many", "abstention", "used bottle", stock=Stock(kind="exact", min=5, max=5)),
            case("at least ten contradicts it", "abstention", "used", stock=Stock(kind="at_least", min=10)),
            case(
                "from one to ten may be one",
                "exemption",
                "used bottle",
                stock=Stock(kind="range", min=1, max=10),
            ),
            case("in stock says nothing of how many", "exemption", "used", stock=Stock(kind="in_stock")),
            case("said to be new as well: a person decides", "exemption", "used bottle", condition="New"),
        )


def many(listing: Listing, most: int) -> str | None:
    """A listing's stock in words, where it is surely more than `most`."""
    stock = listing.stock
    if stock.min is None or stock.min <= most:
        return None
    return f"{stock.kind.replace('_', ' ')} {stock.min}"


__all__ = ["MOST_STOCK", "SecondHand", "many"]
