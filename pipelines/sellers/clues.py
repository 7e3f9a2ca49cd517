"""What sellers have in common: pictures, texts, contacts and prices, each with the listings that show it.

A clue is worth less the more sellers share it. What the brand gave out, or an authorised seller shows, may
have come to anybody: such pictures and texts are no clues.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import sqrt

from catalog.shown_groups import Role
from catalog.sightings import ListingKey, Sighting
from cluster.state import State
from pipelines.near_texts import near_texts
from pipelines.progress import Reporter
from pipelines.sellers.contacts import Contact, contacts_in
from scoring.brand import Brand
from scoring.listing import Money

MOST_SELLERS = 50
"""What more sellers share links nobody: a stock photo, a platform's phrase, a service's address."""
WORTH = {"contact": 0.9, "picture": 0.5, "text": 0.5, "price": 0.1}
"""How sure two sellers belong together who alone share one; chosen, not measured. A contact is written to be
reached by; a picture or a text can be stolen; a price only supports what a picture says."""
_LEAST_TEXT = 80
"""Letters of a description from which on it is somebody's own words; shorter ones agree by chance."""
_LEAST_PRICES = 2
"""Goods with the same picture and the same price, to the cent, from which on prices say anything."""
_USUAL_CENTS = frozenset({0, 49, 50, 90, 95, 98, 99})
_USUAL_LAST = frozenset({0, 5, 8, 9})

SellerKey = tuple[str, str]
"""(platform, seller's id)."""
Shown = Mapping[SellerKey, tuple[ListingKey, ...]]


@dataclass(frozen=True, slots=True)
class Clue:
    """What several sellers share, and in which listings."""

    kind: str
    """picture, text, contact or price."""
    what: str
    shown: Shown
    pictures: Mapping[ListingKey, tuple[str, ...]] = field(default_factory=dict)
    """Where each listing's pictures of it are."""

    @property
    def worth(self) -> float:
        """0 to 1: what its kind is worth, less the more sellers share it.

        >>> Clue("picture", "", {("shop", "a"): (), ("shop", "b"): ()}).worth
        0.5
        """
        return WORTH[self.kind] / sqrt(max(1, len(self.shown) - 1))


@dataclass(slots=True)
class Known:
    """A seller, from all of its listings that were seen."""

    platform: str
    seller_id: str
    name: str | None = None
    country: str | None = None
    listings: int = 0
    tier: int | None = None
    brands: set[str] = field(default_factory=set)
    authorised: bool = False


@dataclass(slots=True)
class Gathered:
    """Sellers and the clues that link them."""

    sellers: dict[SellerKey, Known] = field(default_factory=dict)
    clues: list[Clue] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    """How many of what would have linked sellers link nobody, by why."""


def gather(state: State, tenant: str, reporter: Reporter) -> Gathered:
    """Read every sighting of a tenant's, and what its groups of pictures say."""
    brands = state.brands(tenant)
    names = [it for brand in brands for it in (brand.name, *(mark.text for mark in brand.marks if mark.text))]
    found = Gathered()
    notes = _Notes()
    with reporter.stage("read sightings", state.catalog.sightings.count(tenant)[0]) as stage:
        for it in state.catalog.sightings.all(tenant):
            stage.advance(1)
            if it.listing.seller is not None:
                _note(found.sellers, it, brands)
                notes.take(it, names)
    with reporter.stage("compare texts", len(notes.texts)) as stage:
        clues = [*_pictures(state, tenant, found, notes)]
        clues += _texts(notes)
        stage.advance(len(notes.texts))
    clues += notes.contacts()
    official = {key for key, it in found.sellers.items() if it.authorised}
    for clue in clues:
        if len(clue.shown) > MOST_SELLERS:
            _leave_out(found, f"{clue.kind}s of more than {MOST_SELLERS} sellers")
        elif clue.kind != "contact" and official & clue.shown.keys():
            _leave_out(found, f"{clue.kind}s that an authorised seller shows")
        else:
            found.clues.append(clue)
    found.clues += _prices(found.clues, notes)
    return found


class _Notes:
    """What of each listing is compared."""

    def __init__(self) -> None:
        self.seller_of: dict[ListingKey, SellerKey] = {}
        self.texts: dict[ListingKey, str] = {}
        self.prices: dict[ListingKey, Money] = {}
        self._contacts: dict[Contact, dict[SellerKey, list[ListingKey]]] = {}

    def take(self, told: Sighting, names: Sequence[str]) -> None:
        """Note a listing that has a seller."""
        listing = told.listing
        if listing.seller is None:
            return
        seller = (listing.platform, listing.seller.id)
        self.seller_of[listing.key] = seller
        description = listing.description or ""
        if len(description) >= _LEAST_TEXT:
            self.texts[listing.key] = description
        if listing.price is not None:
            self.prices[listing.key] = listing.price
        said = "\n".join((listing.title, description, listing.seller.name or ""))
        for contact in contacts_in(said, names=names):
            self._contacts.setdefault(contact, {}).setdefault(seller, []).append(listing.key)

    def contacts(self) -> Iterator[Clue]:
        """Contacts that several sellers write."""
        for contact, shown in sorted(self._contacts.items()):
            if len(shown) > 1:
                yield Clue("contact", str(contact), {key: tuple(those) for key, those in shown.items()})

    def by_seller(self, listings: Sequence[ListingKey]) -> dict[SellerKey, tuple[ListingKey, ...]]:
        """Listings by who offers them; those without a seller are left out."""
        found: dict[SellerKey, list[ListingKey]] = {}
        for key in listings:
            if (seller := self.seller_of.get(key)) is not None:
                found.setdefault(seller, []).append(key)
        return {seller: tuple(those) for seller, those in found.items()}


