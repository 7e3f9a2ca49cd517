"""What is left of a SerpApi plan: asking costs nothing, where any search would be paid for."""

import asyncio
from collections.abc import Callable

from connectors.google_shopping.client import SerpApiClient
from connectors.web import Access, Json
from connectors.web.words import text


def probe_as(platform: str) -> Callable[[Access, str | None], tuple[str, ...]]:
    """The probe of a source that asks SerpApi under a name and by a key of its own."""

    def probe(access: Access, _market: str | None) -> tuple[str, ...]:
        account = asyncio.run(_account(access, platform))
        left = text(account.get("total_searches_left")) or "an unknown number of"
        return (f"{left} searches left of the plan {text(account.get('plan_name')) or 'without a name'}",)

    return probe


async def _account(access: Access, platform: str) -> Json:
    client = SerpApiClient(access, platform=platform)
    async with client.opened():
        return await client.account()
