"""The two brand kits: brand.yaml, and the references it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from samples import fennavel, northpine, northpine_carton
from samples.camera import turned
from samples.drawing import Artboard, Picture
from samples.goods import books, candle
from samples.lettering import Coverage
from samples.logos import blank, coverage, cropped, printed, traced
from samples.photography import jpeg, png
from samples.snapshots import Angle, studio
from samples.solids import Pose, standing

_NORTHPINE = f"""\
# Northpine is fictional. Its pictures are drawn by the samples package.
brand: Northpine
marks:
  - {{text: NORTHPINE, kind: word, alternatives: ["North Pine", "North-Pine"]}}
  - {{text: "{northpine.SLOGAN}", kind: slogan}}
  - {{text: Trailkeeper, kind: model}}
  - {{text: "Fjell 28", kind: model}}
colours: [{{name: pine green, hex: "{northpine.PINE}", registered: true}}]
gtins: ["{northpine.GTINS["bottle"]}", "{northpine.GTINS["tin"]}", "{northpine.GTINS["box"]}"]
price: {{floor: {{amount: "14.00", currency: EUR}}}}
languages: [en, de, fr, es]
authorised_sellers:
  - platform: ebay
    seller_id: northpine-official
    territories: [DE, AT]
    valid_from: 2026-01-01
    valid_to: null
  - {{platform: amazon, seller_id: A3NPINEOUTDOOR, valid_from: 2025-06-01, valid_to: null}}
  - platform: walmart
    seller_id: trailhouse-supply
    territories: [US]
    valid_from: 2026-03-01
    valid_to: 2027-12-31
watch_terms:
  - class: prohibited-claims
    primary: ["purifies any water", "miracle tea"]
    alternatives: ["makes river water safe"]
"""

_FENNAVEL = f"""\
# Fennavel is fictional. Its pictures are drawn by the samples package.
brand: Fennavel
marks:
  - {{text: FENNAVEL, kind: word, alternatives: ["Fenna Vel", "Fennavel Botanics"]}}
  - {{text: "{fennavel.SLOGAN}", kind: slogan}}
colours:
  - {{name: fennavel coral, hex: "{fennavel.CORAL}", registered: true}}
  - {{name: plum, hex: "{fennavel.PLUM}", registered: false}}
gtins: ["{fennavel.GTINS["carton"]}", "{fennavel.GTINS["pump"]}", "{fennavel.GTINS["sachet"]}"]
price: {{floor: {{amount: "9.00", currency: EUR}}}}
languages: [en, fr, es, de]
authorised_sellers:
  - {{platform: etsy, seller_id: fennavel-atelier, valid_from: 2025-01-01, valid_to: null}}
  - {{platform: amazon, seller_id: A1FENNAVELSKIN, valid_from: 2025-01-01, valid_to: null}}
watch_terms:
  - class: prohibited-claims
    primary: ["cures eczema", "miracle cure"]
    alternatives: ["heals any skin disease"]
  - {{class: prohibited-ingredients, primary: ["mercury"], alternatives: ["hydroquinone 8%"]}}
