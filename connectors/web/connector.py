"""A marketplace as a connector: its asynchronous pages, read by a scan that is not asynchronous."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from itertools import islice
from typing import ClassVar, TypeVar

from connectors.interface import Capabilities, Checkpoint, Connector, Detail, Page
from connectors.web.details import LookUp
from scoring.listing import Listing

_T = TypeVar("_T")


class WebConnector(Connector):
    """Subclasses write `stream`; it runs in an event loop of its own, so not from within another."""

    can: ClassVar[Capabilities]
    """What the platform can do; where that depends on the query, `capabilities` says what it comes to."""
    looked_up: ClassVar[int] = 1
    """Listings that are looked up at a time."""

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`."""
        return self.can

    @abstractmethod
    def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """As `Connector.pages`, from a checkpoint (the beginning is `Checkpoint()`)."""

    def looking_up(self) -> AbstractAsyncContextManager[LookUp]:
        """A block within which up to `looked_up` listings can be asked for at a time: `Connector.details`."""
        raise NotImplementedError("a connector whose capabilities have details looks them up")

    def pages(self, checkpoint: Checkpoint | None = None) -> Iterator[Page]:
        """See `Connector.pages`."""
        return _run(self.stream(checkpoint or Checkpoint()))

    def details(self, listings: Iterable[Listing]) -> Iterator[Detail]:
        """See `Connector.details`."""
        if self.capabilities.details is None:
            return super().details(listings)
        return _run(self._details(listings))

    async def _details(self, listings: Iterable[Listing]) -> AsyncIterator[Detail]:
        async with self.looking_up() as look_up:
            left = iter(listings)
            while some := tuple(islice(left, self.looked_up)):
                for detail in await look_up(some):
                    yield detail


def _run(stream: AsyncIterator[_T]) -> Iterator[_T]:
    with asyncio.Runner() as runner:
        try:
            while (one := runner.run(_following(stream))) is not None:
                yield one
        finally:
            runner.run(_closed(stream))


async def _following(stream: AsyncIterator[_T]) -> _T | None:
    return await anext(stream, None)


async def _closed(stream: AsyncIterator[_T]) -> None:
    """Let the stream close its connections in the loop that opened them."""
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()
