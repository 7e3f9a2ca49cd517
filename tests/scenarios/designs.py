"""Scenarios 11, 13 and 14: patterns, characters, and a look in which no single part is the brand's."""

import numpy as np

from tests.scenarios.drafts import Draft
from tests.scenarios.goods import SAID_TO_BE, carton, photographed, printed
from tests.scenarios.marked import GROUNDS
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.prints import draw_figure, plain
from tests.scenarios.world import World, pick

_CLOTHS = ("tote", "cushion", "case", "notebook", "mug")


def part_of(cloth: Pixels, rng: np.random.Generator, *, share: float) -> Pixels:
    """A square piece of a cloth, turned by quarters."""
    side = round(cloth.shape[0] * share)
    top, left = rng.integers(0, cloth.shape[0] - side + 1, 2)
    return np.ascontiguousarray(np.rot90(cloth[top : top + side, left : left + side], int(rng.integers(4))))


def counterfeit_pattern(world: World, rng: np.random.Generator, number: int) -> Draft:
    """The house's cloth on other goods: all over them, or as a band across."""
    house = world.cast.patterns[number % len(world.cast.patterns)]
    what = _CLOTHS[number // 2 % len(_CLOTHS)]
    small = number % 3 == 2
    piece = part_of(house.cloth(), rng, share=float(rng.uniform(0.6, 1.0)))
    if small:
        skin = plain(pick(GROUNDS, rng))
        top = int(rng.integers(200, 380))
        band = 170
        skin[top : top + band] = house.cloth()[:band, :700]
    else:
        skin = piece
    shown = printed(what, skin, rng, clutter=int(rng.integers(0, 2)))
    return Draft(
        kind="counterfeit_pattern",
        verdict="infringing",
        brand=house.name,
        variant="a band" if small else "all over",
        pictures=(shown,),
        goods=SAID_TO_BE[what],
    )


def character(world: World, rng: np.random.Generator, number: int) -> Draft:
    """The character printed on goods: the brand's drawing, or redrawn by another hand."""
    figure = world.cast.figures[number % len(world.cast.figures)]
    redrawn = number % 4 >= 2
    what = ("tee", "tote", "mug", "cushion", "notebook")[number // 2 % 5]
    print_ = draw_figure(
        figure, ground=pick(("#FFFFFF", "#F3E9D2", "#BFD7EA", "#F6C9C9"), rng), rng=rng if redrawn else None
    )
    shown = printed(what, print_, rng, fill=0.86)
    return Draft(
        kind="character",
        verdict="infringing",
        brand=world.cast.character_brand,
        variant="redrawn" if redrawn else "copied",
        pictures=(shown,),
        goods=SAID_TO_BE[what],
    )


def _respelled(name: str, rng: np.random.Generator, changes: int) -> str:
    """A name with this many of its inner letters replaced."""
    letters = list(name)
    places = [place for place, letter in enumerate(letters) if letter.isalpha() and place > 0]
    for place in rng.choice(places, changes, replace=False):
        letters[place] = str(rng.choice([letter for letter in "aeilnorst" if letter != letters[place]]))
    return "".join(letters)


def imitation(world: World, rng: np.random.Generator, number: int) -> Draft:
    """Another title, palette, slogan and picture, each only near the brand's, in the brand's own layout."""
    game = world.cast.game
    moons = number % 2 == 1
    title, slogan = _respelled(game.name, rng, 1 + number // 2 % 2), _respelled(game.slogan, rng, 2)
    lid = game.box(title=title, slogan=slogan, moons=moons, rng=rng)
    picture = photographed(carton(lid, lid[:, :220], width=28), rng, fill=0.88, clutter=number % 3)
    return Draft(
        kind="imitation",
        verdict="infringing",
        brand=game.name,
        variant="another picture" if moons else "the picture redrawn",
        pictures=(picture,),
        goods="game",
        stated={"price": {"amount": f"{rng.uniform(7, 15):.2f}", "currency": "EUR"}},
    )
