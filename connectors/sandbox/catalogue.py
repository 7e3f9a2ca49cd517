"""What the sandbox sells: generated goods with pictures, the same for the same seed."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

from PIL import Image, ImageDraw

_OPENED = datetime(2026, 1, 5, 8, tzinfo=UTC)
_ADJECTIVES = ("blue", "steel", "folding", "wide", "quiet", "light", "small", "striped", "hardy", "plain")
_GOODS = ("bottle", "lamp", "jacket", "kettle", "bag", "mug", "blanket", "knife", "brush", "clock")
CATEGORIES = ("Home", "Outdoor", "Clothing", "Kitchen")
"""What its goods are filed under."""
_COUNTRIES = ("US", "DE", "GB", "CN", "FR")
_SIDE = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One listing, in nobody's words; each marketplace's routes put it into its own."""

    number: int
    """From 1."""
    title: str
    description: str
    brand: str
    category: str
    condition: str
    """`new` or `used`."""
    price: Decimal
    seller: str
    seller_country: str
    rating: float
    feedback: int
    stock: int | None
    """None where its seller does not say how many."""
    gtin: str
    pictures: int
    opened: datetime
    currency: str = "USD"
    platform: str | None = None
    """Where alone it is sold; None is everywhere."""

    def pictures_at(self, base: str) -> list[str]:
        """The addresses of its pictures on a sandbox that serves at `base`."""
        return [f"{base}pictures/{self.number}-{place}.jpg" for place in range(self.pictures)]

    def holds(self, words: str) -> bool:
        """Whether its title holds every word; `*` is in all."""
        title = self.title.casefold()
        return words.strip() == "*" or all(word in title for word in words.casefold().split())


class Catalogue:
    """A number of items in a fixed order; marketplaces show them as their shelves have them."""

    def __init__(self, number: int = 1000, *, seed: int = 2026) -> None:
        self.seed = seed
        self.items: Sequence[Item] = tuple(self._made(n) for n in range(1, number + 1))
        self._late: dict[int, Item] = {}

    def another(self) -> Item:
        """A new item, which is not among `items`: it comes while they are read."""
        item = self._made(len(self.items) + len(self._late) + 1)
        self._late[item.number] = item
        return item

    def _made(self, number: int) -> Item:
        return _item(number, random.Random(f"{self.seed}-{number}"))

    def find(self, words: str) -> list[Item]:
        """The items whose title holds every word; all of them for `*`."""
        return [it for it in self.items if it.holds(words)]

    def showing(self, picture: bytes) -> list[Item]:
        """The items that have this very picture."""
        wanted = sha256(picture).digest()
        return [
            it
            for it in self.items
            if any(
                sha256(self.picture(it.number, place) or b"").digest() == wanted
                for place in range(it.pictures)
            )
        ]

    def item(self, number: int) -> Item | None:
        """One item by its number."""
        known = self.items[number - 1] if 1 <= number <= len(self.items) else None
        return known or self._late.get(number)

    def picture(self, number: int, place: int) -> bytes | None:
        """An item's picture as a JPEG file."""
        item = self.item(number)
        return _draw(self.seed, number, place) if item is not None and 0 <= place < item.pictures else None


def _item(number: int, chance: random.Random) -> Item:
    adjective, goods = chance.choice(_ADJECTIVES), chance.choice(_GOODS)
    used = chance.random() < 0.15
    return Item(
        number=number,
        title=f"{adjective} {goods} no. {number}{' used' if used else ''}",
        description=f"A {adjective} {goods}, number {number} of its kind.",
        brand=chance.choice(("Northpine", "Fennavel", "Plainware", "Oakhollow")),
        category=chance.choice(CATEGORIES),
        condition="used" if used else "new",
        price=Decimal(chance.randrange(199, 19999)) / 100,
        seller=f"seller-{chance.randrange(1, 60):03}",
        seller_country=chance.choice(_COUNTRIES),
        rating=round(chance.uniform(80, 100), 1),
        feedback=chance.randrange(0, 5000),
        stock=1 if used else chance.randrange(1, 40),
        gtin=_gtin(number),
        pictures=chance.randrange(1, 4),
        opened=_OPENED + timedelta(minutes=7 * number),
    )


def _gtin(number: int) -> str:
    """A GTIN-13 in the range that GS1 keeps for use within a company (prefix 20).

    >>> _gtin(1)
    '2000000000015'
    """
    body = f"20{number:010}"
    odd, even = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    return f"{body}{-(odd + 3 * even) % 10}"


@lru_cache(maxsize=256)
def _draw(seed: int, number: int, place: int) -> bytes:
    chance = random.Random(f"{seed}-{number}-{place}")
    picture = Image.new("RGB", (_SIDE, _SIDE), tuple(chance.randrange(200, 256) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y = chance.randrange(_SIDE), chance.randrange(_SIDE)
        box = (x, y, x + chance.randrange(20, 140), y + chance.randrange(20, 140))
        colour = tuple(chance.randrange(256) for _ in range(3))
        chance.choice((pen.rectangle, pen.ellipse))(box, fill=colour)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
