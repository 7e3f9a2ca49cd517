"""What becomes of a request whose replica dies, is missing, or has too much to do."""

import asyncio

import pytest
from ray.exceptions import ActorDiedError, ActorUnavailableError, RayTaskError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError

from deployments.problems import ProblemError
from deployments.relay import answered
from scoring.errors import UnreachableError

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
    assert asyncio.run(answered(replicas, "acme", 7)) == "verdict", why
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
        asyncio.run(answered(replicas))
    assert len(replicas.asked) == times, why


def test_a_full_queue_says_when_to_come_again():
    with pytest.raises(ProblemError) as raised:
        asyncio.run(answered(Replicas(FULL)))
    problem = raised.value.problem
    assert (problem.status, problem.type) == (429, "urn:counterfoil:too-busy")
    assert "64 requests wait" in problem.detail
    assert raised.value.headers == {"Retry-After": "1"}
