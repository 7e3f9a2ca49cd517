"""Load on an API, from a process of its own: requests at a fixed rate, or by so many clients at once.

At a fixed rate (`--rate`) every request has its moment, and its latency is counted from that moment on: a
service that stalls is charged for all who would have come meanwhile, which clients that wait for their answer
would hide. With `--clients` each asks again as soon as it was answered: how much can the service do?

Prints one JSON object. Each request is a listing with one photograph; an application segment with the number
of the request makes its bytes, and so its sha256, another each time, and leaves its pixels as they are.

Sent by aiohttp, at 0.2 ms of CPU time a request: httpx takes 1.2 ms, which callers elsewhere would not take
from the service's cores.
"""

import argparse
import asyncio
import base64
import json
import statistics
import struct
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks._report import percentile

_LATE = 30.0
"""Seconds after the last request's moment for which answers are waited for."""


class Listings:
    """Bodies of requests, made as they are needed."""

    def __init__(self, folder: Path, *, begin: int = 0) -> None:
        self._photographs = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
        self._next = begin

    def __call__(self) -> bytes:
        """The next body."""
        number, self._next = self._next, self._next + 1
        return body(number, self._photographs[number % len(self._photographs)])


def body(number: int, photograph: bytes) -> bytes:
    """A listing with a photograph that nobody has sent before."""
    marker = b"counterfoil benchmark %020d" % number
    segment = b"\xff\xec" + struct.pack(">H", 2 + len(marker)) + marker
    data = base64.b64encode(photograph[:2] + segment + photograph[2:]).decode()
    listing = {
        "platform": "shop",
        "listing_id": str(number),
        "title": "Milk, one litre, fresh from the farm",
        "seller": {"id": f"seller-{number % 50}"},
        "images": [f"data:image/jpeg;base64,{data}"],
        "observed_at": "2026-11-20T10:00:00Z",
    }
    return json.dumps(listing).encode()


class Told:
    """What came of the requests."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.latencies: defaultdict[str, list[float]] = defaultdict(list)
        self.late: list[float] = []
        self.stages: defaultdict[str, list[float]] = defaultdict(list)
        self.answered: list[float] = []
        self.beyond: list[float] = []
        self.unseen = 0
        self.unanswered = 0

    async def ask(self, client: aiohttp.ClientSession, path: str, content: bytes, due: float) -> None:
        """Send one and write down what came of it."""
        sent = time.perf_counter()
        self.late.append(sent - due)
        try:
            async with client.post(path, data=content) as answer:
                told = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            status = type(error).__name__
        else:
            status = str(answer.status)
            if status == "200":
                here = time.perf_counter()
                self.answered.append(here - self.begun)
                verdict = json.loads(told)
                self.unseen += verdict["encoder"] is None
                timings = verdict["timings_ms"]
                self.beyond.append(1000 * (here - sent) - timings["total"])
                for stage, spent in timings.items():
                    self.stages[stage].append(spent)
        self.latencies[status].append(1000 * (time.perf_counter() - due))

    def report(self, asked: argparse.Namespace) -> dict[str, Any]:
        """In figures."""
        seconds = (
            min(asked.seconds, max(self.answered, default=asked.seconds)) if asked.count else asked.seconds
        )
        within = [at for at in self.answered if asked.settle < at <= seconds]
        return {
            "seconds": seconds,
            "statuses": dict(Counter({status: len(spent) for status, spent in self.latencies.items()})),
            "served_a_second": len(within) / (seconds - asked.settle),
            "pace": _pace(within),
            "without_encoder": self.unseen,
            "unanswered": self.unanswered,
            "ms": {
                status: {f"p{part}": percentile(spent, part) for part in (50, 90, 99)} | {"max": max(spent)}
                for status, spent in self.latencies.items()
            },
            "sent_late_ms_p99": 1000 * percentile(self.late, 99),
            "beyond_scorer_ms": self.beyond if asked.count else percentile(self.beyond or [0.0], 50),
            "latencies": self.latencies if asked.count else {},
            "stages_ms_p50": {stage: statistics.median(spent) for stage, spent in self.stages.items()},
            "cpu_share": time.process_time() / (time.perf_counter() - self.begun),
        }


def _pace(answered: list[float]) -> float:
    """Answers a second, by their slope: they come 16 at a time, and a count depends on its window's end."""
    answered = sorted(answered)
    if len(set(answered)) < 2:
        return 0.0
    return statistics.linear_regression(answered, range(len(answered))).slope


async def at_rate(client: aiohttp.ClientSession, asked: argparse.Namespace, bodies: Listings) -> Told:
    """One request every `1 / rate` seconds, whatever becomes of those before it."""
    told = Told()
    pending: set[asyncio.Task[None]] = set()
    count = int(asked.rate * asked.seconds)
    for number in range(count):
        due = told.begun + number / asked.rate
        content = bodies()
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(told.ask(client, asked.path, content, due))
        pending.add(task)
        task.add_done_callback(pending.discard)
    if pending:
        _, never = await asyncio.wait(pending, timeout=_LATE)
        told.unanswered = len(never)
        for task in never:
            task.cancel()
    return told


async def by_clients(client: aiohttp.ClientSession, asked: argparse.Namespace, bodies: Listings) -> Told:
    """So many at once, each asking again at once."""
    told = Told()

    async def one() -> None:
        while len(told.late) < asked.count or (
            not asked.count and time.perf_counter() - told.begun < asked.seconds
        ):
            await told.ask(client, asked.path, bodies(), time.perf_counter())

    await asyncio.gather(*(one() for _ in range(asked.clients)))
    return told


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """The load, and what came of it."""
    connections = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=70)
    async with aiohttp.ClientSession(asked.address, connector=connections, timeout=patience) as client:
        bodies = Listings(asked.pictures, begin=asked.begin)
        told = await (by_clients if asked.clients else at_rate)(client, asked, bodies)
    return told.report(asked)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--path", default="/v1/score?tenant=bench")
    parser.add_argument("--pictures", type=Path, required=True, help="a folder of JPEG files")
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second")
    parser.add_argument("--clients", type=int, default=0, help="instead, this many at once")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument(
        "--count", type=int, default=0, help="for clients: so many in all, and each one's latency"
    )
    parser.add_argument(
        "--settle",
        type=float,
        default=0.0,
        help="seconds that do not count: until queues are as long as ever",
    )
    parser.add_argument("--begin", type=int, default=0, help="the first listing's number")
    print(json.dumps(asyncio.run(run(parser.parse_args()))))


if __name__ == "__main__":
    main()
