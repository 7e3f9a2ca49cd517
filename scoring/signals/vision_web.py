"""The web knows a listing's picture as the brand's own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence
from scoring.features import VISION_WEB, Features, WebMatch, matches
from scoring.listing import Listing
from scoring.names.mentions import is_ordinary
from scoring.signals.interface import Example, Signal
from scoring.signals.vision_logo import named

_NOTHING = WebMatch(labels=(), entities=(), full_urls=(), partial_urls=(), page_urls=())


class VisionWeb(Signal):
    """A picture that the brand's own site shows was taken from there; what pages call it says less.

    The scores were set by what each finding means; nothing was measured, because the service is paid.
    """

    name: ClassVar[str] = "vision_web"
    needs: ClassVar[tuple[str, ...]] = (VISION_WEB,)

    own_site: float = Field(default=0.90, ge=0, le=1, description="the same picture is on the brand's site")
    own_site_part: float = Field(default=0.80, ge=0, le=1, description="only a part of it is")
    label: float = Field(default=0.65, ge=0, le=1, description="the best guess at its name says the brand's")
    entity: float = Field(default=0.55, ge=0, le=1, description="pages with such pictures speak of the brand")
    ordinary: float = Field(
        default=0.25, ge=0, le=1, description="called by a word that is also an ordinary one"
    )
    relevance: float = Field(default=0.5, ge=0, description="an entity's least relevance, which has no unit")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling thing that the web knows of any picture."""
        found = [it for match in matches(features, VISION_WEB, WebMatch) for it in self._found(match, brand)]
        best = max(found, key=lambda evidence: evidence.score, default=None)
        return best or Abstention(f"the web does not know a picture as {brand.name}'s")

    def _found(self, match: WebMatch, brand: Brand) -> Iterator[Evidence]:
        picture = f"picture {match.image + 1}"
        for urls, score, part in (
            ((*match.full_urls, *match.page_urls), self.own_site, ""),
            (match.partial_urls, self.own_site_part, "a part of "),
        ):
            own = next((url for url in urls if _is_under(url, brand.domains)), None)
            if own is not None:
                yield Evidence(score, f"{part}{picture} is on {brand.name}'s own site: {own}")
        for label in match.labels:
            if word := named(label, brand):
                yield self._called(self.label, word, brand, f"the web calls {picture} {label!r}")
        for entity, relevance in match.entities:
            if relevance >= self.relevance and (word := named(entity, brand)):
                said = f"pages with pictures like {picture} speak of {entity!r}"
                yield self._called(self.entity, word, brand, said)

    def _called(self, score: float, word: str, brand: Brand, said: str) -> Evidence:
        if is_ordinary(word, brand.languages):
            return Evidence(min(score, self.ordinary), f"{said}, which is also an ordinary word")
        return Evidence(score, said)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Whose site, whose name, and how relevant."""
        shop = "https://shop.northpine.example/p/1.jpg"

        def case(
            reason: str, says: str, score: float | None, match: WebMatch, name: str = "Northpine"
        ) -> Example:
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
                brand=Brand(name=name, domains=("northpine.example",)),
                features={VISION_WEB: (match,)},
                says=says,
                score=None if score is None else (score, score),
            )

        def at(url: str) -> WebMatch:
            return replace(_NOTHING, full_urls=(url,))

        return (
            case("the same picture on the brand's site", "evidence", 0.90, at(shop)),
            case("a page of the brand's shows it", "evidence", 0.90, replace(_NOTHING, page_urls=(shop,))),
            case(
                "a part of it on the brand's site", "evidence", 0.80, replace(_NOTHING, partial_urls=(shop,))
            ),
            case("a site that only ends alike", "abstention", None, at("https://notnorthpine.example/1")),
            case("a site that only begins alike", "abstention", None, at("https://northpine.example.test/")),
            case("the name in an address", "abstention", None, at("https://a.test/northpine.example")),
            case("not an address at all", "abstention", None, at("https://[northpine.example/")),
            case(
                "called by the brand's name", "evidence", 0.65, replace(_NOTHING, labels=("northpine jug",))
            ),
            case("called something else", "abstention", None, replace(_NOTHING, labels=("steel bottle",))),
            case("just relevant", "evidence", 0.55, replace(_NOTHING, entities=(("Northpine", 0.50),))),
            case("just not", "abstention", None, replace(_NOTHING, entities=(("Northpine", 0.49),))),
            case(
                "an ordinary word", "evidence", 0.25, replace(_NOTHING, labels=("supreme pizza",)), "Supreme"
            ),
            case("nothing is known", "abstention", None, _NOTHING),
        )


def _is_under(url: str, domains: tuple[str, ...]) -> bool:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # strangers' pages hold addresses that are none
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
