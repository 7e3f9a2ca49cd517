"""Items of many callers handled together: whatever waits when the last batch is done."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Batches(Generic[_In, _Out]):
    """One batch at a time, in a thread; callers that come meanwhile are the next.

    Serve's own `batch` (2.60) does not wait for its function: whatever arrives within its waiting time
    becomes a batch, and batches queue. Under load they held 1.7 pictures of 16; record 0047.
    """

    def __init__(self, work: Callable[[list[_In]], list[_Out]], *, most: int, wait_seconds: float) -> None:
        self.most = most
        """Items of a batch."""
        self.wait_seconds = wait_seconds
        """How long the first of a batch waits for company."""
        self._work = work
        self._waiting: deque[tuple[_In, asyncio.Future[_Out]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def handle(self, item: _In) -> _Out:
        """The answer to one item; what `work` raises is raised to every caller of its batch."""
        answer: asyncio.Future[_Out] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < self.most:
                    await asyncio.sleep(self.wait_seconds)
                await self._handle(self._next())
        finally:
            self._running = None

    def _next(self) -> list[tuple[_In, asyncio.Future[_Out]]]:
        """The first that still wait: whoever gave up is left out."""
        taken: list[tuple[_In, asyncio.Future[_Out]]] = []
        while self._waiting and len(taken) < self.most:
            item, answer = self._waiting.popleft()
            if not answer.done():
                taken.append((item, answer))
        return taken

    async def _handle(self, batch: list[tuple[_In, asyncio.Future[_Out]]]) -> None:
        if not batch:
            return
        try:
            told = await asyncio.to_thread(self._work, [item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is raised to whoever asked
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), one in zip(batch, told, strict=True):
                if not answer.done():
                    answer.set_result(one)
