"""Google Lens as a connector: the pages that show a picture of the web, or goods that look like it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from connectors.found import FoundPages, Hit
from connectors.found.pages import FOUND, NOT_READ
from connectors.google_shopping.client import PACE, SerpApiClient
from connectors.google_shopping.connector import CODES, MARKETS
from connectors.web import Access, Json
from connectors.web.words import objects
from scoring.errors import SourceError

_KINDS = ("exact_matches", "visual_matches")
"""The same picture first; each is a search of its own, and paid for."""


class GoogleLensConnector(FoundPages):
    """The address of one picture on the web, such as a suspicious listing's.

    A file is refused: a reference does not leave the house this way (`google_web:` asks for it, by a
    permission of its own).
    """

    can = replace(
        FOUND,
        searches=frozenset({"image"}),
        requests_per_second=PACE,
        cannot_see=("more pages than Google shows at once, about 60 of each kind", *NOT_READ),
        documented="https://serpapi.com/google-lens-api",
        unverified=("how many pages there are: SerpApi does not say",),
    )
    name = "google_lens"
    default = "image"
    markets: ClassVar[Mapping[str, object]] = MARKETS

    def __init__(self, written: str, access: Access, **more: Any) -> None:  # noqa: ANN401
        """See `PagedConnector`; `SourceError` for anything but an address."""
        super().__init__(written, access, **more)
        if not self.query.value.startswith(("https://", "http://")):
            raise SourceError(
                f"{self.query.value!r} is no picture's address on the web.",
                hint="Google must be able to fetch it: write google_lens:https://….",
            )

    async def hits(self) -> Sequence[Hit]:
        """See `FoundPages.hits`."""
        client = SerpApiClient(self.access, platform=self.name)
        asked = {"url": self.query.value, "country": CODES.get(self.market, self.market.lower())}
        found: list[Hit] = []
        async with client.opened():
            for kind in _KINDS:
                found += hits_of(await client.search("google_lens", {**asked, "type": kind}))
        return found


def hits_of(page: Json) -> list[Hit]:
    """What an answer has found: the picture as the page has it where Google tells, else its thumbnail."""
    every = (one for kind in _KINDS for one in objects(page.get(kind)))
    return [Hit.read(one, page="link", pictures=(("image",), ("thumbnail",))) for one in every]
