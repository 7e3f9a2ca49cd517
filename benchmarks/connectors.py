"""Listings a second through a connector, against the bare rate at which the sandbox serves the same pages.

The sandbox runs in a process of its own. The bare client asks for the very pages that the connector asked
for, one after the other over one connection, and throws the bodies away: what is left of its rate is what
reading, translating and checking a listing costs. The journal's commit is measured apart, as a scan adds it.
The processor's time of this process alone is told too: on a busy machine it is what can be compared.
No pauses: a marketplace's own pace is far below all of this, so the fraction says what a scan's process costs
and not how long a scan takes. The three kinds of run take turns; each figure is the median of `--times`.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from pydantic import SecretStr

from benchmarks._report import options, show
from connectors import Access, open_source
from connectors.sandbox import CREDENTIALS, addresses
from pipelines.journal import Journal
from pipelines.progress import Reporter
from pipelines.reading import read_sources

SOURCES = {
    "ebay": "ebay:*",
    "etsy": "etsy:*",
    "google_shopping": "google_shopping:*",
    "shopify": "shopify:store.example",
}
"""Platforms that show the whole catalogue, by a source of each."""

_SERVER = """
import sys
from connectors.sandbox import Catalogue, build, running
with running(build(Catalogue(int(sys.argv[1])))) as address:
    print(address, flush=True)
    sys.stdin.read()
"""


class Recording(httpx.AsyncHTTPTransport):
    """Passes calls on, and keeps them."""

    def __init__(self, calls: list[httpx.Request]) -> None:
        super().__init__()
        self._calls = calls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Keep one, and pass it on."""
        self._calls.append(request)
        return await super().handle_async_request(request)


async def no_pause(seconds: float) -> None:
    """The sandbox need not be spared."""


def access_to(address: str, **more: Any) -> Access:  # noqa: ANN401 - whatever `Access` takes
    """Access to every marketplace of the sandbox, without pauses."""
    secrets = {
        platform: {name: SecretStr(value) for name, value in names.items()}
        for platform, names in CREDENTIALS.items()
    }
    return replace(Access(credentials=secrets, addresses=addresses(address), sleep=no_pause), **more)


def seconds_of(work: Callable[[], object]) -> tuple[float, float]:
    """How long one run takes, and how much of that this process computes."""
    begun, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - spent


def read(source: str, access: Access) -> int:
    """All of a source's pages through its connector; how many listings they held."""
    return sum(len(rows) for rows, _ in open_source(source, access).pages())


def ask(calls: list[httpx.Request]) -> None:
    """The same calls, bare."""
    with httpx.Client() as client:
        for call in calls:
            client.send(
                client.build_request(call.method, call.url, headers=call.headers, content=call.content)
            )


def kept(source: str, access: Access) -> None:
    """Read as a scan does, into a journal."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        with Reporter(quiet=True).stage("read") as stage:
            read_sources([source], access, journal, stage)
        journal.close()


def measure_one(source: str, address: str, *, times: int) -> dict[str, float]:
    """One platform's rates and their ratios."""
    calls: list[httpx.Request] = []
    listings = read(source, access_to(address, transport=lambda: Recording(calls)))
    spent = [
        (
            seconds_of(lambda: ask(calls)),
            seconds_of(lambda: read(source, access_to(address))),
            seconds_of(lambda: kept(source, access_to(address))),
        )
        for _ in range(times)
    ]
    bare, connector, scanned = (listings / median(run[at][0] for run in spent) for at in range(3))
    asking, reading, keeping = (1e6 / listings * median(run[at][1] for run in spent) for at in range(3))
    return {
        "listings": listings,
        "calls": len(calls),
        "bare, listings a second": bare,
        "connector, listings a second": connector,
        "of the bare rate": connector / bare,
        "into a journal, listings a second": scanned,
        "of the bare rate, into a journal": scanned / bare,
        "bare, core-microseconds a listing": asking,
        "connector, core-microseconds a listing": reading,
        "into a journal, core-microseconds a listing": keeping,
    }


def measure(listings: int, times: int) -> dict[str, Any]:
    """Every platform, over a sandbox in a process of its own."""
    with subprocess.Popen(  # noqa: S603  # our own interpreter and text
        [sys.executable, "-c", _SERVER, str(listings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        if server.stdout is None:
            raise RuntimeError("the sandbox was started without a pipe")
        address = server.stdout.readline().strip()
        found = {name: measure_one(source, address, times=times) for name, source in SOURCES.items()}
        server.communicate()  # closes its input, and so ends it
    return found


if __name__ == "__main__":
    asked = options(__doc__ or "", listings=5000, times=3)
    show(asked, measure(asked.listings, asked.times))
