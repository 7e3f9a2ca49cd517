"""Whatever is asked within the OpenAPI document or just outside it, nothing of ours breaks."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error

from cluster.settings import Limits
from tests.conftest import settings_at
from tests.deployments.front import Front


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    limits = Limits(requests_per_second=1e6, burst=10**6)
    front = Front(settings_at(tmp_path_factory.mktemp("fuzzed") / "home", limits=limits))
    yield front
    front.close()


@pytest.fixture(scope="module")
def key(front):
    return front.key(None, "admin")


def test_nothing_breaks(front, key):
    asked = []
    there = schemathesis.openapi.from_asgi("/openapi.json", front.api)
    there = there.exclude(path="/v1/search/{media_type}/{way}")  # answers 501 to whatever it is sent
    for found in there.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @hypothesis_settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            answer = case.call(headers={"Authorization": f"Bearer {key}"})
            # What is generated turns the kill switch too, and then a 503 is the answer that is due.
            if answer.status_code != 503 or not answer.json()["type"].startswith("urn:counterfoil:"):
                case.validate_response(answer, checks=[not_a_server_error])

        ask()
        asked.append(operation.label)
    assert "POST /v1/score" in asked
    assert len(asked) >= 5
