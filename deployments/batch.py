"""Many listings in one request: each answered, refused and counted by itself."""

import asyncio
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel, Field
from ray.serve.handle import DeploymentHandle

from deployments.answers import Refused, Scored
from deployments.body import MOST_BYTES, MOST_LISTINGS, as_listing, read_batch, read_body
from deployments.callers import Caller, Gate, requires
from deployments.examples import EXAMPLE_LISTING
from deployments.problems import Problem, as_problem, writable
from deployments.relay import PROBLEMS, Tenant, answered, cap_headers, each, refusal
from deployments.room import Room

BATCH_PATH = "/v1/score/batch"

_OF_THE_TENANT = frozenset({"unknown_tenant", "tenant_not_named", "nothing_protected"})
"""Refusals that are about the whole request."""


class BatchItem(BaseModel):
    """One listing's verdict, or the problem with it: never both."""

    index: int = Field(description="its place in the request, from 0")
    scored: Scored | None = None
    problem: Problem | None = None


class BatchScored(BaseModel):
    """What became of each listing, in the order in which they were sent."""

    results: list[BatchItem]


def add_batch(app: FastAPI, scorer: DeploymentHandle[Any], gate: Gate, room: Room) -> None:
    """The route."""
    scores = Annotated[Caller, Depends(requires("scorer", gate))]

    @app.post(
        BATCH_PATH,
        summary=f"Score up to {MOST_LISTINGS} listings",
        description=(
            "Each listing is answered as POST /v1/score would, in the order sent: a verdict, or a problem "
            "(not a listing, a spent cap, …). One bad listing costs only its own place. Each takes its own "
            "unit of the cap. What is wrong with the request as a whole is answered as a problem."
        ),
        response_model=BatchScored,
        responses=PROBLEMS,
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": f"Listings as for POST /v1/score, at most {MOST_BYTES >> 20} MiB in all.",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["listings"],
                            "properties": {
                                "listings": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": MOST_LISTINGS,
                                    "items": {"$ref": "#/components/schemas/Listing"},
                                }
                            },
                        },
                        "examples": {"batch": {"value": {"listings": [EXAMPLE_LISTING]}}},
                    }
                },
            }
        },
    )
    async def score_batch(
        request: Request, response: Response, caller: scores, tenant: Tenant = None
    ) -> BatchScored:
        asking: Caller = caller
        named = asking.asks_about(request, tenant)
        sent = await asyncio.to_thread(read_batch, await read_body(request))

        async def one(fields: object) -> Scored | Refused | Exception:
            try:
                listing, remarks = await asyncio.to_thread(as_listing, fields)
                answer: Scored | Refused = await answered(scorer.score, named, listing, remarks, room=room)
            except Exception as error:  # noqa: BLE001 - one listing's failure is one listing's answer
                return error
            return answer

        answers = await each(sent, one)
        for answer in answers:
            if isinstance(answer, Refused) and answer.because in _OF_THE_TENANT:
                raise refusal(answer)
        caps = [it.cap for it in answers if isinstance(it, Scored | Refused) and it.cap is not None]
        response.headers.update(cap_headers(min(caps, key=lambda it: it.remaining, default=None)))
        return BatchScored(results=[_item(index, answer) for index, answer in enumerate(answers)])


def _item(index: int, answer: Scored | Refused | Exception) -> BatchItem:
    if isinstance(answer, Scored):
        return BatchItem(index=index, scored=answer)
    problem, _ = as_problem(refusal(answer) if isinstance(answer, Refused) else answer)
    return BatchItem(index=index, problem=writable(problem))
