"""A session keeps the pace, counts, repeats what may help, and fails in our words."""

import asyncio
import pickle

import httpx
import pytest
from pydantic import SecretStr

from connectors.web import Access, Call, GoneError, Limits, WebSession
from scoring.errors import RateLimitedError, SettingsError, SourceError, UnreachableError


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


class Counter:
    """A meter with an end."""

    def __init__(self, most: int = 100) -> None:
        self.taken = 0
        self.most = most

    def take(self, resource: str) -> None:
        assert resource == "shop"
        if self.taken == self.most:
            raise RateLimitedError("the day's calls are spent.", hint="Wait.", retry_after=3600.0)
        self.taken += 1


def answers(*script):
    """A transport that answers by a script, and the requests it got."""
    got: list[httpx.Request] = []
    waiting = list(script)

    def handle(request: httpx.Request) -> httpx.Response:
        got.append(request)
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(handle), got


def ask(*script, requests=None, meter=None, calls=1, limits=None, time=None, call=None):
    """The last answer to so many calls, and the requests they made; `requests` gets them as well, for
    calls that fail."""
    transport, got = answers(*script)
    time = time or Time()
    access = Access(
        transport=lambda: transport,
        meter=meter or Counter(),
        clock=time.clock,
        sleep=time.sleep,
        chance=lambda: 1.0,
    )
    session = WebSession(
        "shop",
        access,
        address="https://api.shop.example/",
        limits=limits or Limits(),
        explain=lambda body: body.get("message"),
    )

    async def run():
        async with session.opened():
            for _ in range(calls):
                answer = await session.json(call or Call(method="GET", path="/items"))
        return answer

    try:
        return asyncio.run(run()), got
    finally:
        if requests is not None:
            requests += got


GOOD = httpx.Response(200, json={"items": []})


def test_an_answer_comes_from_the_platforms_address() -> None:
    answer, (request,) = ask(GOOD)
    assert answer == {"items": []}
    assert str(request.url) == "https://api.shop.example/items"


REPEATED = [
    (httpx.Response(503), [0.5], "a server error passes"),
    (httpx.Response(503, headers={"Retry-After": "7"}), [7.0], "as long as the server asks for"),
    (httpx.Response(429, headers={"Retry-After": "2"}), [2.0], "a limit that passes soon"),
    (httpx.Response(429), [0.5], "a limit that does not say when"),
    (httpx.Response(200, text="<html>"), [0.5], "a page of a proxy's instead of JSON"),
    (httpx.Response(200, json=[1]), [0.5], "JSON of another shape"),
    (httpx.ReadTimeout("late"), [0.5], "no answer in time"),
    (httpx.RemoteProtocolError("peer closed connection"), [0.5], "a body cut short"),
]


@pytest.mark.parametrize(("first", "pauses", "reason"), REPEATED, ids=[case[2] for case in REPEATED])
def test_repeated(first, pauses, reason) -> None:
    time = Time()
    answer, got = ask(first, GOOD, time=time)
    assert answer == {"items": []}
    assert len(got) == 2
    assert time.slept == pauses


def test_pauses_double() -> None:
    time = Time()
    with pytest.raises(UnreachableError, match="503"):
        ask(*[httpx.Response(503)] * 5, time=time)
    assert time.slept == [0.5, 1.0, 2.0, 4.0]


REFUSED = [
    (httpx.Response(401, json={"message": "bad key"}), SettingsError, "bad key", "credentials"),
    (httpx.Response(403), SettingsError, "Forbidden", "no rights"),
    (httpx.Response(404), GoneError, "knows nothing", "no such thing"),
    (httpx.Response(400, json={"message": "no q"}), SourceError, "no q", "a request that is wrong"),
    (httpx.Response(302, headers={"Location": "/"}), SourceError, "302", "an API does not redirect"),
    (
        httpx.Response(429, headers={"Retry-After": "61"}),
        RateLimitedError,
        "slow down",
        "a limit longer than a run waits for",
    ),
]


@pytest.mark.parametrize(("answer", "error", "says", "reason"), REFUSED, ids=[case[3] for case in REFUSED])
def test_refused_at_once(answer, error, says, reason) -> None:
    requests = []
    with pytest.raises(error, match=says) as raised:
        ask(answer, requests=requests)
    assert len(requests) == 1
    assert raised.value.hint
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_every_attempt_is_counted_and_a_spent_cap_ends_it() -> None:
    meter, requests = Counter(most=2), []
    with pytest.raises(RateLimitedError, match="spent"):
        ask(httpx.Response(503), httpx.Response(503), GOOD, meter=meter, requests=requests)
    assert meter.taken == len(requests) == 2


def test_calls_keep_the_pace() -> None:
    time = Time()
    ask(GOOD, GOOD, GOOD, calls=3, limits=Limits(per_second=4.0), time=time)
    assert time.slept == [0.25, 0.25]


def test_a_missing_credential_names_its_variable() -> None:
    access = Access(credentials={"shop": {"key": SecretStr(" ")}})
    with pytest.raises(SettingsError, match="COUNTERFOIL_CONNECTORS__SHOP__KEY"):
        access.secret("shop", "key")
    assert not access.has("shop", "key")


def test_credentials_are_never_shown() -> None:
    access = Access(credentials={"shop": {"key": SecretStr("hush")}})
    assert "hush" not in repr(access)
    assert access.secret("shop", "key") == "hush"


def test_a_call_that_costs_is_repeated_only_where_it_certainly_did_nothing() -> None:
    paid = Call(method="POST", path="/runs", once=True)
    requests = []
    with pytest.raises(UnreachableError):
        ask(httpx.Response(503), GOOD, call=paid, requests=requests)
    assert len(requests) == 1
    _, requests = ask(httpx.Response(429), GOOD, call=paid)
    assert len(requests) == 2


def test_a_body_that_is_signed_is_sent_as_it_is() -> None:
    body = '{"a":  "ü"}'.encode()
    _, (request,) = ask(GOOD, call=Call(method="POST", path="/graphql", content=body))
    assert request.content == body
