"""Apify's API in Apify's words: https://docs.apify.com/api/v2."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from connectors.web import Access, Call, Json, Limits, WebSession
from connectors.web.words import inner, text
from scoring.errors import UnreachableError

PAGE = 1000
"""Items of a dataset that are read at a time; Apify itself has no limit below 250,000."""
PACE = 30.0
"""Calls a second for one resource: https://docs.apify.com/api/v2#rate-limiting."""

_ADDRESS = "https://api.apify.com"
_WAIT = 20
"""Seconds that Apify holds the answer while a run goes on; 60 at most, and less than a session waits."""
_PAUSE = 2.0
"""Seconds between two questions after a run."""
_LONGEST = 3600.0
"""Seconds after which a run is left to go on by itself; a resumed scan takes up its records."""
_OVER = frozenset({"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"})


def explain(body: Json) -> str | None:
    """The message in Apify's error body.

    >>> explain({"error": {"type": "record-not-found", "message": "Actor was not found"}})
    'Actor was not found'
    """
    return text(inner(body, "error", "message"))


@dataclass(frozen=True, slots=True)
class Run:
    """An actor's run, and where its records are."""

    id: str
    dataset: str
    status: str = ""

    @property
    def over(self) -> bool:
        """Whether it will write no more records."""
        return self.status in _OVER

    @property
    def complete(self) -> bool:
        """Whether it has come to the end of what it was asked for."""
        return self.status == "SUCCEEDED"


class ApifyClient:
    """The API, within its `opened` block."""

    def __init__(self, access: Access) -> None:
        self._session = WebSession(
            "apify", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._headers = {"Authorization": f"Bearer {access.secret('apify', 'token')}"}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def me(self) -> Json:
        """The token's owner and plan, which costs nothing."""
        call = Call(method="GET", path="/v2/users/me", headers=self._headers)
        return await self._session.json(call)

    async def start(self, actor: str, given: Json) -> Run:
        """Start a run of `owner/name`. It costs money from here on: it is not asked for twice."""
        path = f"/v2/acts/{actor.replace('/', '~')}/runs"
        call = Call(method="POST", path=path, headers=self._headers, json=given, once=True)
        return _run(await self._session.json(call))

    async def finished(self, run_id: str) -> Run:
        """The run, once it is over. Raises `UnreachableError` where that takes longer than an hour."""
        access = self._session.access
        ends = access.clock() + _LONGEST
        path = f"/v2/actor-runs/{run_id}"
        while True:
            params = {"waitForFinish": str(_WAIT)}
            call = Call(method="GET", path=path, params=params, headers=self._headers)
            run = _run(await self._session.json(call))
            if run.over:
                return run
            if access.clock() >= ends:
                raise UnreachableError(
                    f"the run {run_id} of an Apify actor still goes on after an hour.", hint="Resume later."
                )
            await access.sleep(_PAUSE)

    async def items(self, dataset: str, *, offset: int, limit: int = PAGE) -> list[Any]:
        """A page of a dataset's records, in the order in which they were written."""
        params = {"offset": str(offset), "limit": str(limit), "format": "json"}
        path = f"/v2/datasets/{dataset}/items"
        return await self._session.array(Call(method="GET", path=path, params=params, headers=self._headers))


def _run(answer: Json) -> Run:
    found = (text(inner(answer, "data", name)) for name in ("id", "defaultDatasetId", "status"))
    run_id, dataset, status = found
    if run_id is None or dataset is None:
        raise UnreachableError("apify answers without a run.", hint="Look at the runs in its console.")
    return Run(run_id, dataset, status or "")