def _note(sellers: dict[SellerKey, Known], told: Sighting, brands: Sequence[Brand]) -> None:
    listing, judged = told.listing, told.judgement
    if listing.seller is None:
        return
    known = sellers.setdefault(
        (listing.platform, listing.seller.id), Known(listing.platform, listing.seller.id)
    )
    known.listings += 1
    known.name = listing.seller.name or known.name
    known.country = listing.seller.country or known.country
    if judged is not None:
        known.tier = judged.tier if known.tier is None else min(known.tier, judged.tier)
        if judged.brand is not None:
            known.brands.add(judged.brand)
    known.authorised |= any(it.covers(listing) for brand in brands for it in brand.authorised_sellers)


def _leave_out(found: Gathered, why: str) -> None:
    found.left_out[why] = found.left_out.get(why, 0) + 1


def _pictures(state: State, tenant: str, found: Gathered, notes: _Notes) -> Iterator[Clue]:
    groups = state.catalog.groups.of(tenant, least_sellers=2)
    nobody = (
        (Role.REFERENCE, "pictures of the brand's own"),
        (Role.NEGATIVE, "pictures that must never match"),
        (Role.COMMON, "pictures of anything"),
    )
    for role, why in nobody:
        if number := sum(it.role is role for it in groups):
            found.left_out[why] = number
    ids = [it.id for it in groups if it.role is Role.COPIES]
    for group, listings in state.catalog.groups.shown_by(tenant, ids).items():
        shown = notes.by_seller(list(listings))
        if len(shown) > 1:
            told = state.catalog.sightings.get(tenant, listings) if len(shown) <= MOST_SELLERS else {}
            pictures = {
                key: tuple(it.source for it in sighting.pictures if it.sha256 in listings[key])
                for key, sighting in told.items()
            }
            yield Clue("picture", group, shown, pictures)


def _texts(notes: _Notes) -> Iterator[Clue]:
    keys = list(notes.texts)
    root = dict[int, int]()
    for later, earlier in near_texts({place: notes.texts[key] for place, key in enumerate(keys)}):
        # A text joins the first that was told like it, not what joined that: stories do not chain.
        if earlier not in root:
            root.setdefault(later, earlier)
        elif notes.texts[keys[later]] == notes.texts[keys[earlier]]:
            root.setdefault(later, root[earlier])
    told: dict[int, list[ListingKey]] = {}
    for later, first in root.items():
        told.setdefault(first, [keys[first]]).append(keys[later])
    for first, listings in told.items():
        shown = notes.by_seller(listings)
        if len(shown) > 1:
            yield Clue("text", notes.texts[keys[first]][:_LEAST_TEXT], shown)


def _prices(clues: Sequence[Clue], notes: _Notes) -> Iterator[Clue]:
    """Two sellers who ask the same unusual price for several of the goods whose pictures they share."""
    same: dict[tuple[SellerKey, SellerKey], dict[str, tuple[list[ListingKey], list[ListingKey], str]]] = {}
    for clue in clues:
        if clue.kind != "picture":
            continue
        asked: dict[Money, dict[SellerKey, list[ListingKey]]] = {}
        for seller, listings in clue.shown.items():
            for key in listings:
                price = notes.prices.get(key)
                if price is not None and unusual(price.amount):
                    asked.setdefault(price, {}).setdefault(seller, []).append(key)
        for price, shown in asked.items():
            if len(shown) == _PAIR:
                (one, ones), (other, others) = sorted(shown.items())
                said = f"{price.amount} {price.currency}"
                same.setdefault((one, other), {})[clue.what] = (ones, others, said)
    for (one, other), those in sorted(same.items()):
        if len(those) >= _LEAST_PRICES:
            together = {
                one: tuple(key for it in those.values() for key in it[0]),
                other: tuple(key for it in those.values() for key in it[1]),
            }
            what = ", ".join(sorted({said for _, _, said in those.values()}))
            yield Clue("price", what, together)


_PAIR = 2


def unusual(amount: Decimal) -> bool:
    """Whether a price is no usual one, such as 19.99 or 25.

    >>> [unusual(Decimal(it)) for it in ("19.99", "25", "17.43", "1237")]
    [False, False, True, True]
    """
    cents = int(amount * 100) % 100
    return cents not in _USUAL_CENTS if cents else int(amount) % 10 not in _USUAL_LAST
