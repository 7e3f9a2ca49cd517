"""Web detection as a connector: the pages that show one of a brand's own references."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.found import FoundPages, Hit
from connectors.found.pages import FOUND, NOT_READ
from scoring.errors import SettingsError

_MOST = 20
"""Pages that `connectors.google_vision` keeps of an answer."""


class GoogleWebConnector(FoundPages):
    """A reference's id, as `counterfoil reference list` shows it.

    The picture leaves by `Access.web_search` alone, which asks for the reference's own permission and counts
    against the paid helper's cap.
    """

    can = replace(
        FOUND,
        searches=frozenset({"image"}),
        depth_limit=_MOST,
        cannot_see=(
            "references that nobody allowed to be sent (counterfoil reference allow-web ID)",
            "pages beyond the first 20 that show the very same picture",
            *NOT_READ,
        ),
        documented="https://cloud.google.com/vision/docs/detecting-web",
    )
    name = "google_web"
    default = "image"

    async def hits(self) -> Sequence[Hit]:
        """See `FoundPages.hits`."""
        if self.access.web_search is None:
            raise SettingsError(
                "google_web: needs a tenant's catalogue.",
                hint="Run it in a scan: counterfoil scan --source ….",
            )
        found = self.access.web_search(self.query.value)
        return [] if found is None else [Hit(page=one) for one in found.page_urls]
