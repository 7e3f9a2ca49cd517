"""The listings of the sample marketplace that infringe."""

# ruff: noqa: E501 - an offer a row, so that a kind reads as a table

import numpy as np

from samples import fennavel, northpine
from samples.drawing import Picture
from samples.goods import glaze, mug, notebook
from samples.lathe import Lathe
from samples.offers import IN_STOCK, Offer, Shop, Stock
from samples.photography import Look
from samples.shots import copied, edited, plain_bottle, plain_studio, reencoded, scene, self_made, stamped
from samples.snapshots import Angle
from samples.soft_goods import cushion, garment, hat, phone_case, tote
from samples.solids import standing

_FACTORY = Shop("outlet-world-88", "CN", 92.4, 310)
_BAZAAR = Shop("bazaar_direkt", "TR", 95.1, 1204)
_FLASH = Shop("flashdeal*shop", "CN", 89.0, 57)
_HOME = Shop("lisa_kramt_aus", "DE", 100.0, 12)
_GLOW = Shop("glowup-wholesale", "CN", 93.7, 880)
_PARIS = Shop("beaute.pas.chere", "FR", 96.0, 233)
_ATTIC = Shop("thebarnfinds", "US", 98.8, 2150)
_NEW = Shop("user-7741209", "PL", None, 0)

_TOP = Angle(8, 62, 0.74, 1.5, (900, 960))


def stolen() -> list[Offer]:
    """The brand's own pictures, as they were or compressed again."""
    return [
        Offer(
            kind="stolen_photo", brand="Northpine", platform="ebay", price="12.90 EUR", shop=_FACTORY,
            title="Northpine Trailkeeper 750 ml Edelstahl Trinkflasche NEU", claimed="Northpine",
            text="100 % wie Original. Versand aus Lager. Kein Originalkarton.", stock=Stock("at_least", 10),
            shots=(copied("northpine/photo/trailkeeper"), reencoded("northpine/packaging/trailkeeper-front", 70, 0.8)),
        ),
        Offer(
            kind="stolen_photo", brand="Northpine", platform="walmart", price="7.49 USD", shop=_FLASH,
            title="Campfire Tea Tin, Smoked Spruce Tips, 100 g - Northpine style", category="Grocery",
            text="Ships in 15-30 days. Brand new, factory sealed.", stock=Stock("exact", 412, 412),
            shots=(reencoded("northpine/packaging/campfire-tea-front", 55, 0.75),),
        ),
        Offer(
            kind="stolen_photo", brand="Northpine", platform="amazon", price="31.00 EUR", shop=Shop("A9XKWORLDBAG", "CN", 88.0, 96),
            title="Fjell 28 Wanderrucksack 28 Liter mit Regenhülle", text="Schnelle Lieferung. Rückgabe 14 Tage.",
            shots=(reencoded("northpine/photo/fjell-28", 40, 0.6), copied("northpine/packaging/fjell-28-side")),
        ),
        Offer(
            kind="stolen_photo", brand="Fennavel", platform="ebay", price="4.20 EUR", shop=_GLOW, claimed="Fennavel",
            title="Fennavel Barrier Cream 50ml - fennel & oat - NEW", stock=Stock("at_least", 10),
            text="Bulk price available, message us. Same factory.", shots=(copied("fennavel/photo/barrier-cream"),),
        ),
        Offer(
            kind="stolen_photo", brand="Fennavel", platform="etsy", price="6.50 USD", shop=Shop("SoftSkinSecrets", "US", 94.0, 71),
            title="Botanical milk cleanser, coral pump bottle, 200 ml", text="Handmade with love!",
            shots=(reencoded("fennavel/photo/milk-cleanser", 60, 0.7), reencoded("fennavel/photo/evening-ritual", 65, 0.8)),
        ),
        Offer(
            kind="stolen_photo", brand="Fennavel", platform="walmart", price="3.99 USD", shop=_FLASH,
            title="10x Overnight Sheet Mask Fennel Honey Rice Water", text="Pack of 10 sachets, sealed.",
            stock=Stock("range", 100, 500), shots=(reencoded("fennavel/packaging/sheet-mask-front", 45, 0.6),),
        ),
        # An authorised seller's id, on a platform for which nobody authorised it.
        Offer(
            kind="stolen_photo", brand="Northpine", platform="etsy", price="24.90 EUR", shop=Shop("northpine-official", "DE", 99.0, 18),
            title="Northpine Trailkeeper bottle and Campfire Tea gift set", claimed="Northpine",
            text="The official gift set.", shots=(copied("northpine/photo/trailkeeper-and-tea"),),
        ),
        Offer(
            kind="stolen_photo", brand="Fennavel", platform="ebay", price="19.00 EUR", shop=Shop("fennavel-atelier", "FR", 97.5, 9),
            title="Fennavel crème barrière 50 ml, neuve sous blister", claimed="Fennavel", text="Vendeur officiel.",
            shots=(copied("fennavel/photo/barrier-cream"),),
        ),
    ]  # fmt: skip


