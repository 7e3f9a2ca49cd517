"""Scenarios 4 and 6 to 10: marks changed or pasted, names, certificates, colours, barcodes."""

import random
from collections.abc import Callable

import cv2
import numpy as np

from samples.barcodes import barcode
from tests.scenarios.drafts import Draft
from tests.scenarios.goods import SAID_TO_BE, badge, carton, photographed, printed
from tests.scenarios.kits import brand_name, grocery_gtin
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.name_attacks import KINDS as ATTACKS
from tests.scenarios.name_attacks import attacked
from tests.scenarios.prints import (
    FACES,
    INKS,
    Colour,
    Ink,
    logo_ink,
    plain,
    qr,
    rgb,
    stamp,
    trimmed,
    words_ink,
)
from tests.scenarios.wording import TITLES
from tests.scenarios.world import World, grocery_goods, photo_of, pick

GROUNDS = ("#F4F2EC", "#22262B", "#8C2F39", "#2F4B7C", "#D7C49E", "#5B7F52", "#B9BEC4")
"""Colours of goods."""
LEGIBLE = (
    "digits",
    "signs",
    "accents",
    "doubled",
    "dropped",
    "swapped",
    "spelled out by spaces",
    "split by a sign",
    "cyrillic",
    "plain",
)
"""Attacks that can be printed and still be read; a look-alike letter prints as the letter itself."""


_CONTRAST = 60
"""Of 255, between a print and what it lies on: less is not to be seen by a buyer either."""


