"""What becomes of a request whose replica dies, is missing, or has too much to do."""

import asyncio

import pytest
from ray.exceptions import ActorDiedError, ActorUnavailableError, RayTaskError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError

from deployments.answers import unknown_tenant
from deployments.problems import ProblemError
from deployments.relay import answered, require_room
from deployments.room import Room
from scoring.errors import UnreachableError
from tests.conftest import settings_at
from tests.deployments.front import Front, Remote
from tests.deployments.listings import listing

DEAD, AWAY = ActorDiedError(), ActorUnavailableError("away", None)
FULL = BackPressureError(num_queued_requests=64, max_queued_requests=64)
UNDEPLOYED = DeploymentUnavailableError(None)


class Replicas:
    """A method whose calls end as they are told, one after another."""

    def __init__(self, *ends):
        self._ends = iter(ends)
        self.asked = []

    async def remote(self, *args):
        self.asked.append(args)
        end = next(self._ends)
        if isinstance(end, Exception):
            raise end
        return end


@pytest.mark.parametrize(
    ("ends", "times", "why"),
    [
        (("verdict",), 1, "nothing happened"),
        ((DEAD, "verdict"), 2, "killed with the request in hand"),
        ((AWAY, "verdict"), 2, "its node does not answer"),
    ],
)
def test_an_answer(ends, times, why):
    replicas = Replicas(*ends)
    assert asyncio.run(answered(replicas, "acme", 7, room=Room())) == "verdict", why
    assert replicas.asked == [("acme", 7)] * times


@pytest.mark.parametrize(
    ("ends", "times", "error", "why"),
    [
        ((DEAD, DEAD, "verdict"), 2, UnreachableError, "what kills two replicas does not get a third"),
        ((FULL, "verdict"), 1, ProblemError, "whoever is busy is not asked again at once"),
        ((DEAD, FULL), 2, ProblemError, "the others are busy"),
        ((UNDEPLOYED,), 1, UnreachableError, "nothing is deployed"),
        (
            (RayTaskError("score", "", ValueError("a bug")),),
            1,
            RayTaskError,
            "a failure of ours is not retried",
        ),
    ],
)
def test_no_answer(ends, times, error, why):
    replicas = Replicas(*ends)
    with pytest.raises(error):
        asyncio.run(answered(replicas, room=Room()))
    assert len(replicas.asked) == times, why


def test_a_full_queue_says_when_to_come_again():
    with pytest.raises(ProblemError) as raised:
        asyncio.run(answered(Replicas(FULL), room=Room()))
    problem = raised.value.problem
    assert (problem.status, problem.type) == (429, "urn:counterfoil:too-busy")
    assert "64 requests wait" in problem.detail
    assert raised.value.headers == {"Retry-After": "1"}


class Held:
    """A method whose calls wait until they are let go."""

    def __init__(self):
        self.calls = []
        self.asked = asyncio.Event()

    async def remote(self):
        self.calls.append(asyncio.get_running_loop().create_future())
        self.asked.set()
        return await self.calls[-1]


async def _full(room, under_way):
    """So many requests that wait for an answer, and one more that Serve turned away."""
    scorer = Held()
    waiting = [asyncio.create_task(answered(scorer, room=room)) for _ in range(under_way)]
    await asyncio.sleep(0)
    with pytest.raises(ProblemError):
        await answered(Replicas(FULL), room=room)
    return scorer, waiting


def test_what_serve_would_turn_away_is_turned_away_unread():
    async def judged():
        now = [0.0]
        room = Room(clock=lambda: now[0])
        require_room(room)  # nobody was turned away yet
        scorer, waiting = await _full(room, 3)
        with pytest.raises(ProblemError) as refused:
            require_room(room)  # as full as then
        scorer.calls[0].set_result("verdict")
        await waiting[0]
        require_room(room)  # one was answered: there is a place
        again = asyncio.create_task(answered(scorer, room=room))
        await asyncio.sleep(0)
        with pytest.raises(ProblemError):
            require_room(room)  # and it is taken
        now[0] = 1.0
        require_room(room)  # a scorer may have been added since
        for call in scorer.calls[1:]:
            call.set_result("verdict")
        await asyncio.gather(*waiting, again)
        return refused.value

    refused = asyncio.run(judged())
    assert (refused.problem.status, refused.headers) == (429, {"Retry-After": "1"})
    assert "64 requests wait" in refused.problem.detail


def test_a_full_queue_is_told_of_before_the_body_is_read_and_after_the_key(tmp_path):
    async def judged():
        scorer, key = Held(), front.key()
        async with front.client(key) as client, front.client() as stranger:
            front.scorer.score = Remote(lambda *_: scorer.remote())
            first = asyncio.create_task(client.post("/v1/score", json=listing()))
            await scorer.asked.wait()
            front.scorer.score = Replicas(FULL)
            refused = await client.post("/v1/score", json=listing())
            unread = await client.post("/v1/score", content=b"{")
            nobody = await stranger.post("/v1/score", content=b"{")
            scorer.calls[0].set_result(unknown_tenant("acme"))
            await first
            read = await client.post("/v1/score", content=b"{")
        return [refused, unread, nobody, read]

    front = Front(settings_at(tmp_path))
    try:
        answers = asyncio.run(judged())
    finally:
        front.close()
    assert [it.status_code for it in answers] == [429, 429, 401, 400]
    assert answers[1].headers["Retry-After"] == "1"
    assert answers[1].json()["request_id"] == answers[1].headers["X-Request-Id"]