def modified() -> list[Offer]:
    """The brand's own pictures, changed so that a plain comparison misses them."""
    tea, bottle, box = (
        "northpine/packaging/campfire-tea-front",
        "northpine/photo/trailkeeper",
        "northpine/photo/fjell-28",
    )
    cream, milk, mask = (
        "fennavel/photo/barrier-cream",
        "fennavel/photo/milk-cleanser",
        "fennavel/packaging/sheet-mask-front",
    )
    rows = [
        ("Northpine", "ebay", "Edelstahlflasche 750ml grün Outdoor Camping", "9.99 EUR", _BAZAAR, (edited(bottle, "crop"),)),
        ("Northpine", "walmart", "Smoked spruce tea loose leaf in gift tin", "8.25 USD", _FLASH, (edited(tea, "mirror"),)),
        ("Northpine", "ebay", "!!! SALE !!! Thermosflasche Camping Wandern", "8.88 EUR", _FACTORY, (edited(bottle, "caption"),)),
        ("Northpine", "amazon", "Hiking backpack 28L with rain cover, retail box", "27.50 USD", Shop("A2QTRAILMAX", "CN", 90.1, 44), (edited(box, "frame"),)),
        ("Northpine", "etsy", "Tea tin for campers, spruce, vintage look", "11.00 USD", Shop("CampfireKitsch", "US", 98.0, 310), (edited(tea, "colour"),)),
        ("Northpine", "ebay", "Zestaw butelka i herbata, nowe", "49.00 PLN", _NEW, (edited("northpine/photo/trailkeeper-and-tea", "rotate", "watermark"),)),
        ("Northpine", "ebay", "Mochila trekking 28 litros en su caja", "29.95 EUR", Shop("ofertas_montana", "ES", 93.3, 160), (edited(box, "collage"),)),
        ("Fennavel", "ebay", "Crema facial hinojo y avena 50 ml", "5.60 EUR", Shop("cosmetica_low", "ES", 91.0, 77), (edited(cream, "watermark"),)),
        ("Fennavel", "walmart", "Gentle milk cleanser 200 ml, pump", "5.15 USD", _FLASH, (edited(milk, "pad"),)),
        ("Fennavel", "etsy", "Sheet mask set, honey & rice, x5", "7.00 USD", Shop("MaskMondays", "US", 95.5, 140), (edited(mask, "small"), edited(mask, "crop"))),
        ("Fennavel", "ebay", "Crème visage 50ml avec boîte", "6.90 EUR", _PARIS, (edited(cream, "grey"),)),
        ("Fennavel", "amazon", "Botanical face cream with carton, 50 ml", "7.80 EUR", Shop("A7GLOWEUSHOP", "CN", 87.9, 35), (edited(cream, "screen"),)),
    ]  # fmt: skip
    texts = (
        "Brand new. Ships from abroad.",
        "Neu, ohne Rechnung.",
        "See pictures. No returns.",
        "Quality guaranteed, fast delivery.",
    )
    return [
        Offer(
            kind="modified_photo", brand=brand, platform=platform, title=title, price=price, shop=shop, shots=shots,
            text=texts[place % len(texts)], stock=(IN_STOCK, Stock("at_least", 10), Stock("exact", 36, 36))[place % 3],
        )
        for place, (brand, platform, title, price, shop, shots) in enumerate(rows)
    ]  # fmt: skip


