"""Scenarios 1, 2, 15, 16: the brand's own picture as it was, edited, redrawn, or small among other things."""

import io

import cv2
import numpy as np
from PIL import Image

from tests.scenarios.drafts import Draft, jpeg
from tests.scenarios.modified_copies import KINDS, Pixels
from tests.scenarios.sources import pixels
from tests.scenarios.world import Genuine, World, pick


def opened(data: bytes) -> Pixels:
    """Bytes of a picture as (H, W, 3) uint8 RGB."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def stolen_photo(world: World, rng: np.random.Generator, number: int) -> Draft:
    """Byte for byte, or saved once more by a platform."""
    genuine = world.genuine[number % len(world.genuine)]
    variant = ("identical", "re-encoded", "resized", "second picture")[number % 4]
    picture = opened(genuine.data)
    shown: tuple[Pixels | bytes, ...] = (genuine.data,)
    if variant == "re-encoded":
        shown = (jpeg(picture, int(rng.integers(45, 85))),)
    elif variant == "resized":
        share = float(rng.uniform(0.55, 1.6))
        small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        shown = (jpeg(np.asarray(small, np.uint8), int(rng.integers(60, 90))),)
    elif variant == "second picture":
        shown = (world.ground(rng, shoes=False)[0], jpeg(picture, 80))
    return Draft(
        kind="stolen_photo",
        verdict="infringing",
        brand=genuine.brand,
        variant=variant,
        pictures=shown,
        goods=genuine.goods,
    )


def modified_photo(world: World, rng: np.random.Generator, number: int) -> Draft:
    """One of the sixteen edits."""
    variant = list(KINDS)[number % len(KINDS)]
    genuine = pick(world.genuine, rng)
    edited = KINDS[variant](opened(genuine.data), rng)
    return Draft(
        kind="modified_photo",
        verdict="infringing",
        brand=genuine.brand,
        variant=variant,
        pictures=(edited,),
        goods=genuine.goods,
    )


def cut_out(picture: Pixels) -> tuple[Pixels, Pixels]:
    """A product on white, tightly cropped, and its mask (255 inside)."""
    flooded = picture.copy()
    mask = np.zeros((picture.shape[0] + 2, picture.shape[1] + 2), np.uint8)
    for x in range(0, picture.shape[1], 8):
        for y in (0, picture.shape[0] - 1):
            if min(picture[y, x]) > 235:
                cv2.floodFill(
                    flooded, mask, (x, y), (255, 0, 255), (5,) * 3, (5,) * 3, cv2.FLOODFILL_FIXED_RANGE
                )
    inside = (mask[1:-1, 1:-1] == 0).astype(np.uint8)
    points = cv2.findNonZero(cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)))
    full = np.zeros(picture.shape[:2], np.uint8)
    # Cartons are convex, and white ones would otherwise be eaten by the white around them.
    cv2.fillConvexPoly(full, cv2.convexHull(points), 255, cv2.LINE_AA)
    x, y, w, h = cv2.boundingRect(points)
    return picture[y : y + h, x : x + w], full[y : y + h, x : x + w]


def laid(scene: Pixels, thing: Pixels, mask: Pixels, *, at: tuple[float, float], angle: float) -> Pixels:
    """A cut-out on a scene, its middle at these shares, softened and with a shadow under it."""
    turned = np.asarray(Image.fromarray(thing).rotate(angle, Image.Resampling.BICUBIC, expand=True))
    cover = np.asarray(Image.fromarray(mask).rotate(angle, Image.Resampling.BICUBIC, expand=True))
    alpha = cv2.GaussianBlur(cover, (0, 0), 0.8).astype(np.float32) / 255
    height, width = scene.shape[:2]
    top = int(np.clip(at[1] * height - turned.shape[0] / 2, 0, height - turned.shape[0]))
    left = int(np.clip(at[0] * width - turned.shape[1] / 2, 0, width - turned.shape[1]))
    outline = np.zeros((height, width), np.float32)
    outline[top : top + turned.shape[0], left : left + turned.shape[1]] = alpha
    shadow = cv2.GaussianBlur(np.roll(outline, (6, 9), (0, 1)), (0, 0), 9)
    out = scene * (1 - 0.45 * shadow[..., None])
    window = out[top : top + turned.shape[0], left : left + turned.shape[1]]
    window[:] = window * (1 - alpha[..., None]) + turned * alpha[..., None]
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _painted(thing: Pixels, rng: np.random.Generator) -> Pixels:
    """Areas of one colour with soft edges."""
    return np.asarray(cv2.pyrMeanShiftFiltering(thing, 10, 30), np.uint8)


def _posterised(thing: Pixels, rng: np.random.Generator) -> Pixels:
    """Few shades."""
    soft = cv2.bilateralFilter(thing, 9, 70, 7)
    return np.asarray(np.clip(soft.astype(np.int16) // 42 * 42 + 21, 0, 255), np.uint8)


def _lit_anew(thing: Pixels, rng: np.random.Generator) -> Pixels:
    """Light from another side, in another colour."""
    height, width = thing.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    turn = rng.uniform(0, 2 * np.pi)
    ramp = 0.6 + 0.8 * (x / width * np.cos(turn) + y / height * np.sin(turn))
    return np.asarray(np.clip(thing * ramp[..., None] * rng.uniform(0.85, 1.15, 3), 0, 255), np.uint8)


def _out_of_shape(thing: Pixels, rng: np.random.Generator, *, by: float = 4.5) -> Pixels:
    """Every line a little elsewhere: by some pixels, as a standard deviation."""
    height, width = thing.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    moved = []
    for axis in (x, y):
        bend = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 20)
        moved.append((axis + bend / bend.std() * by).astype(np.float32))
    bent = cv2.remap(thing, moved[0], moved[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.uint8)


_GENERATED = {
    "painted": _painted,
    "posterised": _posterised,
    "lit anew": _lit_anew,
    "out of shape": _out_of_shape,
}


def generated_picture(world: World, rng: np.random.Generator, number: int) -> Draft:
    """What an image generator makes of a product: without fine print, out of shape, lit anew, elsewhere.

    Drawn over the brand's own picture, since no generator can be shipped: the layout is the brand's, and no
    detail is.
    """
    variant = tuple(_GENERATED)[number % len(_GENERATED)]
    genuine = pick(world.genuine, rng)
    thing, mask = _cut_or_whole(genuine)
    height, width = thing.shape[:2]
    coarse = cv2.resize(thing, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    blurred = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    drawn = _GENERATED[variant](_out_of_shape(blurred, rng, by=1.8), rng)
    tops, bottoms = rng.uniform(90, 250, 3), rng.uniform(60, 230, 3)
    fall = np.linspace(0, 1, 760)[:, None, None]
    scene = np.broadcast_to(tops * (1 - fall) + bottoms * fall, (760, 760, 3)).astype(np.uint8)
    shown = laid(scene, drawn, mask, at=(rng.uniform(0.45, 0.55), 0.5), angle=rng.uniform(-5, 5))
    return Draft(
        kind="generated_picture",
        verdict="infringing",
        brand=genuine.brand,
        variant=variant,
        pictures=(shown,),
        goods=genuine.goods,
    )


def _cut_or_whole(genuine: Genuine) -> tuple[Pixels, Pixels]:
    """A product without its white, 560 pixels high; what fills its picture is taken whole."""
    picture = opened(genuine.data)
    share = 560 / max(picture.shape[:2])
    big = np.asarray(cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_CUBIC), np.uint8)
    if genuine.goods in {"game", "charger"}:
        return big, np.full(big.shape[:2], 255, np.uint8)
    thing, mask = cut_out(big)
    return np.ascontiguousarray(thing), mask


def cluttered(world: World, rng: np.random.Generator, number: int) -> Draft:
    """The product small in a picture of other things: 15 to 30 % of its height."""
    genuine = pick([it for it in world.genuine if it.goods not in {"game", "charger"}], rng)
    thing, mask = cut_out(opened(genuine.data))
    share = (0.3, 0.22, 0.15)[number % 3]
    scene = _shelf(world, rng)
    height = round(share * scene.shape[0] * rng.uniform(0.93, 1.07))
    factor = height / thing.shape[0]
    sizes = {"fx": factor, "fy": factor, "interpolation": cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC}
    small, cover = (np.asarray(cv2.resize(it, None, **sizes), np.uint8) for it in (thing, mask))
    lit = np.asarray(np.clip(small * rng.uniform(0.75, 1.0) * rng.uniform(0.93, 1.07, 3), 0, 255), np.uint8)
    shown = laid(
        scene, lit, cover, at=(rng.uniform(0.2, 0.8), rng.uniform(0.3, 0.75)), angle=rng.uniform(-12, 12)
    )
    return Draft(
        kind="cluttered",
        verdict="infringing",
        brand=genuine.brand,
        variant=f"{share:.0%} of the height",
        pictures=(shown,),
        goods=genuine.goods,
    )


def _shelf(world: World, rng: np.random.Generator) -> Pixels:
    """Four photographs of fruit beside each other, as shop shelves are: 1,000 pixels square."""
    tiles = [cv2.resize(pixels(pick(world.sources.produce, rng))[:340, :340], (500, 500)) for _ in range(4)]
    return np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])
