"""Scenarios 17 to 19, and what has nothing to do with any brand."""

import cv2
import numpy as np

from tests.scenarios import strangers
from tests.scenarios.designs import part_of
from tests.scenarios.drafts import Draft
from tests.scenarios.goods import SAID_TO_BE, SORTS, badge, carton, photographed, printed
from tests.scenarios.kits import DEALERS, brand_name
from tests.scenarios.marked import GROUNDS
from tests.scenarios.prints import INKS, PATTERNS, hexed, logo_ink, plain, rgb, stamp
from tests.scenarios.sources import FOREIGN, pixels
from tests.scenarios.wording import TITLES
from tests.scenarios.world import World, grocery_goods, photo_of, pick

_USED = {
    "en": ("used, good condition", "pre-owned", "9/10 condition"),
    "de": ("gebraucht", "aus zweiter Hand"),
    "fr": ("d'occasion", "seconde main"),
    "es": ("usado", "segunda mano"),
    "it": ("usato", "seconda mano"),
}


def look_alike(world: World, rng: np.random.Generator, number: int) -> Draft:
    """Goods of the same sort by others, or by nobody: near in looks, without anything that is the brand's."""
    return _LOOK_ALIKES[number % len(_LOOK_ALIKES)](world, rng, number // len(_LOOK_ALIKES))


def _lawful(brand: str, variant: str, picture: np.ndarray | bytes, goods: str) -> Draft:
    return Draft(
        kind="look_alike", verdict="lawful", brand=brand, variant=variant, pictures=(picture,), goods=goods
    )


def _beside(world: World, rng: np.random.Generator, number: int) -> Draft:
    package = world.sources.others[number % len(world.sources.others)]
    return _lawful(
        world.sources.protected[-1].brand,
        "another maker's package, by phone",
        photo_of(package, number),
        grocery_goods(package.name),
    )


def _studio(world: World, rng: np.random.Generator, number: int) -> Draft:
    package = world.sources.others[number % len(world.sources.others)]
    picture = pixels(package.iconic)
    if number >= len(world.sources.others):
        scale = float(rng.uniform(0.8, 1.5))
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale), np.uint8)
    return _lawful(
        world.sources.protected[-1].brand,
        "another maker's studio picture",
        picture,
        grocery_goods(package.name),
    )


def _foreign_logo(world: World, rng: np.random.Generator, number: int) -> Draft:
    names = FOREIGN[world.sources.split]
    ink = logo_ink(world.sources.artwork(names[number % len(names)]))
    brand = pick(world.logo_brands, rng)[0]
    if number % 2:
        what = pick(("mug", "tee", "tote", "cushion"), rng)
        colour, ground = INKS[1], "#2F4B7C"
        return _lawful(
            brand, "somebody else's logo", printed(what, badge(ink, colour, ground), rng), SAID_TO_BE[what]
        )
    picture, goods = world.ground(rng, shoes=False)
    shown = stamp(
        picture,
        ink,
        width=float(rng.uniform(0.2, 0.36)),
        at=(0.5, 0.5),
        colour=INKS[number % len(INKS)],
        angle=float(rng.uniform(-20, 20)),
    )
    return _lawful(brand, "somebody else's logo", shown, goods)


def _other_cloth(world: World, rng: np.random.Generator, number: int) -> Draft:
    ours = {house.pattern for house in world.cast.patterns}
    free = [name for name in PATTERNS if name not in ours]
    house = world.cast.patterns[number % len(world.cast.patterns)]
    # In the house's own colours: only the drawing differs.
    cloth = PATTERNS[free[number % len(free)]](*house.colours)
    what = pick(("tote", "cushion", "case", "notebook", "mug"), rng)
    return _lawful(
        house.name,
        "another pattern in the same colours",
        printed(what, part_of(cloth, rng, share=0.8), rng),
        SAID_TO_BE[what],
    )


def _other_figure(world: World, rng: np.random.Generator, number: int) -> Draft:
    what = pick(("tee", "tote", "mug", "cushion"), rng)
    drawn = (strangers.robot, strangers.bird)[number % 2](pick(GROUNDS[2:], rng))
    return _lawful(
        world.cast.character_brand, "another character", printed(what, drawn, rng), SAID_TO_BE[what]
    )


def _generic_charger(world: World, rng: np.random.Generator, number: int) -> Draft:
    charger = world.cast.charger
    near = hexed(rgb(charger.colour) + rng.uniform(-12, 12, 3))
    front = strangers.charger_front(near, "Plugwell" if number % 2 else "USB ADAPTER")
    side = strangers.charger_side(near, "9501101530003")
    box = carton(front, side)
    return _lawful(
        charger.name, "a charger in nearly that colour, certified", photographed(box, rng), "charger"
    )


