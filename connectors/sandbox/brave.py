"""Brave's image search over the sandbox's goods: https://api-dashboard.search.brave.com."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

MOST = 200


class BraveSandbox:
    """The search for one subscription."""

    def __init__(self, goods: Shelf, *, token: str) -> None:
        self._goods = goods
        self._token = token

    @property
    def router(self) -> APIRouter:
        """Its route."""
        router = APIRouter()
        router.add_api_route("/res/v1/images/search", self.images)
        return router

    async def images(self, request: Request) -> Response:
        """Everything that holds the words. Every seventh page says nothing of what it sells."""
        if request.headers.get("x-subscription-token") != self._token:
            return _error(422, "SUBSCRIPTION_TOKEN_INVALID", "The provided subscription token is invalid.")
        asked = request.query_params
        count = int(asked.get("count", 50))
        if not 1 <= count <= MOST or not asked.get("q"):
            return _error(422, "VALIDATION", "Unable to validate request parameter(s)")
        base = str(request.base_url)
        found = [_result(it, base) for it in self._goods.find(asked["q"])[:count]]
        return JSONResponse({"type": "images", "query": {"original": asked["q"]}, "results": found})


def _error(status: int, code: str, detail: str) -> Response:
    error = {"code": code, "detail": detail, "status": status}
    return JSONResponse({"type": "ErrorResponse", "error": error}, status)


def _result(item: Item, base: str) -> dict[str, Any]:
    picture = item.pictures_at(base)[0]
    return {
        "type": "image_result",
        "title": item.title,
        "url": f"{base}{'plain' if item.number % 7 == 0 else 'goods'}/{item.number}",
        "source": "sandbox",
        "thumbnail": {"src": f"{picture}?small"},
        "properties": {"url": picture},
        "confidence": "high",
    }
