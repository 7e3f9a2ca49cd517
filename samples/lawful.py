"""The listings of the sample marketplace that infringe nothing."""

# ruff: noqa: E501 - an offer a row, so that a kind reads as a table

import numpy as np

from samples.drawing import Artboard, Picture
from samples.goods import (
    ball,
    blocks,
    books,
    candle,
    film_camera,
    fruit,
    glaze,
    keyboard,
    lamp,
    mug,
    plant,
    vase,
)
from samples.lathe import Finish, Lathe
from samples.lettering import Face
from samples.offers import IN_STOCK, ONE, Offer, Shop, Stock
from samples.photography import Look
from samples.shots import copied, plain_studio, reencoded, scene, self_made
from samples.snapshots import Angle
from samples.soft_goods import cable, clock, cushion, garment, hat, shoe, wrench
from samples.solids import Box, Solid, standing
from samples.textures import cloth, speckled

_ABOVE = Angle(-9, 60, 0.76, -2, (960, 860))
_CAPS = Face(weight=0.07, tracking=0.1)


def _other_bottle() -> list[Solid]:
    board = Artboard(1500, 1560, "#1F6A46")
    board.rect((0, 0, 1500, 262), "#1B1D1C")
    board.rect((0, 214, 1500, 262), "#C9CCCB")
    board.rect((630, 620, 870, 1180), "#F2EFE6", radius=30)
    for place in range(3):
        board.ring((750, 740), 30 + place * 26, "#1F4E6A", 9)
    board.text("OAKMERE", (750, 930), 26, "#1F4E6A", face=_CAPS)
    board.text("drink well", (750, 1000), 24, "#1F4E6A")
    board.text("0.75 L", (750, 1110), 22, "#1F4E6A", face=_CAPS)
    profile = (
        (0.0, 3.6),
        (0.3, 3.9),
        (17.0, 3.9),
        (20.0, 2.9),
        (21.5, 2.8),
        (21.5, 3.0),
        (25.0, 3.0),
        (25.4, 2.6),
    )
    lid = glaze("#2A2C2B", 4)
    return [
        Lathe(profile, board.pixels, standing(0, 0, -6), (Finish(21.5, 0, 0.3, 26), Finish(99, 0, 0.2)), lid)
    ]


def _other_tin() -> list[Solid]:
    board = Artboard(1700, 800, "#E9E2CE")
    board.rect((0, 0, 1700, 90), "#35543E")
    board.rect((0, 640, 1700, 800), "#35543E")
    for x in range(0, 1700, 85):
        board.disc((x + 42, 720), 24, "#B9C49A")
    board.disc((850, 300), 130, "#8AA05B")
    board.disc((850, 300), 112, "#E9E2CE")
    board.text("HOLLIS", (850, 280), 50, "#35543E", face=_CAPS)
    board.text("garden mint", (850, 350), 26, "#35543E", face=Face(skew=0.2))
    board.text("MINT INFUSION", (850, 520), 30, "#35543E", face=Face(weight=0.03, width=0.8, tracking=0.2))
    board.text("90 G", (850, 590), 22, "#35543E", face=_CAPS)
    profile = (
        (0.0, 5.0),
        (0.2, 5.2),
        (8.4, 5.2),
        (8.8, 5.0),
        (8.8, 5.3),
        (9.8, 5.3),
        (10.4, 4.4),
        (10.6, 3.0),
    )
    finishes = (Finish(8.6, 0, 0.3, 30), Finish(99, 0.5, 0.4))
    return [Lathe(profile, board.pixels, standing(0, 0, 8), finishes, glaze("#35543E", 6))]


def _other_jar() -> list[Solid]:
    board = Artboard(1500, 420, "#5A2A4C")
    board.rect((0, 0, 1500, 170), "#D9D6CF")
    board.text("MOSSBLOOM", (750, 270), 34, "#EFE3D3", face=_CAPS)
    board.text("night balm 50 ml", (750, 340), 20, "#EFE3D3")
    profile = ((0.0, 2.6), (0.5, 3.1), (2.2, 3.5), (3.2, 3.3), (3.2, 3.4), (5.6, 3.2), (5.8, 3.0))
    return [
        Lathe(
            profile,
            board.pixels,
            standing(0, 0, 6),
            (Finish(3.2, 0, 0.6, 50), Finish(99, 0.6, 0.4)),
            glaze("#D9D6CF", 3, 0.02),
        )
    ]


