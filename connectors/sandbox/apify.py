"""Apify over the sandbox's goods, with an actor that reads them: https://docs.apify.com/api/v2."""

import json
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

_STATES = ("READY", "RUNNING", "SUCCEEDED")


class ApifySandbox:
    """The API for one token. The same actor with the same input is the same run, so that reruns agree."""

    def __init__(self, goods: Shelf, *, token: str) -> None:
        self.started = 0
        """How many runs have been paid for."""
        self.ends_as = "SUCCEEDED"
        self._goods = goods
        self._token = token
        self._runs: dict[str, tuple[list[Item], int]] = {}

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/v2/acts/{actor}/runs", self.start, methods=["POST"])
        router.add_api_route("/v2/actor-runs/{run}", self.run)
        router.add_api_route("/v2/datasets/{dataset}/items", self.items)
        router.add_api_route("/v2/users/me", self.me)
        return router

    async def me(self, request: Request) -> Response:
        """The token's owner."""
        refusal = self._refusal(request)
        return refusal or JSONResponse({"data": {"username": "sandbox", "plan": {"id": "FREE"}}})

    async def start(self, request: Request, actor: str) -> Response:
        """Start a run."""
        if refusal := self._refusal(request):
            return refusal
        if actor != "plumblinedata~google-shopping-scraper":
            return _error(404, "record-not-found", "Actor was not found")
        given = await request.json()
        run = sha256(json.dumps([actor, given], sort_keys=True).encode()).hexdigest()[:17]
        self.started += 1
        self._runs[run] = (self._goods.find(given["queries"][0]), 0)
        return JSONResponse({"data": self._told(run, "READY")}, 201)

    async def run(self, request: Request, run: str) -> Response:
        """A run, which comes one step further with every question."""
        if refusal := self._refusal(request):
            return refusal
        if run not in self._runs:
            return _error(404, "record-not-found", "Actor run was not found")
        found, step = self._runs[run]
        self._runs[run] = (found, min(step + 1, len(_STATES) - 1))
        status = _STATES[self._runs[run][1]]
        return JSONResponse({"data": self._told(run, self.ends_as if status == _STATES[-1] else status)})

    async def items(self, request: Request, dataset: str) -> Response:
        """A page of a run's records."""
        if refusal := self._refusal(request):
            return refusal
        found, _ = self._runs[dataset.removeprefix("data-")]
        offset, limit = int(request.query_params["offset"]), int(request.query_params["limit"])
        shown = found[offset : offset + limit]
        return JSONResponse([_record(it, str(request.base_url)) for it in shown])

    def _told(self, run: str, status: str) -> dict[str, Any]:
        return {"id": run, "status": status, "defaultDatasetId": f"data-{run}"}

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return _error(401, "user-or-token-not-found", "The token is not valid")
        return None


def _error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"error": {"type": kind, "message": message}}, status)


def _record(item: Item, base: str) -> dict[str, Any]:
    return {
        "type": "grid",
        "title": item.title,
        "url": f"https://www.google.example/shopping/product/{item.number}",
        "imageUrl": item.pictures_at(base)[0],
        "price": float(item.price),
        "currency": "USD",
        "merchant": item.seller,
        "productId": str(item.number),
    }
