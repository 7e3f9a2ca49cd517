"""The web knows a listing's picture as the brand's own."""

from collections.abc import Iterator
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
        return (
            _example("the same picture on the brand's site", "evidence", 0.90, full_urls=(shop,)),
            _example(
                "a page of the brand's shows it", "evidence", 0.90, page_urls=("https://northpine.example/",)
            ),
            _example("a part of it on the brand's site", "evidence", 0.80, partial_urls=(shop,)),
            _example(
                "a site that only ends alike", "abstention", full_urls=("https://notnorthpine.example/1",)
            ),
            _example(
                "a site that only begins alike", "abstention", full_urls=("https://northpine.example.test/",)
            ),
            _example(
                "the name in an address is not the site",
                "abstention",
                full_urls=("https://a.test/northpine.example",),
            ),
            _example("not an address at all", "abstention", full_urls=("https://[northpine.example/",)),
            _example("called by the brand's name", "evidence", 0.65, labels=("northpine bottle",)),
            _example("called something else", "abstention", labels=("steel bottle",)),
            _example("as relevant as counts", "evidence", 0.55, entities=(("Northpine", 0.50),)),
            _example("a little less relevant", "abstention", entities=(("Northpine", 0.49),)),
            _example(
                "an ordinary word", "evidence", 0.25, labels=("supreme pizza",), brand=Brand(name="Supreme")
            ),
        )


def _is_under(url: str, domains: tuple[str, ...]) -> bool:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # strangers' pages hold addresses that are none
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _example(
    reason: str,
    says: str,
    score: float | None = None,
    *,
    brand: Brand | None = None,
    labels: tuple[str, ...] = (),
    entities: tuple[tuple[str, float], ...] = (),
    full_urls: tuple[str, ...] = (),
    partial_urls: tuple[str, ...] = (),
    page_urls: tuple[str, ...] = (),
) -> Example:
    match = WebMatch(
        labels=labels, entities=entities, full_urls=full_urls, partial_urls=partial_urls, page_urls=page_urls
    )
    return Example(
        reason=reason,
        listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
        brand=brand or Brand(name="Northpine", domains=("northpine.example",)),
        features={VISION_WEB: (match,)},
        says=says,
        score=None if score is None else (score, score),
    )