def photographed() -> list[Offer]:
    """Counterfeits that the seller photographed at home or in a shop."""
    dim = Look(warmth=0.9, exposure=0.82, fall_off=0.28, blur=0.8, grain=8)
    shaky = Look(warmth=-0.5, exposure=1.08, shake=6, blur=0.5, grain=4, haze=0.08)
    rows = [
        ("Northpine", "ebay", "Trinkflasche Northpine Trailkeeper grün, neu", "11.00 EUR", _BAZAAR, (self_made("bottle", "oak"),)),
        ("Northpine", "ebay", "Tee in Dose, Fichtenspitzen, 100 g, mehrere verfügbar", "6.00 EUR", _HOME, (self_made("tins", "kitchen"), self_made("tin", "kitchen", clutter=1))),
        ("Northpine", "walmart", "Backpack in box, 28 L, never opened", "34.00 USD", Shop("warehouse.clear", "US", 96.2, 540), (self_made("box", "garage"),)),
        ("Northpine", "ebay", "Green steel bottle outdoor brand 750ml job lot", "7.50 GBP", Shop("carboot_kev", "GB", 97.0, 88), (self_made("bottle", "carpet", look=dim),)),
        ("Northpine", "etsy", "Camp tea tin", "9.00 USD", Shop("ForestPantry", "US", 99.1, 61), (self_made("tin", "pine"),)),
        ("Northpine", "ebay", "Sac à dos 28 L neuf dans son carton", "30.00 EUR", _PARIS, (self_made("box", "shop", look=shaky),)),
        ("Fennavel", "ebay", "Fennavel Barrier Cream, lot x20, neuf", "4.00 EUR", _PARIS, (self_made("carton and jar", "desk"), self_made("carton", "walnut"))),
        ("Fennavel", "walmart", "Cleansing milk, coral bottle", "4.75 USD", _FLASH, (self_made("pump", "green"),)),
        ("Fennavel", "ebay", "Sheet masks overnight 2 pcs", "2.10 EUR", _GLOW, (self_made("sachets", "duvet"),)),
        ("Fennavel", "amazon", "Barrier cream 50 ml jar with gold lid", "6.30 EUR", Shop("A5DERMAFAST", "CN", 86.5, 28), (self_made("jar", "linen", clutter=1),)),
    ]  # fmt: skip
    return [
        Offer(
            kind="self_photographed", brand=brand, platform=platform, title=title, price=price, shop=shop, shots=shots,
            text="What you see is what you get. Pictures taken by me.", stock=(Stock("at_least", 10), IN_STOCK, Stock("exact", 60, 60))[place % 3],
        )
        for place, (brand, platform, title, price, shop, shots) in enumerate(rows)
    ]  # fmt: skip


