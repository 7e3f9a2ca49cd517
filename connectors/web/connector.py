"""A marketplace as a connector: its asynchronous pages, read by a scan that is not asynchronous."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator

from connectors.interface import Checkpoint, Connector, Page


class WebConnector(Connector):
    """Subclasses write `stream`; it runs in an event loop of its own, so not from within another."""

    @abstractmethod
    def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """As `Connector.pages`, from a checkpoint (the beginning is `Checkpoint()`)."""

    def pages(self, checkpoint: Checkpoint | None = None) -> Iterator[Page]:
        """See `Connector.pages`."""
        stream = self.stream(checkpoint or Checkpoint())
        with asyncio.Runner() as runner:
            try:
                while (page := runner.run(_following(stream))) is not None:
                    yield page
            finally:
                runner.run(_closed(stream))


async def _following(stream: AsyncIterator[Page]) -> Page | None:
    return await anext(stream, None)


async def _closed(stream: AsyncIterator[Page]) -> None:
    """Let the stream close its connections in the loop that opened them."""
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()