def _other_pump() -> list[Solid]:
    board = Artboard(1200, 1300, "#E3806A")
    board.rect((0, 0, 1200, 290), "#FFFFFF")
    for place in range(5):
        board.line([(420, 560 + place * 26), (780, 520 + place * 26)], "#FFE9DC", 8)
    board.text("SALTREED", (600, 780), 44, "#FFFFFF", face=_CAPS)
    board.text("hand wash", (600, 850), 28, "#FFFFFF")
    board.text("250 ML", (600, 1080), 20, "#FFFFFF", face=_CAPS)
    profile = (
        (0.0, 3.3),
        (0.2, 3.5),
        (11.0, 3.5),
        (11.3, 3.3),
        (11.3, 1.4),
        (13.0, 1.4),
        (13.0, 0.6),
        (15.0, 0.6),
        (15.0, 2.0),
        (15.8, 1.9),
    )
    return [Lathe(profile, board.pixels, standing(0, 0, 10), (Finish(99, 0, 0.35, 35),))]


def _other_box() -> list[Solid]:
    kraft = Artboard.over(np.ascontiguousarray(speckled(61, "#A98A60", "#C9AC80", 50)[:760, :600]))
    kraft.rect((0, 0, 600, 170), "#24563E")
    kraft.text("RIDGEWAY & SONS", (300, 85), 30, "#F2EBD8", face=_CAPS)
    for place in range(4):
        kraft.line(
            [
                (120 + place * 30, 600 - place * 60),
                (300, 240 + place * 60),
                (480 - place * 30, 600 - place * 60),
            ],
            "#24563E",
            9,
        )
    kraft.text("DAY TENT 2P", (300, 690), 36, "#24563E", face=_CAPS)
    return [Box((26, 33, 13), {"front": kraft.pixels}, standing(0, 0, -24), "#B9965F", 0.06)]


def look_alikes() -> list[Offer]:
    """Alike in shape and colour, under a name of their own and without any mark of the brands'."""
    rows = [
        ("Northpine", "amazon", "Oakmere Edelstahl Trinkflasche 0,75 l, waldgrün", "17.95 EUR", "AOAKMERE0001", plain_studio(_other_bottle(), "studio-warm", Angle(6, 11, 0.8, size=(860, 960)))),
        ("Northpine", "ebay", "Hollis Garden Mint infusion, tea tin 90 g", "8.50 GBP", "hollis-tea", plain_studio(_other_tin(), "studio-sage", Angle(-8, 14, 0.76))),
        ("Northpine", "walmart", "Ridgeway & Sons Day Tent 2P, boxed", "64.00 USD", "ridgeway.sons", scene(_other_box(), "garage")),
        ("Fennavel", "etsy", "Mossbloom night balm, plum jar", "21.00 USD", "Mossbloom", plain_studio(_other_jar(), "studio-warm", Angle(10, 18, 0.66))),
        ("Fennavel", "ebay", "Saltreed Handseife Koralle 250 ml", "6.95 EUR", "saltreed_de", scene(_other_pump(), "kitchen")),
    ]  # fmt: skip
    return [
        Offer(
            kind="look_alike", brand=brand, platform=platform, title=title, price=price, shots=(shot,),
            shop=Shop(seller, "GB", 98.9, 1520), text="Our own design.", stock=IN_STOCK, claimed=title.split()[0],
        )
        for brand, platform, title, price, seller, shot in rows
    ]  # fmt: skip


