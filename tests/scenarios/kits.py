"""The brand kits of a split: what each brand tells `counterfoil brand import`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any

import yaml

from samples.barcodes import check_digit
from tests.scenarios.cast import CASTS
from tests.scenarios.drafts import jpeg
from tests.scenarios.goods import carton, studio_picture
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.prints import ce_ink, circled_ink, draw_figure, plain, stamp
from tests.scenarios.sources import ARTWORK, GROCERS, PHOTO_BRANDS, Sources

DEALERS = {"ebay": "official-store", "amazon": "A1AUTHORISED"}
"""Who may sell what every kit protects, by platform."""

NAMES = {
    "adidas0": "adidas",
    "chanel": "Chanel",
    "gucci": "Gucci",
    "lacoste": "Lacoste",
    "nike": "Nike",
    "God-Morgon": "God Morgon",
    "thenorthface": "The North Face",
    "newbalance": "New Balance",
    "chupachups": "Chupa Chups",
    "underarmour": "Under Armour",
    "pioneerdj": "Pioneer DJ",
    "ikea": "IKEA",
    "fila": "FILA",
    "uniqlo": "UNIQLO",
    "dungeonsanddragons": "Dungeons & Dragons",
    "playstation": "PlayStation",
}
"""What brands are called where it is not their file's name with a capital."""
MARK = "mark"
"""What a kit calls the one mark that is to be learnt from photographs."""


def brand_name(stem: str) -> str:
    """A brand's name by the name of its files.

    >>> brand_name("ferrari"), brand_name("adidas0")
    ('Ferrari', 'adidas')
    """
    return NAMES.get(stem, stem.capitalize())


@dataclass(slots=True)
class Kit:
    """A kit before it is written."""

    brand: str
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Path | bytes] = field(default_factory=dict)
    """By their place under `references/`."""
    examples: list[tuple[Path, list[list[float]]]] = field(default_factory=list)
    """Photographs to learn its mark from, with boxes."""

    def write(self, folder: Path) -> Path:
        """Write it below `folder`, and say where."""
        kit = folder / self.brand.lower().replace(" ", "-").replace("&", "and")
        dealers = [{"platform": platform, "seller_id": seller} for platform, seller in DEALERS.items()]
        document = {
            "brand": self.brand,
            "languages": ["en", "de", "fr", "es", "it"],
            "authorised_sellers": dealers,
        }
        kit.mkdir(parents=True)
        text = yaml.safe_dump(document | self.fields, sort_keys=False, allow_unicode=True)
        (kit / "brand.yaml").write_text(text, "utf-8")
        for place, content in self.files.items():
            path = kit / "references" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                copyfile(content, path)
        if self.examples:
            marks = kit / "marks" / MARK
            marks.mkdir(parents=True)
            rows = [{"file": path.name, "boxes_xywh": boxes} for path, boxes in self.examples]
            (marks / "boxes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
            for path, _ in self.examples:
                copyfile(path, marks / path.name)
        return kit


def grocery_gtin(sources: Sources, package: str) -> str:
    """A package's number; the real one is not in the data, so one from the range kept for examples."""
    names = [it.name for it in sources.packages]
    body = f"95200{0 if sources.split == 'development' else 1}{names.index(package):06d}"
    return body + check_digit(body)


def kits(sources: Sources) -> list[Kit]:
    """Every kit of the split."""
    return [*_grocers(sources), *_photographed(sources), *_logos(sources), *_drawn(sources)]


def _grocers(sources: Sources) -> list[Kit]:
    made = []
    for maker in GROCERS[sources.split]:
        own = [it for it in sources.protected if it.brand == maker]
        name = brand_name(maker)
        made.append(
            Kit(
                name,
                {
                    "marks": [{"text": name, "kind": "word"}],
                    "gtins": [grocery_gtin(sources, it.name) for it in own],
                    "price": {"floor": {"amount": "1.50", "currency": "EUR"}},
                },
                {f"packaging/{it.name}.jpg": it.iconic for it in own},
            )
        )
    return made


def _photographed(sources: Sources) -> list[Kit]:
    made = []
    for stem in PHOTO_BRANDS:
        name = brand_name(stem)
        artwork = sources.artwork(name.lower())
        made.append(
            Kit(
                name,
                {"marks": [{"text": name, "kind": "word"}, {"text": MARK, "kind": "graphic"}]},
                {f"logo/{artwork.name}": artwork} if artwork.is_file() else {},
                [(it.path, [list(box) for box in it.boxes_xywh]) for it in sources.mark_examples(stem)],
            )
        )
    return made


def _logos(sources: Sources) -> list[Kit]:
    return [
        Kit(
            brand_name(stem),
            {"marks": [{"text": brand_name(stem), "kind": "word"}]},
            {f"logo/{stem}.svg": sources.artwork(stem)},
        )
        for stem in ARTWORK[sources.split]
    ]


def _drawn(sources: Sources) -> list[Kit]:
    cast = CASTS[sources.split]
    made = [
        Kit(
            house.name,
            {"marks": [{"text": house.name, "kind": "word"}]},
            {"pattern/cloth.jpg": jpeg(house.cloth(), 92)},
        )
        for house in cast.patterns
    ]
    made.append(
        Kit(
            cast.character_brand,
            {
                "marks": [
                    {"text": cast.character_brand, "kind": "word"},
                    *({"text": figure.name, "kind": "model"} for figure in cast.figures),
                ]
            },
            {f"character/{it.name}.jpg": jpeg(draw_figure(it), 92) for it in cast.figures},
        )
    )
    charger, game = cast.charger, cast.game
    box = carton(charger.front(marked=True, certified=0.12), charger.side(charger.gtins[0]))
    made.append(
        Kit(
            charger.name,
            {
                "marks": [{"text": charger.name, "kind": "word"}, {"text": charger.slogan, "kind": "slogan"}],
                "colours": [{"name": "house colour", "hex": charger.colour, "registered": True}],
                "gtins": list(charger.gtins),
                "price": {"floor": {"amount": "24.00", "currency": "EUR"}},
            },
            {
                "photo/carton.jpg": jpeg(studio_picture(box, azimuth=20), 92),
                "logo/wordmark.jpg": jpeg(_black_on_white(charger.logo()), 95),
                "certification/CE.jpg": jpeg(_black_on_white(ce_ink()), 95),
                "certification/UL.jpg": jpeg(_black_on_white(circled_ink("UL")), 95),
            },
        )
    )
    lid = game.box()
    made.append(
        Kit(
            game.name,
            {
                "marks": [{"text": game.name, "kind": "word"}, {"text": game.slogan, "kind": "slogan"}],
                "colours": [{"name": "box", "hex": game.palette[0], "registered": True}],
                "price": {"floor": {"amount": "35.00", "currency": "EUR"}},
            },
            {
                "packaging/lid.jpg": jpeg(lid, 92),
                "photo/box.jpg": jpeg(studio_picture(carton(lid, lid[:, :220], width=28), azimuth=22), 92),
            },
        )
    )
    return made


def _black_on_white(ink: Pixels) -> Pixels:
    height = max(200, round(700 * ink.shape[0] / ink.shape[1] * 1.2))
    return stamp(plain("#FFFFFF", (700, height)), ink, width=0.82, at=(0.5, 0.5), colour=(16, 16, 18))
