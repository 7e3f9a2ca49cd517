"""The funnels of a tenant's recipes: which one judges a listing goes by its category, on both paths."""

from collections.abc import Mapping

from catalog.encoder_choices import Place
from scoring.funnel import Funnel
from scoring.recipe import Recipe


class Funnels:
    """The general recipe's, and those of categories with a recipe of their own.

    Raises `RecipeError` where one of them cannot work.
    """

    def __init__(self, general: Recipe, by_category: Mapping[str, Recipe]) -> None:
        self._general = Funnel(general)
        self._by_category = {category: Funnel(recipe) for category, recipe in by_category.items()}

    def at(self, place: Place) -> Funnel:
        """The one for a listing there: its category's, else the general one."""
        return self._by_category.get(place.category or "", self._general)