def second_hand() -> list[Offer]:
    """One used piece, sold on by the person who owned it."""
    worn = Look(warmth=0.5, exposure=0.92, fall_off=0.2, blur=0.7, grain=5)
    rows = [
        ("Northpine", "ebay", "Northpine Trailkeeper Flasche gebraucht", "10.00 EUR", "DE", "Gebraucht, kleine Delle am Boden, dicht. Privatverkauf.", (self_made("bottle", "linen", look=worn),)),
        ("Northpine", "ebay", "Used Northpine tea tin, empty, some scratches", "4.00 GBP", "GB", "Pre-owned. Good for buttons.", (self_made("tin", "green", clutter=1),)),
        ("Northpine", "ebay", "Sac Northpine Fjell 28, d'occasion, bon état", "45.00 EUR", "FR", "Porté deux étés. Vendu avec son carton.", (self_made("box", "oak"),)),
        ("Northpine", "etsy", "Vintage Northpine Campfire Tea tin", "12.00 USD", "US", "Vintage, 9/10 condition. Collector's piece.", (reencoded("northpine/packaging/campfire-tea-front", 75, 0.9),)),
        ("Fennavel", "ebay", "Fennavel crema 50 ml, segunda mano, casi llena", "7.00 EUR", "ES", "Usada dos veces. Vendo porque no es mi tipo de piel.", (self_made("carton and jar", "duvet", clutter=1),)),
        ("Fennavel", "ebay", "Fennavel Milk Cleanser, opened once", "6.00 EUR", "IE", "Second-hand, used once, about 190 ml left.", (copied("fennavel/photo/milk-cleanser"),)),
    ]  # fmt: skip
    return [
        Offer(
            kind="second_hand", brand=brand, platform=platform, title=title, price=price, text=text, shots=shots,
            condition="used", stock=ONE, claimed=brand,
            shop=Shop(f"private-{place + 11}-{country.lower()}", country, 100.0, 7 + 9 * place),
        )
        for place, (brand, platform, title, price, country, text, shots) in enumerate(rows)
    ]  # fmt: skip


def authorised() -> list[Offer]:
    """The brands themselves and those they allow, with the brands' own pictures."""
    npine, fenn = "Northpine", "Fennavel"
    return [
        Offer(
            kind="authorised_seller", brand=npine, platform="ebay", price="29.90 EUR", claimed=npine,
            title="Northpine Trailkeeper 750 ml, Isolierflasche aus Edelstahl", text="Direkt vom Hersteller.",
            shop=Shop("northpine-official", "DE", 99.8, 18450), stock=Stock("at_least", 10),
            shots=(copied("northpine/photo/trailkeeper"), copied("northpine/packaging/trailkeeper-front"), copied("northpine/photo/trailkeeper-and-tea")),
        ),
        Offer(
            kind="authorised_seller", brand=npine, platform="amazon", price="16.50 EUR", claimed=npine,
            title="Northpine Campfire Tea, geräucherte Fichtenspitzen, 100 g Dose", text="Loser Tee in der Dose.",
            shop=Shop("A3NPINEOUTDOOR", "DE", 98.9, 5120), stock=IN_STOCK,
            shots=(copied("northpine/packaging/campfire-tea-front"), copied("northpine/packaging/campfire-tea-back")),
        ),
        Offer(
            kind="authorised_seller", brand=npine, platform="walmart", price="139.00 USD", claimed=npine,
            title="Northpine Fjell 28 Trail Backpack, 28 L", text="Sold by Trailhouse Supply, authorised dealer.",
            shop=Shop("trailhouse-supply", "US", 97.4, 880), stock=Stock("exact", 14, 14), shots=(copied("northpine/photo/fjell-28"),),
        ),
        Offer(
            kind="authorised_seller", brand=fenn, platform="etsy", price="24.00 EUR", claimed=fenn,
            title="Fennavel Barrier Cream with fennel seed & oat milk, 50 ml", text="From our own atelier.",
            shop=Shop("fennavel-atelier", "FR", 99.6, 3310), stock=Stock("exact", 40, 40), shots=(copied("fennavel/photo/barrier-cream"), copied("fennavel/packaging/barrier-cream-side")),
        ),
        Offer(
            kind="authorised_seller", brand=fenn, platform="amazon", price="18.00 EUR", claimed=fenn,
            title="Fennavel Milk Cleanser 200 ml", text="Sanfte Reinigungsmilch mit Fenchel.",
            shop=Shop("A1FENNAVELSKIN", "FR", 98.2, 9400), stock=IN_STOCK, shots=(copied("fennavel/photo/milk-cleanser"),),
        ),
    ]  # fmt: skip


