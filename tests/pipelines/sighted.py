"""Sightings made in a test, by seller and picture, without a scan."""

from hashlib import sha256

import numpy as np

from catalog.records import open_catalog
from catalog.sightings import Judgement, NewSighting, SightedPicture
from cluster.settings import Settings
from cluster.state import State
from scoring.listing import Listing, Seller

TENANT = "acme"


def stores(folder, clock=None) -> State:
    """Stores of their own, with one tenant."""
    state = State(Settings(home=folder / "home"))
    if clock is not None:
        (folder / "home").mkdir(parents=True, exist_ok=True)
        state.__dict__["catalog"] = open_catalog(state.settings.resolved_database_url(), clock=clock)
    state.catalog.tenants.ensure(TENANT)
    return state


def picture(name, hashes=(None, None)) -> SightedPicture:
    """A picture, its sha256 that of its name."""
    dhash, phash = hashes
    digest = sha256(str(name).encode()).hexdigest()
    return SightedPicture(sha256=digest, dhash=dhash, phash=phash, source=f"https://shop.test/{name}.jpg")


def sighting(seller, listing_id, *pictures, platform="shop", tier=2, **said) -> NewSighting:
    """A listing of a seller's that shows these."""
    listing = Listing(
        platform=platform,
        listing_id=str(listing_id),
        seller=Seller(id=seller),
        **{"title": f"Northpine bag {listing_id}", "url": f"https://shop.test/{listing_id}"} | said,
    )
    judgement = Judgement(
        tier=tier,
        score=0.7,
        route="review",
        brand="Northpine",
        reference_id=None,
        recipe_version="default",
        encoder=None,
    )
    return NewSighting(listing=listing, pictures=pictures, judgement=judgement)


def flipped(hashes, bits, seed=0):
    """Both hashes with so many bits of each turned, drawn by the seed."""
    rng = np.random.default_rng(seed)
    return tuple(
        number ^ sum(1 << int(at) for at in rng.choice(64, bits, replace=False)) for number in hashes
    )


def drawn_hashes(count, seed=0):
    """So many pairs of hashes that have nothing to do with each other."""
    return [
        (int(one), int(other))
        for one, other in np.random.default_rng(seed).integers(0, 2**64, (count, 2), dtype=np.uint64)
    ]
