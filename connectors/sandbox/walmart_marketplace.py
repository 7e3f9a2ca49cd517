"""Walmart's Marketplace item search over the sandbox's goods: https://developer.walmart.com/us-marketplace."""

import base64
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf
from connectors.sandbox.tokens import Tokens

MOST = 40


class WalmartMarketplaceSandbox:
    """The API for one seller's (id, secret)."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str]) -> None:
        self.tokens = Tokens(seconds=900.0)
        self._goods = goods
        self._basic = "Basic " + base64.b64encode(":".join(client).encode()).decode()

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/v3/token", self.token, methods=["POST"])
        router.add_api_route("/v3/items/walmart/search", self.search)
        return router

    async def token(self, request: Request) -> Response:
        """The token service: client credentials for a token of a quarter of an hour."""
        if request.headers.get("authorization") != self._basic:
            return _error(401, "UNAUTHORIZED.GMP_GATEWAY_API", "Invalid client id or secret")
        return JSONResponse(self.tokens.issue() | {"token_type": "Bearer"})

    async def search(self, request: Request) -> Response:
        """`getSearchResult`."""
        if not self.tokens.holds(request.headers.get("wm_sec.access_token")):
            return _error(
                401, "UNAUTHORIZED.GMP_GATEWAY_API", "Unauthorized token or incorrect authorization header"
            )
        if not request.headers.get("wm_qos.correlation_id") or not request.headers.get("wm_svc.name"):
            return _error(400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", "A required header is missing")
        asked = request.query_params
        if gtin := asked.get("gtin"):
            found = [it for it in self._goods.items if it.gtin.zfill(14) == gtin]
        elif words := asked.get("query"):
            found = self._goods.find(words)[:MOST]
        else:
            return _error(
                400, "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API", "One of query, upc, gtin is needed"
            )
        return JSONResponse({"items": [_item(it, str(request.base_url)) for it in found]} if found else {})


def _error(status: int, code: str, said: str) -> Response:
    return JSONResponse({"error": [{"code": code, "description": said, "severity": "ERROR"}]}, status)


def _item(item: Item, base: str) -> dict[str, Any]:
    return {
        "itemId": str(5_000_000 + item.number),
        "isMarketPlaceItem": item.number % 5 != 0,
        "images": [{"url": url} for url in item.pictures_at(base)],
        "price": {"amount": f"{item.price:.2f}", "currency": "USD"},
        "description": item.description,
        "title": item.title,
        "brand": item.brand,
        "productType": item.category,
        "properties": {"categories": ["Home Page", item.category]},
    }