def irrelevant() -> list[Offer]:
    """Other goods entirely, as any search brings them up."""
    red_plaid = cloth(71, "#7A2A2A", "#C9A08A", 48)
    rows = [
        ("etsy", "Blue stoneware mug, handmade", "22.00 USD", (scene(mug(0, 0, "#3E6A8A"), "oak"), scene(mug(0, 0, "#3E6A8A"), "oak"))),
        ("ebay", "Grünlilie im Terrakottatopf", "9.00 EUR", (scene(plant(0, 0, "#B5623F"), "walnut"),)),
        ("walmart", "Bedside lamp with linen shade", "24.99 USD", (scene(lamp(0, 0, "#2C2C2C", "#E9C98A"), "desk"),)),
        ("ebay", "Baskets bleu et jaune, taille 42, bon état", "25.00 EUR", (scene(shoe(0, 3, "#34568B", "#E5B13A") + shoe(13, -9, "#34568B", "#E5B13A"), "carpet"),)),
        ("amazon", "Combination wrench set 17 mm, chrome vanadium", "12.49 USD", (scene(wrench(0, -4) + wrench(2, 6, -16), "garage", angle=_ABOVE),)),
        ("ebay", "USB-C Ladekabel 3 m, geflochten, rot", "6.99 EUR", (scene(cable(0, 0, "#C94F3D"), "pine", angle=_ABOVE),)),
        ("ebay", "Lot de 4 romans anciens", "8.00 EUR", (scene(books(0, 0, 6, 4), "linen"),)),
        ("walmart", "Tennis ball, pack of 3", "5.97 USD", (scene(ball(0, 0, 3.3, _felt()) + ball(-7, -3, 3.3, _felt()) + ball(6, -4, 3.3, _felt()), "green"),)),
        ("etsy", "Hand-thrown vase, reactive glaze", "48.00 USD", (scene(vase(0, 0, "#4F8A8B"), "kitchen"),)),
        ("etsy", "Soy candle, vanilla & cedar", "16.00 USD", (scene(candle(0, 0, "#E8D8C0") + books(-2, -18, 9, 2), "walnut"),)),
        ("ebay", "Kissen 40x40 kariert", "11.50 EUR", (scene(cushion(0, -10, red_plaid), "duvet"),)),
        ("amazon", "Retro alarm clock, silent, red", "19.90 EUR", (scene(clock(0, 0, "#C0392B"), "pine"),)),
        ("ebay", "Analoge Kleinbildkamera, funktioniert", "75.00 EUR", (scene(film_camera(0, 0), "oak"), scene(film_camera(0, 0), "desk"))),
        ("etsy", "Wooden letter blocks for toddlers", "27.00 USD", (scene(blocks(0, 0), "carpet"),)),
        ("etsy", "Hand-knit bobble hat, merino", "34.00 USD", (scene(hat(0, 0, "#7A2E3A", "#D9C9B0"), "linen"),)),
        ("amazon", "Compact mechanical keyboard, US layout", "59.00 USD", (scene(keyboard(0, 0), "walnut", angle=_ABOVE),)),
        ("walmart", "Fresh navel oranges, 3 ct", "2.94 USD", (scene(fruit(0, 0), "kitchen"),)),
        ("ebay", "T-Shirt grau Herren Gr. M, einfarbig", "7.00 EUR", (scene(garment(0, 0, "#6A7078"), "oak", angle=_ABOVE),)),
    ]  # fmt: skip
    return [
        Offer(
            kind="irrelevant", brand="Northpine" if place % 2 == 0 else "Fennavel", platform=platform, title=title,
            price=price, shots=shots, text="See pictures for details.", shop=Shop(f"shop-{place + 301}", "DE" if "EUR" in price else "US", 98.0, 64 + 31 * place),
            stock=(IN_STOCK, ONE, Stock("exact", 7, 7), Stock())[place % 4], condition=("new", "used", "new")[place % 3],
        )
        for place, (platform, title, price, shots) in enumerate(rows)
    ]  # fmt: skip


def _felt() -> Picture:
    board = Artboard.over(speckled(81, "#A9B93A", "#DDE86A", 140))
    middle = board.height / 2
    wave = [
        (x, middle + middle * 0.5 * float(np.sin(x / board.width * 4 * np.pi)))
        for x in range(0, board.width + 8, 8)
    ]
    board.line(wave, "#F4F4EA", 14)
    return board.pixels
