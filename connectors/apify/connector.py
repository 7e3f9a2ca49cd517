"""An Apify actor as a connector: one run for one query, read as far as it got."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from connectors.apify.client import PACE, PAGE, ApifyClient, Run
from connectors.interface import Capabilities, Checkpoint, Page
from connectors.mapping import Actor, Mapping, load, shipped
from connectors.web import Access
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated
from scoring.errors import SourceError


@dataclass(frozen=True, slots=True)
class _Ended:
    """In the place of the records that an unfinished run did not write."""

    status: str


class ApifyConnector(PagedConnector):
    """`apify:MAPPING:QUERY`, where MAPPING is a shipped mapping's name or a file of one's own.

    The run is noted in a checkpoint before its records are waited for, so that a scan that is stopped and
    resumed does not pay for another.
    """

    can = Capabilities(
        platform="apify",
        searches=frozenset({"text"}),
        fields=BASIC,
        page_size=PAGE,
        requests_per_second=PACE,
        cannot_see=(
            "what the actor does not read, or Apify is not paid for",
            "changes since the actor's author last looked: names may drift without notice",
        ),
        documented="https://docs.apify.com/api/v2",
    )
    id_field = "id"

    def __init__(
        self,
        written: str,
        access: Access,
        *,
        page_size: int = PAGE,
        **more: Any,  # noqa: ANN401  # as the class it extends has them
    ) -> None:
        self._page_size = page_size
        name, _, query = written.partition(":")
        self.mapping, self._actor = _mapping(name)
        super().__init__(query, access, **more)

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`: of the mapping; the platform is the one that the actor reads."""
        return replace(
            self.can,
            platform=self.mapping.platform,
            fields=self.mapping.fields,
            page_size=self._page_size,
        )

    async def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """See `Connector.pages`. The first page is empty: it holds the run on to its checkpoint."""
        if not checkpoint.cursor:
            client = ApifyClient(self.access)
            async with client.opened():
                run = await client.start(self._actor.name, self._actor.given(self.query.value))
            checkpoint = Checkpoint(0, _cursor(run, 0))
            yield (), checkpoint
        async for page in super().stream(checkpoint):
            yield page

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`: the dataset of the run that the cursor names."""
        client = ApifyClient(self.access)

        async def records(cursor: str) -> Found:
            place = json.loads(cursor)
            offset = place.pop("offset")
            run = Run(**place)
            if not run.over:
                run = await client.finished(run.id)
            found = await client.items(run.dataset, offset=offset, limit=self._page_size)
            if len(found) == self._page_size:
                return Found(found, _cursor(run, offset + self._page_size))
            return Found(found if run.complete else [*found, _Ended(run.status)], None)

        async with client.opened():
            yield records

    def translate(self, item: Any) -> Translated:  # noqa: ANN401  # a record, of whatever kind
        """See `Mapping.translate`."""
        if isinstance(item, _Ended):
            reason = f"the actor's run ended before it was done ({item.status}): it did not read everything"
            raise ValueError(reason)  # noqa: TRY004  # it is a row without a listing, no fault of types
        return self.mapping.translate(item, observed_at=self.clock())


def _cursor(run: Run, offset: int) -> str:
    return json.dumps(asdict(run) | {"offset": offset})


def _mapping(name: str) -> tuple[Mapping, Actor]:
    known = shipped()
    if name not in known and Path(name).suffix != ".yaml":
        actors = [one for one, path in known.items() if load(path).actor]
        raise SourceError(
            f"there is no mapping {name!r}.", hint=f"Known are {', '.join(actors)}; or name a .yaml file."
        )
    mapping = load(known.get(name) or Path(name).expanduser())
    if mapping.actor is None:
        raise SourceError(f"the mapping {name} names no actor.", hint="It is for files: translate one.")
    return mapping, mapping.actor