def named() -> list[Offer]:
    """The brand's name, spelt so that a plain search misses it; the pictures show something else."""
    flask, jar = plain_bottle("#5A6A78"), [_plain_jar("#D8C7B4")]
    navy = plain_bottle("#22344F")
    rows = [
        # Fullwidth letters, which NFKC folds to ASCII.
        ("Northpine", "ebay", "\uff2e\uff2f\uff32\uff34\uff28\uff30\uff29\uff2e\uff25 Trinkflasche 750 ml Edelstahl", "8.90 EUR", (scene(flask, "oak"),)),
        # Cyrillic o, p and e among Latin letters.
        ("Northpine", "ebay", "N\u043erth\u0440in\u0435 steel bottle hiking new", "8.50 EUR", (scene(navy, "garage"),)),
        # A zero-width space and a zero-width joiner inside the name.
        ("Northpine", "walmart", "North\u200bpi\u200dne insulated flask green", "9.75 USD", (scene(plain_bottle("#3F6B50"), "desk"),)),
        ("Northpine", "ebay", "N O R T H P I N E thermos flask 25 oz", "9.20 USD", (scene(flask, "pine"),)),
        ("Northpine", "amazon", "N0rthp1ne Edelstahl Flasche Outdoor", "10.40 EUR", (plain_studio(navy),)),
        ("Northpine", "ebay", "Nortphine backpack mug hat bundle hiking", "15.00 GBP", (scene(hat(0, 0, "#2F3E46", "#B9C4B4"), "carpet"),)),
        # Mathematical bold letters, which NFKC folds to ASCII.
        ("Fennavel", "ebay", "\U0001d5d9\U0001d5f2\U0001d5fb\U0001d5fb\U0001d5ee\U0001d603\U0001d5f2\U0001d5f9 face cream 50 ml", "5.20 EUR", (scene(jar, "kitchen"),)),
        # Cyrillic e and a.
        ("Fennavel", "etsy", "F\u0435nn\u0430v\u0435l inspired cleanser & cream", "8.00 USD", (scene([*jar], "linen"),)),
        ("Fennavel", "walmart", "FenNaVeL  Botanics moisturizer, compare to brand", "6.99 USD", (plain_studio(jar, "studio-warm"),)),
        ("Fennavel", "ebay", "Fenavell creme visage 50ml neuf", "5.00 EUR", (scene([_plain_jar("#B7C4C9")], "green"),)),
    ]  # fmt: skip
    shops = (_FACTORY, _BAZAAR, _FLASH, _ATTIC, _NEW)
    return [
        Offer(
            kind="name_attack", brand=brand, platform=platform, title=title, price=price, shots=shots,
            shop=shops[place % len(shops)], text="High quality, same material. Fast dispatch.",
        )
        for place, (brand, platform, title, price, shots) in enumerate(rows)
    ]  # fmt: skip


def composited() -> list[Offer]:
    """The brand's logo pasted on goods that the brand never made."""
    shirt, cap = garment(0, 0, "#2B3A34"), hat(0, 0, "#8A8F8C", "#E4E2DA")
    return [
        Offer(
            kind="composited_logo", brand="Northpine", platform="etsy", price="18.00 USD", shop=Shop("PrintOnAnything", "US", 96.9, 4021),
            title="Outdoor logo tee, unisex", text="Printed to order.", stock=Stock("exact", 999, 999),
            shots=(stamped(scene(shirt, "oak", angle=Angle(0, 68, 0.8, 0, (960, 960))), "northpine/lockup", (0.5, 0.42), 0.26, "#F3EAD3"),),
        ),
        Offer(
            kind="composited_logo", brand="Northpine", platform="ebay", price="9.50 EUR", shop=_FACTORY,
            title="Edelstahl Flasche 750 ml schwarz mit Logo", text="Logo wie abgebildet.", stock=Stock("at_least", 10),
            shots=(stamped(plain_studio(plain_bottle("#26282B"), angle=Angle(0, 6, 0.86, size=(800, 1000))), "northpine/lockup", (0.5, 0.55), 0.2, "#F3EAD3"),),
        ),
        Offer(
            kind="composited_logo", brand="Northpine", platform="walmart", price="12.00 USD", shop=_FLASH,
            title="Knit beanie with emblem", text="One size.", stock=Stock("range", 10, 50),
            shots=(stamped(scene(cap, "duvet", angle=Angle(4, 12, 0.8, 0, (900, 900))), "northpine/emblem", (0.5, 0.72), 0.14, "#0B5D3B"),),
        ),
        Offer(
            kind="composited_logo", brand="Fennavel", platform="ebay", price="3.50 EUR", shop=_GLOW,
            title="Face cream jar 50 ml, private label", text="Minimum order 100.", stock=Stock("exact", 5000, 5000),
            shots=(stamped(plain_studio([_plain_jar("#EFE6DA")], "studio-blush", Angle(0, 12, 0.72)), "fennavel/wordmark", (0.5, 0.62), 0.36, "#4B1D3F"),),
        ),
    ]  # fmt: skip


