"""When the fetcher tries again, and how long it waits."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors.pictures import FetchLimits, PictureFetcher
from scoring.errors import RateLimitedError, UnreachableError


def patient(server, **limits):
    pauses = []
    fetcher = PictureFetcher(
        allow_private=True,
        limits=FetchLimits(**limits),
        sleep=pauses.append,
        chance=random.Random(7),  # noqa: S311  # spreads load, keeps no secret
    )
    return fetcher, pauses


def test_pauses_grow_and_are_spread_by_chance(server):
    fetcher, pauses = patient(server, attempts=4, seconds=60)
    with fetcher, pytest.raises(UnreachableError):
        fetcher.fetch(f"{server.url}/status/500")
    chances = [pause / low for low, pause in zip((0.25, 0.5, 1.0), pauses, strict=True)]
    assert all(1 <= chance <= 2 for chance in chances)
    assert len(set(chances)) == 3


def test_a_server_that_says_how_long_is_waited_for(server):
    fetcher, pauses = patient(server, attempts=2, seconds=60)
    with fetcher, pytest.raises(RateLimitedError) as caught:
        fetcher.fetch(f"{server.url}/status/429/7")
    assert pauses == [7.0]
    assert caught.value.retry_after == 7.0


def test_a_wait_beyond_the_deadline_is_the_callers_to_decide(server):
    fetcher, pauses = patient(server, seconds=15)
    with fetcher, pytest.raises(RateLimitedError) as caught:
        fetcher.fetch(f"{server.url}/status/429/120")
    assert pauses == []
    assert caught.value.retry_after == 120.0
    assert server.hits["/status/429/120"] == 1


def test_how_long_may_be_a_date_or_nonsense(server):
    fetcher, _ = patient(server, seconds=15)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True).replace(" ", "_")
    with fetcher:
        for said, low, high in ((soon, 80.0, 91.0), ("Thu,_01_Jan_1970_00:00:00_GMT", 0.0, 0.0)):
            with pytest.raises(RateLimitedError) as caught:
                fetcher.fetch(f"{server.url}/status/429/{said}")
            assert low <= caught.value.retry_after <= high
        with pytest.raises(RateLimitedError) as caught:
            fetcher.fetch(f"{server.url}/status/429/soonish")
        assert caught.value.retry_after is None
