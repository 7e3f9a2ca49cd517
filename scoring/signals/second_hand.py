"""Second-hand goods may be resold: such a listing goes to a person, unless its stock says otherwise."""

import re
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Exemption
from scoring.features import Features
from scoring.listing import Listing, Stock
from scoring.signals.interface import Example, Signal
from scoring.signals.names import normalise

# By language: what says "second-hand" in a title or a condition, and what only seems to.
_WORDS = {
    "en": r"used|pre-?\s?owned|pre-?loved|second-?\s?hand|vintage|worn once|\d{1,2}(?:\.\d)?/10 condition",
    "de": r"gebraucht\w*|second-?\s?hand|aus zweiter hand|vintage|getragen",
    "fr": r"occasion|d'occasion|seconde main|vintage|déjà porté\w*",
    "es": r"usad[oa]s?|segunda mano|de ocasión|vintage|seminuev[oa]s?",
    "it": r"usat[oaie]|seconda mano|vintage",
    "pt": r"usad[oa]s?|segunda mão|seminov[oa]s?|vintage",
    "nl": r"gebruikt\w*|tweedehands|vintage",
    "ja": r"中古|古着|ユーズド",
    "zh": r"二手|二手货|闲置|閒置|中古",
}
_NOT_THEM = {
    "en": r"never used|not used|unused|used (?:to|for|by|in|as|with)|(?:be|is|are) used|"
    r"vintage[- ](?:style|look|inspired|design|effect)",
    "de": r"nicht gebraucht|ungebraucht|nie getragen|vintage[- ](?:stil|look|design|optik)",
    "fr": r"jamais porté\w*|style vintage|look vintage|à l'occasion de",
    "es": r"sin usar|estilo vintage|no usad[oa]",
    "it": r"mai usat[oaie]|stile vintage",
    "pt": r"nunca usad[oa]|estilo vintage",
    "nl": r"ongebruikt|nooit gebruikt",
    "ja": r"未使用|新品",
    "zh": r"全新|未使用",
}
_UNSPACED = frozenset({"ja", "zh"})
_CONDITIONS = re.compile(
    r"\b(?:used|pre-?\s?owned|pre-?loved|second-?\s?hand|like new|very good|good|acceptable|"
    r"gebraucht|occasion|usado|usato|refurbished|for parts.*)\b|中古|二手"
)


class SecondHand(Signal):
    """Reads the title and the structured condition; a description uses such words too loosely."""

    name: ClassVar[str] = "second_hand"
    weighs: ClassVar[bool] = False

    most_stock: int = Field(
        default=4, ge=1, description="a private seller has one or a few; more than this contradicts the words"
    )

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Exemption | Abstention:
        """Exempt a second-hand listing whose stock does not contradict it."""
        said = _second_hand_words(listing, brand)
        if said is None:
            return Abstention("nothing says second-hand")
        stock = listing.stock
        if stock.min is not None and stock.min > self.most_stock:
            return Abstention(
                f"says {said!r}, but {stock.kind.replace('_', ' ')} {stock.min} in stock contradicts it"
            )
        return Exemption("second_hand", f"says {said!r}")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Words in several languages, words that only seem to say it, and stock that contradicts."""
        brand = Brand(name="Northpine", languages=("en", "de", "ja"))

        def case(
            reason: str, says: str, title: str, *, stock: Stock | None = None, condition: str | None = None
        ) -> Example:
            listing = Listing(
                platform="ebay", listing_id="1", title=title, condition=condition, stock=stock or Stock()
            )
            return Example(reason=reason, listing=listing, brand=brand, says=says)

        return (
            case("said in the title", "exemption", "Used Northpine bottle"),
            case("said as a grade", "exemption", "Northpine bottle, 9/10 condition"),
            case("said in the structured condition", "exemption", "Northpine bottle", condition="Pre-owned"),
            case("said in a language of the brand's", "exemption", "Northpine Flasche, gebraucht"),
            case("said in a language without spaces", "exemption", "Northpine水筒中古美品"),
            case("a language the brand does not list", "abstention", "Bouteille Northpine d'occasion"),
            case("unused is new", "abstention", "Northpine bottle, unused"),
            case("a purpose, not a condition", "abstention", "Bottle used for hiking"),
            case("a style, not an age", "abstention", "Vintage style bottle"),
            case(
                "as many as a private seller may have",
                "exemption",
                "used bottle",
                stock=Stock(kind="exact", min=4, max=4),
            ),
            case("one too many", "abstention", "used bottle", stock=Stock(kind="exact", min=5, max=5)),
            case("at least ten contradicts it", "abstention", "used", stock=Stock(kind="at_least", min=10)),
            case("in stock says nothing of how many", "exemption", "used", stock=Stock(kind="in_stock")),
        )


def _second_hand_words(listing: Listing, brand: Brand) -> str | None:
    condition = normalise(listing.condition or "")
    stated = _CONDITIONS.search(condition)
    if stated is not None:
        return condition
    title = normalise(listing.title)
    languages = [name for name in dict.fromkeys((*brand.languages, "en")) if name in _WORDS]
    for language in languages:
        title = re.sub(_whole(_NOT_THEM[language], language), " ", title)
    for language in languages:
        match = re.search(_whole(_WORDS[language], language), title)
        if match is not None:
            return match.group(0)
    return None


def _whole(words: str, language: str) -> str:
    return words if language in _UNSPACED else rf"(?<!\w)(?:{words})(?!\w)"