def patterned() -> list[Offer]:
    """The brand's surface pattern on other goods."""
    umbels, contours = fennavel.pattern(), northpine.pattern()
    shop = Shop("CozyPrintsCo", "US", 97.7, 905)
    rows = [
        (
            "Fennavel",
            "etsy",
            "Floral phone case, all models",
            "14.00 USD",
            scene(phone_case(0, 0, umbels), "walnut", angle=_TOP),
        ),
        ("Fennavel", "etsy", "Botanical tote bag, canvas", "19.50 USD", scene(tote(0, 0, umbels), "carpet")),
        (
            "Fennavel",
            "ebay",
            "Kissenbezug 40x40 Blumen Doldenblüten",
            "9.90 EUR",
            scene(cushion(0, -10, umbels), "linen"),
        ),
        (
            "Northpine",
            "etsy",
            "Topographic notebook A5, green",
            "11.00 USD",
            scene(notebook(0, 0, contours), "desk", angle=_TOP),
        ),
        (
            "Northpine",
            "ebay",
            "Kaffeebecher Höhenlinien Wald",
            "8.40 EUR",
            scene(mug(0, 0, "#0B5D3B", _around(contours)), "oak"),
        ),
    ]
    return [
        Offer(
            kind="counterfeit_pattern", brand=brand, platform=platform, title=title, price=price, shots=(shot,),
            shop=shop if platform == "etsy" else _BAZAAR, text="Print does not fade. Gift idea.", stock=Stock("exact", 25, 25),
        )
        for brand, platform, title, price, shot in rows
    ]  # fmt: skip


def second_hand_abuse() -> list[Offer]:
    """Called used, but the stock says otherwise."""
    return [
        Offer(
            kind="second_hand_abuse", brand="Northpine", platform="ebay", price="13.00 EUR", shop=_FACTORY, condition="used",
            title="Northpine Trailkeeper gebraucht, sehr gut", text="Gebraucht, wie neu. Über 10 Stück verfügbar.",
            stock=Stock("at_least", 10), shots=(copied("northpine/photo/trailkeeper"),),
        ),
        Offer(
            kind="second_hand_abuse", brand="Fennavel", platform="walmart", price="5.00 USD", shop=_FLASH, condition="used",
            title="Pre-owned Fennavel milk cleanser, 9/10 condition", text="Pre-owned, opened box.",
            stock=Stock("exact", 999, 999), shots=(reencoded("fennavel/photo/milk-cleanser", 70, 0.9),),
        ),
        Offer(
            kind="second_hand_abuse", brand="Northpine", platform="ebay", price="28.00 EUR", shop=_BAZAAR, condition="used",
            title="Sac à dos Fjell 28 occasion, très bon état", text="D'occasion. Stock important.",
            stock=Stock("range", 50, 200), shots=(self_made("box", "kitchen"),),
        ),
    ]  # fmt: skip


def _plain_jar(colour: str) -> Lathe:
    skin = glaze(colour, 8, 0.03).copy()
    skin[: int(len(skin) * 0.4)] = glaze("#C9C4BA", 9, 0.02)[: int(len(skin) * 0.4)]
    return fennavel.jar(standing(0, 0), skin, glaze("#CFCBC2", 10, 0.02))


def _around(picture: Picture) -> Picture:
    return np.ascontiguousarray(np.tile(picture, (1, 3, 1)))
