"""The sample marketplace: every offer gets an id, pictures and a label, and is written down."""

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from samples import infringing, lawful
from samples.offers import VERDICTS, Offer
from samples.photography import jpeg

LISTINGS = "listings.jsonl"
PLAYED = ("ebay", "amazon")
"""Whose listings the demo reads from marketplaces. The others are a file: Etsy knows shops by numbers, and
among Walmart's pages the sandbox's numbers are somebody's."""
_OPENED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def offers() -> list[Offer]:
    """Every listing of the marketplace, kinds mixed as a search would show them."""
    groups = (
        infringing.stolen(),
        infringing.modified(),
        infringing.photographed(),
        infringing.named(),
        infringing.composited(),
        infringing.patterned(),
        infringing.second_hand_abuse(),
        lawful.look_alikes(),
        lawful.second_hand(),
        lawful.authorised(),
        lawful.irrelevant(),
    )
    spread = [
        ((place + 0.5) / len(group), order, offer)
        for order, group in enumerate(groups)
        for place, offer in enumerate(group)
    ]
    return [offer for _, _, offer in sorted(spread, key=lambda row: row[:2])]


def _identity(offer: Offer, number: int) -> tuple[str, str]:
    """An id and a URL in the platform's own manner, on a domain that nobody can own (RFC 2606)."""
    code = zlib.crc32(f"{offer.platform}{offer.title}{number}".encode())
    match offer.platform:
        case "ebay":
            return f"v1|{110000000000 + code}|0", f"https://ebay.example/itm/{110000000000 + code}"
        case "amazon":
            return f"B0{code:08X}", f"https://amazon.example/dp/B0{code:08X}"
        case _:
            return str(code), f"https://{offer.platform}.example/listing/{code}"


def _record(offer: Offer, number: int, images: list[str]) -> dict[str, Any]:
    listing_id, url = _identity(offer, number)
    amount, currency = offer.price.split()
    seen = (_OPENED + timedelta(minutes=7 * number)).isoformat().replace("+00:00", "Z")
    stock = {"kind": offer.stock.kind, "min": offer.stock.least, "max": offer.stock.most}
    shop = offer.shop
    return {
        "platform": offer.platform,
        "listing_id": listing_id,
        "url": url,
        "title": offer.title,
        "description": offer.text,
        "brand": offer.claimed,
        "category": offer.category,
        "condition": offer.condition,
        "price": {"amount": amount, "currency": currency},
        "stock": stock,
        "seller": {
            "id": shop.seller_id,
            "name": None,
            "country": shop.country,
            "rating": shop.rating,
            "feedback_count": shop.feedback,
        },
        "images": images,
        "video": None,
        "observed_at": seen,
        "label": {"verdict": VERDICTS[offer.kind], "kind": offer.kind, "brand": offer.brand},
    }


def pictures(offer: Offer, number: int, *, seed: int) -> Iterator[bytes]:
    """An offer's pictures as JPEG files, drawn as they are asked for; `number` sets their quality."""
    for place, shot in enumerate(offer.shots):
        # One generator a picture: a new listing does not change the pictures of the others.
        made = shot(np.random.default_rng([seed, zlib.crc32(offer.title.encode()), place]))
        yield made if isinstance(made, bytes) else jpeg(made, 76 + number % 4 * 4)


def write_marketplace(folder: Path, *, seed: int) -> Path:
    """Write `listings.jsonl` and `images/` into `folder`; returns the path of the former."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, offer in enumerate(offers(), start=1):
        names = []
        for place, picture in enumerate(pictures(offer, number, seed=seed)):
            name = f"{number:04}{'abc'[place]}.jpg" if len(offer.shots) > 1 else f"{number:04}.jpg"
            (images / name).write_bytes(picture)
            names.append(f"images/{name}")
        lines.append(json.dumps(_record(offer, number, names), ensure_ascii=False))
    listings = folder / LISTINGS
    listings.write_text("\n".join(lines) + "\n", "utf-8")
    return listings


def write_rest(listings: Path) -> Path:
    """Write those of the marketplace's listings that no platform of `PLAYED` sells into a file beside it."""
    lines = listings.read_text("utf-8").splitlines(keepends=True)
    rest = listings.with_name("feed.jsonl")
    rest.write_text("".join(line for line in lines if json.loads(line)["platform"] not in PLAYED), "utf-8")
    return rest