def composited_logo(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A logo pasted on a photograph of something else: 18 to 38 % of its width, up to 20 degrees askew."""
    brand, artwork = world.logo_brands[number % len(world.logo_brands)]
    colour = INKS[number % len(INKS)]
    shown, goods = _pasted(world, logo_ink(artwork), rng, colour=colour, widths=(0.18, 0.38), turn=20)
    return Draft(
        kind="composited_logo",
        verdict="infringing",
        brand=brand,
        variant=f"ink {number % len(INKS) + 1}",
        pictures=(shown,),
        goods=goods,
    )


def _pasted(
    world: World,
    ink: Ink,
    rng: np.random.Generator,
    *,
    colour: Colour,
    widths: tuple[float, float],
    turn: float,
) -> tuple[Pixels, str]:
    """Ink on a photograph of something on which it can be seen, and what the photograph shows."""
    width, angle = float(rng.uniform(*widths)), float(rng.uniform(-turn, turn))
    while True:
        picture, goods = world.ground(rng)
        at = (float(rng.uniform(0.28, 0.72)), float(rng.uniform(0.3, 0.7)))
        under = _around(picture, at, width)
        if abs(float(under.mean()) - sum(colour) / 3) > _CONTRAST:
            return stamp(picture, ink, width=width, at=at, colour=colour, angle=angle), goods


def _around(picture: Pixels, at: tuple[float, float], width: float) -> Pixels:
    """The part of a picture that a print covers, taken as square."""
    height, wide = picture.shape[:2]
    half = width * wide / 2
    x, y = at[0] * wide, at[1] * height
    return picture[max(0, int(y - half)) : int(y + half), max(0, int(x - half)) : int(x + half)]


def modified_mark(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A logo mirrored, cut, thickened, outlined or faded, printed on goods or pasted."""
    brand, artwork = world.logo_brands[(number * 5 + 1) % len(world.logo_brands)]
    variant = tuple(_CHANGES)[number % len(_CHANGES)]
    ink = _CHANGES[variant](logo_ink(artwork), rng)
    if number % 2:
        colour = INKS[int(rng.integers(len(INKS)))]
        shown, goods = _pasted(world, ink, rng, colour=colour, widths=(0.26, 0.42), turn=12)
    else:
        what = pick(("mug", "tee", "tote", "cushion"), rng)
        shown, goods = printed(what, badge(ink, *_contrast(rng), width=0.7), rng, fill=0.86), SAID_TO_BE[what]
    return Draft(
        kind="modified_mark",
        verdict="infringing",
        brand=brand,
        variant=variant,
        pictures=(shown,),
        goods=goods,
    )


def _stroke(ink: Ink) -> Ink:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (max(ink.shape) // 90) + 1,) * 2))


def _partial(ink: Ink, rng: np.random.Generator) -> Ink:
    kept = round(ink.shape[1] * rng.uniform(0.6, 0.72))
    return trimmed(ink[:, :kept] if rng.random() < 0.5 else ink[:, -kept:])


def _bolder(ink: Ink, rng: np.random.Generator) -> Ink:
    return np.asarray(cv2.dilate(np.pad(ink, 20), _stroke(ink)), np.uint8)


def _outlined(ink: Ink, rng: np.random.Generator) -> Ink:
    padded = np.pad(ink, 20)
    return np.asarray(cv2.dilate(padded, _stroke(ink)) - cv2.erode(padded, _stroke(ink)), np.uint8)


def _faded(ink: Ink, rng: np.random.Generator) -> Ink:
    """From full at the top to 40 % at the foot."""
    return np.asarray(ink * np.linspace(1.0, 0.4, len(ink))[:, None], np.uint8)


_CHANGES: dict[str, Callable[[Ink, np.random.Generator], Ink]] = {
    "mirrored": lambda ink, rng: np.ascontiguousarray(ink[:, ::-1]),
    "partial": _partial,
    "bolder": _bolder,
    "outlined": _outlined,
    "faded": _faded,
}


def _contrast(rng: np.random.Generator) -> tuple[Colour, str]:
    """An ink and a ground on which it can be seen."""
    ground = pick(GROUNDS, rng)
    return (INKS[1] if sum(rgb(ground)) < 330 else INKS[int(rng.choice((0, 2, 3)))]), ground


def name_attack(world: World, rng: np.random.Generator, number: int) -> Draft:
    """The name so spelt that a search misses it: three in the title to every one printed on the goods."""
    brand = world.word_brands[number * 7 % len(world.word_brands)]
    luck = random.Random(int(rng.integers(1 << 30)))  # noqa: S311 - spellings, not secrets
    what = pick(tuple(SAID_TO_BE), rng)
    goods = SAID_TO_BE[what]
    if number % 4 == 3:
        kind = LEGIBLE[number // 4 % len(LEGIBLE)]
        spelled = brand.upper() if kind == "plain" else attacked(brand, kind, luck) or brand.upper()
        ink = words_ink(spelled, font=pick(FACES, rng))
        what = pick(("tee", "tote", "cushion", "notebook"), rng)
        shown = printed(what, badge(ink, *_contrast(rng), width=0.82), rng, fill=0.86)
        return Draft(
            kind="name_attack",
            verdict="infringing",
            brand=brand,
            variant=f"printed: {kind}",
            pictures=(shown,),
            goods=SAID_TO_BE[what],
        )
    kind = list(ATTACKS)[(number - number // 4) % len(ATTACKS)]
    while (attack := attacked(brand, kind, luck)) is None:
        brand = pick(world.word_brands, rng)
    ordinary = pick(TITLES[goods], rng)
    title = f"{attack} {ordinary}" if luck.random() < 0.6 else f"{ordinary} {attack}"
    return Draft(
        kind="name_attack",
        verdict="infringing",
        brand=brand,
        variant=f"title: {kind}",
        title=title,
        pictures=(printed(what, plain(pick(GROUNDS, rng)), rng),),
        goods=goods,
    )


def certification_mark(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A forged certificate on a carton that bears the maker's logo, its marks large or small."""
    charger = world.cast.charger
    variant, width = (("large", 0.2), ("small", 0.09))[number % 2]
    box = carton(charger.front(marked=True, certified=width), charger.side())
    shown = photographed(box, rng, clutter=number % 3, fill=0.86)
    return Draft(
        kind="certification_mark",
        verdict="infringing",
        brand=charger.name,
        variant=variant,
        pictures=(shown,),
        goods="charger",
        stated={"price": {"amount": f"{rng.uniform(5, 12):.2f}", "currency": "EUR"}},
    )


def registered_colour(world: World, rng: np.random.Generator, number: int) -> Draft:
    """Goods all in the registered colour, with the maker's logo small, or with nothing else but its price."""
    charger = world.cast.charger
    marked = number % 2 == 0
    what = pick(("tote", "case", "notebook", "cushion"), rng)
    skin = plain(charger.colour)
    if marked:
        skin = stamp(skin, charger.logo(), width=0.3, at=(0.5, 0.6), colour=(255, 255, 255))
    shown = printed(what, skin, rng, fill=0.86)
    return Draft(
        kind="registered_colour",
        verdict="infringing",
        brand=charger.name,
        variant="with a small logo" if marked else "colour alone",
        pictures=(shown,),
        goods=SAID_TO_BE[what],
        stated={"price": {"amount": f"{rng.uniform(4, 11):.2f}", "currency": "EUR"}},
    )


def cloned_barcode(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A genuine number on a label or a carton's side; every second listing shows the package as well."""
    packages = world.sources.protected
    if number % 3 == 2:
        charger = world.cast.charger
        gtin, brand, goods = pick(charger.gtins, rng), charger.name, "charger"
        front = carton(charger.front(marked=False), charger.side(gtin))
        first = photographed(front, rng)
    else:
        package = packages[number % len(packages)]
        gtin, brand, goods = (
            grocery_gtin(world.sources, package.name),
            brand_name(package.brand),
            grocery_goods(package.name),
        )
        first = (
            photo_of(package, int(rng.integers(len(package.photos))))
            if number % 2
            else world.ground(rng, shoes=False)[0]
        )
    digital = number % 4 == 3
    code = qr(f"https://id.gs1.org/01/{gtin.zfill(14)}") if digital else barcode(gtin, 4)
    shown = _labelled(world, code, rng)
    return Draft(
        kind="cloned_barcode",
        verdict="infringing",
        brand=brand,
        variant="Digital Link" if digital else "EAN-13",
        pictures=(first, shown),
        goods=goods,
    )


def _labelled(world: World, code: Pixels, rng: np.random.Generator) -> Pixels:
    """A sticker with a code on a photograph, a little askew: 2.7 pixels or more to the thinnest bar."""
    label = np.full((code.shape[0] + 150, code.shape[1] + 50, 3), 250, np.uint8)
    label[120 : 120 + code.shape[0], 25 : 25 + code.shape[1]] = code
    for line, text in enumerate(("Made in PRC   LOT 4471", "BEST BEFORE 06 2027")):
        label = stamp(
            label,
            words_ink(text, font="DejaVuSans"),
            width=0.6,
            at=(0.4, 0.07 + 0.09 * line),
            colour=(30, 30, 32),
        )
    scene = cv2.resize(world.ground(rng, shoes=False)[0], (1000, 1000), interpolation=cv2.INTER_CUBIC)
    wide = rng.uniform(360, 540)
    tall = wide * label.shape[0] / label.shape[1]
    left, top = rng.uniform(60, 940 - wide), rng.uniform(60, 940 - tall)
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]])
    corners += (left, top)
    turn = np.radians(rng.uniform(-12, 12))
    middle = corners.mean(axis=0)
    around = (corners - middle) @ np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    ) + middle
    around += rng.uniform(-0.03, 0.03, (4, 2)) * wide
    source = np.array(
        [[0, 0], [label.shape[1], 0], [label.shape[1], label.shape[0]], [0, label.shape[0]]], np.float32
    )
    move = cv2.getPerspectiveTransform(source, around.astype(np.float32))
    over = cv2.warpPerspective(label, move, (1000, 1000), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(label.shape[:2], 255, np.uint8), move, (1000, 1000))[..., None] / 255.0
    light = 0.82 + 0.2 * np.linspace(0, 1, 1000)[None, :, None] * rng.choice((-1, 1))
    return np.asarray(np.clip(scene * (1 - mask) + over * mask * light, 0, 255), np.uint8)
