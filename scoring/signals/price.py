"""The price is far below what the genuine product is sold for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from scoring.brand import Brand, Price, ProductPrice
from scoring.evidence import Abstention, Evidence
from scoring.exchange import Rates, shipped_rates
from scoring.features import Features
from scoring.listing import Currency, Listing, Money, Stock
from scoring.names import index_of, read
from scoring.names.mentions import refers
from scoring.resale import read_statement
from scoring.scale import Scale
from scoring.signals.interface import Example, Signal
from scoring.signals.second_hand import MOST_STOCK, many

BELOW = Scale(((0.2, 0.30), (0.5, 0.50), (0.75, 0.65)))
"""How far below the lowest lawful price, as a share of it, to score. A fifth is what a price without sales
tax differs from one with it, so nothing is said before. It fires at half the floor."""

_PLACEHOLDER = 1
"""Up to one unit of any currency is an opening bid, the cheapest of many variants or no price at all: most of
100 offers on a page of eBay's begin at 0.75 dollars, which is what their cheapest variant costs."""


@dataclass(frozen=True, slots=True)
class _Lowest:
    """The lowest price that is still believed, in the listing's currency."""

    amount: float
    source: str


class PriceSignal(Signal):
    """An auxiliary signal: cheap goods are mostly lawful, so it supports others and accuses nobody.

    It is silent on second-hand goods, and on what is not the whole product: a box, a sample, a strap.
    """

    name: ClassVar[str] = "price"

    typical_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="of the lowest tenth of a brand's typical prices, what a sale may still ask. Of 386 real "
        "offers on Amazon one in four asks less than half its list price, of 1,000 on Shopee one in twelve",
    )
    margin: float = Field(
        default=0.25, ge=0, description="how wrong an exchange rate may be, as a share of it"
    )
    rates: dict[Currency, Annotated[float, Field(gt=0)]] = Field(
        default={}, description="what one euro is worth; beside and before the rates that are shipped"
    )
    most_stock: int = Field(default=MOST_STOCK, ge=1, description="as of `second_hand`")

    def idle(self, brand: Brand) -> str | None:
        """Nothing to compare with where the brand has told no price."""
        return None if brand.price else f"{brand.name} has told no price: add `price` to its brand.yaml"

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score how far the price lies below the lowest that is believed."""
        asked = listing.price
        if asked is None or brand.price is None:
            return Abstention("the listing tells no price")
        if (lawful := self._lawfully_cheap(asked, listing, brand)) is not None:
            return Abstention(lawful)
        lowest = self._lowest(brand.price, listing.title, asked.currency)
        if isinstance(lowest, Abstention):
            return lowest
        share = float(asked.amount) / lowest.amount
        score = BELOW(round(1 - share, 9))
        if not score:
            return Abstention(f"{_shown(asked)} is not far below {lowest.source}")
        return Evidence(score, f"{_shown(asked)} is {share:.0%} of {lowest.source}")

    def _lawfully_cheap(self, asked: Money, listing: Listing, brand: Brand) -> str | None:
        """Why a low price would mean nothing here, whatever the brand's own."""
        if asked.amount <= _PLACEHOLDER:
            return f"{_shown(asked)} is a placeholder or an opening bid"
        statement = read_statement(listing, brand)
        if statement.used is not None and many(listing, self.most_stock) is None:
            return f"says {statement.words!r}: second-hand goods cost less"
        part = statement.part or _only_fits(listing, brand)
        return None if part is None else f"says {part!r}: not the whole product"

    def _lowest(self, price: Price, title: str, currency: str) -> _Lowest | Abstention:
        told, of = _told(price, title)
        if told is None:
            return Abstention("no price is told of this product")
        shipped = shipped_rates()
        rates = Rates(shipped.as_of, {**shipped.per_euro, **self.rates})
        prices = (told.floor,) if told.floor else told.typical
        amounts = [rates.convert(money, currency) for money in prices]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts) or not any(known):
            return Abstention(f"there is no exchange rate for {currency}: give one in the recipe's `rates`")
        amount = known[0] if told.floor else self.typical_share * _tenth(known)
        source = (
            "the floor" if told.floor else f"{self.typical_share:.0%} of the lowest tenth of typical prices"
        )
        if all(money.currency == currency for money in prices):
            return _Lowest(amount, f"{source}{of}, {amount:.2f} {currency}")
        amount /= 1 + self.margin
        ours = {money.currency for money in prices} | {currency} <= set(self.rates) | {"EUR"}
        dated = "the recipe" if ours else f"{shipped.as_of}"
        return _Lowest(
            amount, f"{source}{of}, {amount:.2f} {currency} by rates of {dated} less {self.margin:.0%}"
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Below a floor, below what is typical, in another currency, and cheap for lawful reasons."""
        floor = Price(floor=Money(amount="20", currency="EUR"))
        prices = ("18", "20", "22", "25", "30")
        sold = tuple(Money(amount=amount, currency="EUR") for amount in prices)
        products = Price(
            floor=floor.floor,
            products=(ProductPrice(words=("tea", "Tee"), floor=Money(amount="4", currency="EUR")),),
        )

        def case(
            reason: str,
            asked: str | None,
            says: str,
            *score: float,
            price: Price | None = floor,
            **more: str | Stock,
        ) -> Example:
            amount, _, currency = (asked or "").partition(" ")
            shown = {"platform": "ebay", "listing_id": "1", "title": "Northpine bottle"} | more
            price_of = {"amount": amount, "currency": currency} if asked else None
            listing = Listing.model_validate(shown | {"price": price_of})
            expected = (score[0], score[0]) if score else None
            brand = Brand(name="Northpine", price=price)
            return Example(reason=reason, listing=listing, brand=brand, says=says, score=expected)

        one, fifty = (Stock(kind="exact", min=pieces, max=pieces) for pieces in (1, 50))
        typical = Price(typical=sold)
        return (
            case("half the floor", "10.00 EUR", "evidence", 0.50),
            case("a tenth of it is no more than a quarter", "2.00 EUR", "evidence", 0.65),
            case("a fifth below, as a price without tax", "16.00 EUR", "evidence", 0.30),
            case("not as far below", "16.01 EUR", "abstention"),
            case("half the floor in dollars, and the margin", "9.36 USD", "evidence", 0.50),
            case("half the floor in dollars without it", "12.00 USD", "evidence"),
            case("no rate is shipped for it", "120 TRY", "abstention"),
            case(
                "a quarter of the lowest tenth of typical prices", "4.70 EUR", "evidence", 0.50, price=typical
            ),
            case("sales go that far", "9.40 EUR", "abstention", price=typical),
            case(
                "a dear brand's cheap product",
                "4.00 EUR",
                "abstention",
                price=products,
                title="Northpine tea",
            ),
            case(
                "too cheap even for that", "2.00 EUR", "evidence", 0.50, price=products, title="Northpine Tee"
            ),
            case("an opening bid", "1.00 EUR", "abstention"),
            case("a placeholder", "0 EUR", "abstention"),
            case("second-hand", "5.00 EUR", "abstention", title="used Northpine bottle", stock=one),
            case("not second-hand: too many", "5.00 EUR", "evidence", title="used Northpine", stock=fifty),
            case("only its box", "5.00 EUR", "abstention", title="Northpine bottle, box only"),
            case("something for it", "5.00 EUR", "abstention", title="Silicone sleeve for Northpine bottle"),
            case("it fits", "5.00 EUR", "abstention", title="Cleaning tablets for Northpine"),
            case("no price", None, "abstention"),
            case("a brand that has told none", "1.50 EUR", "abstention", price=None),
        )


def _told(price: Price, title: str) -> tuple[Price | ProductPrice | None, str]:
    """What is told of the product that a title names, else of all; and which product in words.

    Of several products named, the one with the longest word counts ("bottle sleeve" is no bottle).
    """
    reading = read(title)
    named = [
        (len(hit.word), -number, product, hit.word)
        for number, product in enumerate(price.products)
        for hit in index_of(product.words).search(reading)
    ]
    if named:
        _, _, product, word = max(named, key=lambda found: found[:2])
        return product, f" of {word!r}"
    return (price, "") if price.floor or price.typical else (None, "")


def _only_fits(listing: Listing, brand: Brand) -> str | None:
    """Words of a title that speak of the brand only as what the goods fit."""
    reading = read(listing.title)
    hits = index_of(brand.words).search(reading)
    if hits and all(refers(reading, hit) for hit in hits):
        return f"for {hits[0].word}"
    return None


def _tenth(amounts: Sequence[float]) -> float:
    """The 10 % quantile, interpolated."""
    ranked = sorted(amounts)
    place = 0.1 * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def _shown(money: Money) -> str:
    return f"{money.amount} {money.currency}"