def _other_game(world: World, rng: np.random.Generator, number: int) -> Draft:
    lid = strangers.game_lid(number, rng)
    box = carton(lid, lid[:, :220], width=28)
    return _lawful(world.cast.game.name, "another board game", photographed(box, rng), "game")


_LOOK_ALIKES = (
    _beside,
    _foreign_logo,
    _other_cloth,
    _generic_charger,
    _studio,
    _other_figure,
    _beside,
    _other_game,
)


def _genuine_thing(
    world: World, rng: np.random.Generator, number: int
) -> tuple[str, str, np.ndarray | bytes]:
    """A brand's product as a private person photographs it: brand, goods, picture."""
    packages = world.sources.protected
    if number % 2:
        stem = ("adidas0", "nike", "lacoste", "gucci", "chanel")[number // 2 % 5]
        photos = world.sources.mark_photos(stem)
        # From the end: `self_photographed` takes them from the beginning.
        photo = photos[-1 - number // 10 % len(photos)]
        return brand_name(stem), "bag" if stem in {"gucci", "chanel"} else "wear", photo.path.read_bytes()
    package = packages[number // 2 % len(packages)]
    return (
        brand_name(package.brand),
        grocery_goods(package.name),
        photo_of(package, len(package.photos) // 2 + number),
    )


def second_hand(world: World, rng: np.random.Generator, number: int) -> Draft:
    """One used piece, photographed by its owner, and it says so."""
    brand, goods, picture = _genuine_thing(world, rng, number)
    title, language = _used_title(brand, goods, rng, number)
    stock = {"kind": "exact", "min": 1, "max": 1}
    return Draft(
        kind="second_hand",
        verdict="lawful",
        brand=brand,
        variant=language,
        pictures=(picture,),
        goods=goods,
        title=title,
        stated={"stock": stock, "condition": "used"},
    )


def second_hand_abuse(world: World, rng: np.random.Generator, number: int) -> Draft:
    """Called used, with hundreds in stock and the brand's own picture."""
    genuine = world.genuine[number % len(world.genuine)]
    title, language = _used_title(genuine.brand, genuine.goods, rng, number)
    return Draft(
        kind="second_hand_abuse",
        verdict="infringing",
        brand=genuine.brand,
        variant=language,
        pictures=(genuine.data,),
        goods=genuine.goods,
        title=title,
        stated={"stock": {"kind": "exact", "min": 999, "max": 999}, "condition": "used"},
    )


def _used_title(brand: str, goods: str, rng: np.random.Generator, number: int) -> tuple[str, str]:
    language = tuple(_USED)[number % len(_USED)]
    said = pick(_USED[language], rng)
    return f"{brand} {pick(TITLES[goods], rng).replace('new', '').replace('neu', '')} {said}", language


def authorised_seller(world: World, rng: np.random.Generator, number: int) -> Draft:
    """A dealer whom the brand named, with the brand's own picture and name."""
    genuine = world.genuine[number * 3 % len(world.genuine)]
    platform = tuple(DEALERS)[number % len(DEALERS)]
    seller = {
        "id": DEALERS[platform],
        "name": "Official store",
        "country": "DE",
        "rating": 99.4,
        "feedback_count": 8123,
    }
    return Draft(
        kind="authorised_seller",
        verdict="lawful",
        brand=genuine.brand,
        variant=platform,
        pictures=(genuine.data,),
        goods=genuine.goods,
        title=f"{genuine.brand} {pick(TITLES[genuine.goods], rng)}",
        stated={"platform": platform, "seller": seller},
    )


def irrelevant(world: World, rng: np.random.Generator, number: int) -> Draft:
    """Fruit and plain goods, under titles of real listings that name no brand of ours."""
    title = _innocent(world, rng)
    if number % 4 == 3:
        what = SORTS[number // 4 % len(SORTS)]
        skin = plain(pick(GROUNDS, rng))
        return Draft(
            kind="irrelevant",
            verdict="lawful",
            brand=None,
            variant="plain goods",
            title=title,
            pictures=(printed(what, skin, rng, clutter=number % 3),),
            goods=SAID_TO_BE[what],
        )
    photos = world.sources.produce
    return Draft(
        kind="irrelevant",
        verdict="lawful",
        brand=None,
        variant="fruit and vegetables",
        title=title,
        pictures=(photos[number * 37 % len(photos)].read_bytes(),),
        goods="produce",
    )


def _innocent(world: World, rng: np.random.Generator) -> str:
    """A real title in which no protected name stands."""
    names = [brand.casefold() for brand in world.word_brands]
    while any(name in (title := pick(world.sources.titles, rng)).casefold() for name in names):
        continue
    return title
