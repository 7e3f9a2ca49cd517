"""A token is asked for when it is needed, kept while it is good, and replaced once where it is refused."""

import asyncio

import httpx
import pytest

from connectors.web import Access, Call, Limits, Token, WebSession
from scoring.errors import SettingsError, UnreachableError


class Platform:
    """Gives tokens t1, t2 … and takes the ones that are `good`."""

    def __init__(self, *, seconds: float | None = 3600, answer: httpx.Response | None = None) -> None:
        self.given = 0
        self.good: set[str] = set()
        self.seen: list[httpx.Headers] = []
        self.now = 0.0
        self.seconds = seconds
        self.answer = answer

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            if self.answer is not None:
                return self.answer
            self.given += 1
            self.good = {f"t{self.given}"}
            lasting = {} if self.seconds is None else {"expires_in": self.seconds}
            return httpx.Response(200, json={"access_token": f"t{self.given}"} | lasting)
        self.seen.append(request.headers)
        if request.headers["x-token"] not in self.good:
            return httpx.Response(401, json={"message": "no"})
        return httpx.Response(200, json=[1] if request.url.path == "/list" else {"fine": True})

    def run(self, steps) -> None:
        access = Access(transport=lambda: httpx.MockTransport(self.handle), clock=lambda: self.now)
        session = WebSession("shop", access, address="https://a", limits=Limits(), explain=lambda body: None)
        token = Token(
            session,
            ask=lambda: Call(method="POST", path="/token", free=True),
            headers=lambda token: {"X-Token": token},
        )

        async def within() -> None:
            async with session.opened():
                await steps(token)

        asyncio.run(within())


CALL = Call(method="GET", path="/items", headers={"X-Own": "kept"})


def test_one_token_serves_many_calls_beside_their_own_headers():
    platform = Platform()

    async def steps(token):
        assert await token.json(CALL) == {"fine": True}
        assert await token.array(Call(method="GET", path="/list")) == [1]

    platform.run(steps)
    assert platform.given == 1
    assert platform.seen[0]["x-own"] == "kept"


ENDS = [
    (3600, 3539, 1, "just before its last minute"),
    (3600, 3540, 2, "in its last minute: the next call might come too late"),
    (None, 3540, 2, "where the answer does not say, it lasts an hour"),
    (30, 0, 2, "one that is over at once is asked for each time"),
]


@pytest.mark.parametrize(("seconds", "later", "given", "reason"), ENDS, ids=[case[3] for case in ENDS])
def test_a_token_is_replaced_shortly_before_its_end(seconds, later, given, reason):
    platform = Platform(seconds=seconds)

    async def steps(token):
        await token.json(CALL)
        platform.now = float(later)
        await token.json(CALL)

    platform.run(steps)
    assert platform.given == given


def test_a_token_that_is_revoked_is_replaced_once():
    platform = Platform()

    async def steps(token):
        await token.json(CALL)
        platform.good = set()
        assert await token.json(CALL) == {"fine": True}

    platform.run(steps)
    assert platform.given == 2


def test_a_second_refusal_is_meant():
    platform = Platform()
    refuse = platform.handle

    def handle(request: httpx.Request) -> httpx.Response:
        answer = refuse(request)
        platform.good = set()
        return answer

    platform.handle = handle

    async def steps(token):
        await token.json(CALL)

    with pytest.raises(SettingsError, match="refuses our credentials"):
        platform.run(steps)
    assert platform.given == 2


ANSWERS = [
    (httpx.Response(200, json={"expires_in": 3600}), UnreachableError, "without one", "no token in it"),
    (httpx.Response(400, json={"error": "invalid_grant"}), SettingsError, "refuses our cred", "withdrawn"),
    (httpx.Response(401), SettingsError, "refuses our cred", "unknown"),
]


@pytest.mark.parametrize(("answer", "error", "says", "reason"), ANSWERS, ids=[case[3] for case in ANSWERS])
def test_a_token_that_is_not_given(answer, error, says, reason):
    async def steps(token):
        await token.json(CALL)

    with pytest.raises(error, match=says) as raised:
        Platform(answer=answer).run(steps)
    assert raised.value.hint