"""


@dataclass(frozen=True, slots=True)
class Kit:
    """One brand: what it says of itself, and its genuine pictures."""

    name: str
    folder: str
    yaml: str
    pictures: Mapping[str, Picture]
    """By path below `references/`, without the ending; photographs become JPEG, all else PNG."""
    logos: Mapping[str, tuple[Coverage, str, str]]
    """By name: shape, colour, and the ground of its PNG."""


def _northpine_photos() -> dict[str, Picture]:
    bottle, tin, box = northpine.bottle, northpine.tin, northpine_carton.box
    low = Angle(elevation=6, fill=0.86, size=(800, 1000))
    return {
        "photo/trailkeeper": studio([bottle(standing(0, 0))], angle=low),
        "photo/trailkeeper-and-tea": studio(
            [bottle(standing(-5, -3, 14)), tin(standing(6.5, 3, -12))],
            backdrop="studio-sage",
            angle=Angle(elevation=10, fill=0.84),
        ),
        "photo/campfire-tea-outdoors": studio(
            [tin(standing(0, 0, 6)), *books(-1, -22, 5, 2)], backdrop="moss", angle=Angle(8, 14, 0.95)
        ),
        "photo/fjell-28": studio(
            [box(standing(0, 0, -26))], backdrop="pine", angle=Angle(0, 12, 0.84, size=(880, 1000))
        ),
        "packaging/campfire-tea-front": studio(
            [tin(standing(0, 0))], angle=Angle(elevation=4, fill=0.9, size=(840, 1000))
        ),
        "packaging/campfire-tea-back": studio(
            [tin(standing(0, 0, 130))], angle=Angle(elevation=4, fill=0.9, size=(840, 1000))
        ),
        "packaging/fjell-28-front": northpine_carton.box_faces()["front"],
        "packaging/fjell-28-side": northpine_carton.box_faces()["right"],
        "packaging/trailkeeper-front": studio(
            [bottle(standing(0, 0, 34))], backdrop="studio-warm", angle=Angle(-12, 30, 0.84, size=(840, 960))
        ),
    }


def _fennavel_photos() -> dict[str, Picture]:
    carton, jar, pump, pouch = fennavel.carton, fennavel.jar, fennavel.pump, fennavel.pouch
    tall = Angle(elevation=6, fill=0.86, size=(800, 1000))
    leaning = Pose((0, 0, 0), turned(pitch=-8))
    return {
        "photo/barrier-cream": studio(
            [carton(standing(-4, -1, -24)), jar(standing(5.2, 2))],
            backdrop="studio-blush",
            angle=Angle(0, 13, 0.86),
        ),
        "photo/milk-cleanser": studio([pump(standing(0, 0))], backdrop="studio-blush", angle=tall),
        "photo/evening-ritual": studio(
            [pump(standing(-6, -2, 12)), jar(standing(3, 3, -10)), *candle(9.5, -6, "#EAD9C4")],
            backdrop="linen",
            angle=Angle(4, 14, 0.86),
        ),
        "packaging/barrier-cream-front": fennavel.carton_faces()["front"],
        "packaging/barrier-cream-side": fennavel.carton_faces()["right"],
        "packaging/barrier-cream-carton": studio([carton(standing(0, 0, -34))], angle=Angle(0, 16, 0.8)),
        "packaging/milk-cleanser-front": studio([pump(standing(0, 0, -16))], angle=tall),
        "packaging/sheet-mask-front": studio(
            [pouch(leaning, lying=False)], angle=Angle(0, 6, 0.88, size=(800, 1000))
        ),
    }


def _shape(board: Artboard, margin: int = 40) -> Coverage:
    return cropped(coverage(board.pixels), margin)


def northpine_logos() -> dict[str, Coverage]:
    """The lockup, the wordmark alone and the emblem alone, as coverage."""
    lockup, word, emblem = blank(), blank(), blank()
    northpine.lockup(lockup, (800, 800), 1200, ("#FFFFFF", "#000000"))
    northpine.wordmark(word, (800, 800), 1400, "#FFFFFF")
    northpine.emblem(emblem, (800, 800), 700, "#FFFFFF", "#000000")
    return {"lockup": _shape(lockup), "wordmark": _shape(word, 240), "emblem": _shape(emblem)}


def fennavel_logos() -> dict[str, Coverage]:
    """The lockup and the wordmark alone, as coverage."""
    lockup, word = blank(), blank()
    fennavel.lockup(lockup, (800, 800), 1200, ("#FFFFFF", "#FFFFFF"))
    fennavel.wordmark(word, (800, 800), 1400, "#FFFFFF")
    return {"lockup": _shape(lockup), "wordmark": _shape(word, 240)}


@lru_cache(maxsize=1)
def kits() -> tuple[Kit, Kit]:
    """Both brands, drawn once."""
    north = {
        **_northpine_photos(),
        "pattern/contours": northpine.pattern(),
        "artwork/dusk": northpine.landscape(1100, 760),
    }
    fennel = {
        **_fennavel_photos(),
        "pattern/umbels": fennavel.pattern(),
        "artwork/fennel-field": fennavel.artwork(),
    }
    return (
        Kit(
            "Northpine", "northpine", _NORTHPINE, north,
            {name: (ink, northpine.PINE, "#FFFFFF") for name, ink in northpine_logos().items()},
        ),
        Kit(
            "Fennavel", "fennavel", _FENNAVEL, fennel,
            {name: (ink, fennavel.PLUM, "#FFFFFF") for name, ink in fennavel_logos().items()},
        ),
    )  # fmt: skip


def write_kit(kit: Kit, folder: Path) -> Path:
    """Write one kit below `folder`; returns its own folder."""
    home = folder / kit.folder
    yaml.safe_load(kit.yaml)  # a kit that is not YAML must not be written
    home.mkdir(parents=True, exist_ok=True)
    (home / "brand.yaml").write_text(kit.yaml, "utf-8")
    for name, picture in kit.pictures.items():
        path = home / "references" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith(("photo/", "packaging/")):
            path.with_suffix(".jpg").write_bytes(jpeg(picture, 90))
        else:
            path.with_suffix(".png").write_bytes(png(picture))
    logos = home / "references" / "logo"
    logos.mkdir(parents=True, exist_ok=True)
    for name, (ink, colour, ground) in kit.logos.items():
        (logos / f"{name}.png").write_bytes(png(printed(ink, colour, ground)))
        (logos / f"{name}-vector.svg").write_text(traced(ink, colour), "utf-8")
    return home
