"""The route that Prometheus asks, and who may ask it."""

import hmac
import logging
from collections.abc import Mapping
from typing import Annotated

import ray
from fastapi import Depends, FastAPI, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from ray import serve
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException

from cluster.config_file import NAME
from cluster.metrics import MetricsPage
from cluster.settings import Metrics
from deployments.callers import BEARER, Caller, Gate
from deployments.control import PROBLEMS

logger = logging.getLogger(__name__)

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_EXAMPLE = (
    "# HELP counterfoil_verdicts_total Verdicts by tier.\n"
    "# TYPE counterfoil_verdicts_total counter\n"
    'counterfoil_verdicts_total{node="10.0.0.5:8080",path="online",tenant="acme",tier="1"} 12.0\n'
)


def add_metrics(app: FastAPI, gate: Gate, page: MetricsPage, settings: Metrics) -> None:
    """The route."""

    async def scraper(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> Caller:
        """Whoever shows the scrapers' own token, or is the operator."""
        token = settings.token.get_secret_value() if settings.token else ""
        shown = credentials.credentials if credentials else ""
        if settings.open or (token and hmac.compare_digest(token.encode(), shown.encode())):
            caller = Caller(name="scraper", role="scorer", tenant=None)
            request.state.caller = caller
            return caller
        caller = await gate.caller(request, credentials)
        caller.require_operator("reading the metrics of all tenants")
        return caller

    @app.get(
        "/metrics",
        summary="Everything the cluster counts, for Prometheus",
        description=(
            "Of all nodes, replicas and scans, whichever replica answers; OpenMetrics where Accept asks. "
            "Takes the scrapers' token (COUNTERFOIL_METRICS__TOKEN) or the operator's key."
        ),
        response_class=Response,
        responses=PROBLEMS
        | {
            200: {
                "description": "The metrics",
                "content": {
                    _TEXT: {"schema": {"type": "string"}, "example": _EXAMPLE},
                    _OPEN_METRICS: {"schema": {"type": "string"}},
                },
            }
        },
    )
    async def metrics(request: Request, _: Annotated[Caller, Depends(scraper)]) -> Response:
        body, content_type = await page.written(request.headers.get("accept", ""))
        return Response(body, media_type=content_type)


def replicas_here() -> Mapping[tuple[str, str], int]:
    """How many replicas there are, by deployment and Serve's word for their state; none while it is away."""
    if not ray.is_initialized():  # Serve would start a cluster to ask it
        return {}
    try:
        application = serve.status().applications.get(NAME)
    except (RayError, RayServeException) as error:
        logger.warning("Serve does not tell its replicas: %s", error)
        return {}
    if application is None:
        return {}
    return {
        (name, str(state).lower()): number
        for name, deployment in application.deployments.items()
        for state, number in deployment.replica_states.items()
    }
