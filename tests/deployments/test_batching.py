"""Batches: whatever waits when the last one is done, and answers that go to whoever asked."""

import asyncio
import threading

import pytest

from deployments.batching import Batches


class Slow:
    """Work that ends when it is told to; what it was given, batch by batch."""

    def __init__(self):
        self.given = []
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)

    def __call__(self, items):
        self.given.append(list(items))
        self.begun.release()
        self.may_end.acquire()
        if "bad" in items:
            raise ValueError("it cannot be read")
        return [item.upper() for item in items]


@pytest.fixture
def work():
    return Slow()


async def begun(work):
    await asyncio.to_thread(work.begun.acquire)


def asked(batches, *items):
    return [asyncio.ensure_future(batches.handle(item)) for item in items]


def test_who_comes_while_a_batch_is_handled_is_the_next_together(work):
    async def run():
        batches = Batches(work, most=4, wait_seconds=0.0)
        first = asked(batches, "a")
        await begun(work)
        others = []
        for item in "bcdef":  # one by one, as callers come
            others += asked(batches, item)
            await asyncio.sleep(0.002)
        for _ in range(3):
            work.may_end.release()
        return await asyncio.gather(*first, *others)

    assert asyncio.run(run()) == ["A", "B", "C", "D", "E", "F"]
    assert work.given == [["a"], ["b", "c", "d", "e"], ["f"]]


def test_the_first_waits_for_company(work):
    async def run():
        batches = Batches(work, most=4, wait_seconds=0.05)
        first = asked(batches, "a")
        await asyncio.sleep(0.01)
        work.may_end.release()
        return await asyncio.gather(*first, *asked(batches, "b"))

    assert asyncio.run(run()) == ["A", "B"]
    assert work.given == [["a", "b"]]


def test_a_full_batch_waits_for_nobody(work):
    async def run():
        batches = Batches(work, most=2, wait_seconds=60.0)
        work.may_end.release()
        async with asyncio.timeout(5):
            return await asyncio.gather(*asked(batches, "a", "b"))

    assert asyncio.run(run()) == ["A", "B"]


def test_an_error_is_its_own_batchs_and_the_next_is_handled(work):
    async def run():
        batches = Batches(work, most=2, wait_seconds=0.0)
        failing = asked(batches, "bad", "a")
        await begun(work)
        after = asked(batches, "b")
        work.may_end.release()
        work.may_end.release()
        told = await asyncio.gather(*failing, return_exceptions=True)
        return [str(it) for it in told], await after[0]

    assert asyncio.run(run()) == (["it cannot be read"] * 2, "B")


def test_who_gave_up_is_left_out(work):
    async def run():
        batches = Batches(work, most=4, wait_seconds=0.0)
        first, gone, last = asked(batches, "a")[0], None, None
        await begun(work)
        gone, last = asked(batches, "b", "c")
        await asyncio.sleep(0)
        gone.cancel()
        work.may_end.release()
        work.may_end.release()
        return await first, await last

    assert asyncio.run(run()) == ("A", "C")
    assert work.given == [["a"], ["c"]]
