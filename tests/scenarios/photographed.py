"""Scenarios 3, 5 and 12: the seller's own photographs of marks, of odd sides, of packages."""

import cv2
import numpy as np

from tests.scenarios.drafts import Draft
from tests.scenarios.goods import carton, photographed
from tests.scenarios.kits import brand_name
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.sources import PHOTO_BRANDS, pixels
from tests.scenarios.world import World, grocery_goods, photo_of


def self_photographed(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A photograph in which the brand's mark can be seen somewhere, often small."""
    stem = PHOTO_BRANDS[number % len(PHOTO_BRANDS)]
    photos = world.sources.mark_photos(stem)
    photo = photos[number // len(PHOTO_BRANDS) % len(photos)]
    picture = pixels(photo.path)
    share = max(w * h for *_, w, h in photo.boxes_xywh) / (picture.shape[0] * picture.shape[1])
    size = "large" if share > 0.05 else "medium" if share > 0.01 else "small"
    return Draft(
        kind="self_photographed",
        verdict="infringing",
        brand=brand_name(stem),
        variant=f"{brand_name(stem)}, {size}",
        pictures=(photo.path.read_bytes(),),
        goods="bag" if stem in {"gucci", "chanel"} else "wear",
    )


def packaging(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A package in a hand, by phone."""
    packages = world.sources.protected
    package = packages[number % len(packages)]
    # Numbers from 0 here and from 1,000 in `other_angle`: no photograph stands in both.
    picture = photo_of(package, number // len(packages))
    return Draft(
        kind="packaging",
        verdict="infringing",
        brand=brand_name(package.brand),
        variant=package.name,
        pictures=(picture,),
        goods=grocery_goods(package.name),
    )


def _aslant(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Seen from far to one side and turned: the flat part of a phone held at another angle."""
    height, width = picture.shape[:2]
    yaw, pitch = np.radians([rng.uniform(28, 48) * rng.choice((-1, 1)), rng.uniform(-25, 25)])
    turn = np.radians(rng.uniform(20, 160) * rng.choice((-1, 1)))
    around = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    across = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    over = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) @ (over @ across @ around).T
    seen = corners[:, :2] / (corners[:, 2:] + 3.4)
    low, high = seen.min(axis=0), seen.max(axis=0)
    target = (seen - low) / (high - low).max() * (max(height, width) - 1)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    move = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    size = tuple(int(v) + 1 for v in target.max(axis=0))
    ground = tuple(int(v) for v in rng.integers(60, 210, 3))
    return np.asarray(
        cv2.warpPerspective(picture, move, size, flags=cv2.INTER_LINEAR, borderValue=ground), np.uint8
    )


def other_angle(world: World, rng: np.random.Generator, number: int) -> Draft:
    """From a side that no reference shows: a package aslant and on its head, or a carton nearly edge on."""
    if number % 3 == 2:
        charger = world.cast.charger
        box = carton(charger.front(marked=True, certified=0.1), charger.side(charger.gtins[1]))
        azimuth = float(rng.uniform(58, 76))
        picture = photographed(box, rng, azimuth=azimuth, clutter=1)
        return Draft(
            kind="other_angle",
            verdict="infringing",
            brand=charger.name,
            variant="carton from its side",
            pictures=(picture,),
            goods="charger",
        )
    packages = world.sources.protected
    package = packages[number % len(packages)]
    picture = _aslant(photo_of(package, len(package.photos) - 1 - number // len(packages)), rng)
    return Draft(
        kind="other_angle",
        verdict="infringing",
        brand=brand_name(package.brand),
        variant="package aslant",
        pictures=(picture,),
        goods=grocery_goods(package.name),
    )
