"""Whose Apify token it is: any search would start a run, which costs money."""

import asyncio

from connectors.apify.client import ApifyClient
from connectors.web import Access, Json
from connectors.web.words import inner, text


def probe(access: Access, _market: str | None) -> tuple[str, ...]:
    """The account's name and plan."""
    account = asyncio.run(_me(access))
    name, plan = (text(inner(account, "data", *path)) for path in (("username",), ("plan", "id")))
    return (f"the token is {name or 'somebody'}'s, with the plan {plan or 'that Apify does not name'}",)


async def _me(access: Access) -> Json:
    client = ApifyClient(access)
    async with client.opened():
        return await client.me()
