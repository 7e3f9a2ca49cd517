"""What listings say that say nothing: titles without a brand, sellers, prices, stock."""

from typing import Any

import numpy as np

TITLES: dict[str, tuple[str, ...]] = {
    "milk": (
        "Fresh dairy 1 l carton, case of 6",
        "Milchkarton 1 Liter, Vorrat",
        "Lait 1 l lot de 8",
        "Dairy carton for the fridge, new",
        "Leche brik 1 l, caja completa",
        "Long life carton 1000 ml",
    ),
    "yoghurt": (
        "Breakfast cup family size",
        "Joghurt 1000 g, mehrere da",
        "Yaourt 1 kg neuf",
        "Yogur cremoso 1 kg",
        "Creamy breakfast pot, sealed",
        "Vasetto famiglia 1 kg",
    ),
    "juice": (
        "Fruit drink 1 l carton x12",
        "Saft 1 Liter Karton, Restposten",
        "Jus de fruits 1 l",
        "Zumo brik 1 l x6",
        "Breakfast juice, bulk",
        "Succo di frutta 1 l",
    ),
    "wear": (
        "Unisex top, size M, new",
        "Sportoberteil Herren Gr. L",
        "Haut homme taille M",
        "Camiseta talla L nueva",
        "Streetwear piece, fast shipping",
        "Maglia uomo tg. M",
        "Summer outfit, several sizes",
    ),
    "bag": (
        "Shopper for everyday, canvas",
        "Tasche für Damen, neu",
        "Sac femme tendance",
        "Bolso de mano nuevo",
        "Borsa donna nuova",
        "Handbag with lining",
    ),
    "shoe": (
        "Trainers size 42, new in box",
        "Sneaker Gr. 43",
        "Baskets homme 42",
        "Zapatillas talla 41",
        "Scarpe ginnastica 43",
        "Running shoes, light sole",
    ),
    "mug": (
        "Coffee mug 330 ml",
        "Kaffeebecher Keramik",
        "Tasse en céramique",
        "Taza de café",
        "Tazza colazione",
        "Gift mug, boxed",
    ),
    "case": (
        "Phone cover, all models",
        "Handyhülle Silikon",
        "Coque téléphone souple",
        "Funda móvil",
        "Cover cellulare",
        "Slim phone shell",
    ),
    "home": (
        "Decorative cushion 40x40",
        "Kissenbezug 40x40",
        "Housse de coussin",
        "Cojín decorativo",
        "Cuscino arredo",
        "Notebook A5, lined",
    ),
    "charger": (
        "USB charger 20 W with cable",
        "Netzteil 20 W USB-C",
        "Chargeur rapide 20 W",
        "Cargador rápido USB",
        "Wall plug fast charge",
        "Caricatore rapido 20 W",
    ),
    "game": (
        "Family board game, 2-4 players",
        "Brettspiel ab 10 Jahren",
        "Jeu de société famille",
        "Juego de mesa familiar",
        "Strategy game, sealed box",
        "Gioco da tavolo",
    ),
    "produce": (
        "Fruit basket, 2 kg",
        "Obst vom Hof",
        "Légumes frais",
        "Fruta de temporada",
        "Verdura fresca",
        "Farm vegetables, weekly box",
    ),
}
"""By goods. No brand, and nothing a brand would protect."""

_PRICES = {
    "milk": (4, 14),
    "yoghurt": (3, 9),
    "juice": (5, 18),
    "wear": (9, 45),
    "bag": (15, 70),
    "shoe": (25, 90),
    "mug": (5, 14),
    "case": (4, 16),
    "home": (6, 24),
    "charger": (6, 19),
    "game": (12, 40),
    "produce": (4, 18),
}
_TEXTS = (
    "Fast dispatch. See pictures.",
    "Neu, ohne Rechnung.",
    "Quality guaranteed, ships in 3 days.",
    "",
    "Livraison rapide.",
    "Envío en 24 h.",
    "No returns.",
    "Several in stock, message us.",
)
_COUNTRIES = ("CN", "DE", "GB", "US", "TR", "PL", "FR", "ES", "IT", "HK")
PLATFORMS = ("ebay", "amazon", "walmart", "etsy")


def offer(goods: str, rng: np.random.Generator) -> dict[str, Any]:
    """The fields of a listing of such goods that say nothing about whose they are."""
    low, high = _PRICES[goods]
    amount = np.exp(rng.uniform(np.log(low), np.log(high)))
    return {
        "platform": str(rng.choice(PLATFORMS)),
        "title": str(rng.choice(TITLES[goods])),
        "description": str(rng.choice(_TEXTS)),
        "brand": None,
        "category": None,
        "condition": "new",
        "price": {"amount": f"{amount:.2f}", "currency": str(rng.choice(["EUR", "USD", "GBP"]))},
        "stock": _stock(rng),
        "seller": {
            "id": f"seller-{rng.integers(10_000):04d}",
            "name": None,
            "country": str(rng.choice(_COUNTRIES)),
            "rating": round(float(rng.uniform(84, 100)), 1),
            "feedback_count": int(np.exp(rng.uniform(0, 8))),
        },
        "video": None,
        "observed_at": f"2026-11-{rng.integers(1, 21):02d}T{rng.integers(24):02d}:00:00Z",
    }


def _stock(rng: np.random.Generator) -> dict[str, Any]:
    many = int(rng.integers(6, 400))
    forms: list[dict[str, Any]] = [
        {"kind": "in_stock"},
        {"kind": "unknown"},
        {"kind": "at_least", "min": 10},
        {"kind": "exact", "min": many, "max": many},
        {"kind": "range", "min": many, "max": many + 50},
    ]
    return forms[int(rng.integers(len(forms)))]
