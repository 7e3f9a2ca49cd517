"""Etsy's Open API v3 over the sandbox's goods: https://developers.etsy.com/documentation/reference."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

DEPTH = 12_000


class EtsySandbox:
    """The API for one application's key."""

    def __init__(self, goods: Shelf, *, key: str) -> None:
        self._goods = goods
        self._key = key

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/v3/application/listings/active", self.active)
        router.add_api_route("/v3/application/shops/{shop}/listings/active", self.active)
        router.add_api_route("/v3/application/listings/batch", self.batch)
        return router

    async def active(self, request: Request, shop: str | None = None) -> Response:
        """A page of a search, or of a shop's listings."""
        if refusal := self._refusal(request):
            return refusal
        asked = request.query_params
        limit, offset = int(asked.get("limit", 25)), int(asked.get("offset", 0))
        if not 1 <= limit <= 100 or offset > DEPTH:
            return JSONResponse({"error": "Expected int value for 'limit' (at most 100)"}, 400)
        found = self._goods.find(asked.get("keywords", "*"))
        if shop is not None:
            found = [it for it in found if it.seller == f"seller-{int(shop) - 400_000:03}"]
        shown = [_listing(it) for it in found[offset : offset + limit]]
        return JSONResponse({"count": len(found), "results": shown})

    async def batch(self, request: Request) -> Response:
        """Listings with their pictures and shops."""
        if refusal := self._refusal(request):
            return refusal
        ids = [one for one in request.query_params["listing_ids"].split(",") if one.isdigit()]
        if not 1 <= len(ids) <= 100:
            return JSONResponse({"error": "listing_ids must have between 1 and 100 ids"}, 400)
        known = (self._goods.item(int(one) - 800_000_000) for one in ids)
        base = str(request.base_url)
        found = [_listing(it) | _included(it, base) for it in known if it]
        return JSONResponse({"count": len(found), "results": found})

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("x-api-key") != self._key:
            return JSONResponse(
                {"error": "API key not found or not active, or incorrect shared secret."}, 403
            )
        return None


def _shop(item: Item) -> int:
    return 400_000 + int(item.seller.removeprefix("seller-"))


def _listing(item: Item) -> dict[str, Any]:
    return {
        "listing_id": 800_000_000 + item.number,
        "shop_id": _shop(item),
        "title": item.title,
        "description": item.description,
        "quantity": item.stock,
        "url": f"https://www.etsy.example/listing/{800_000_000 + item.number}",
        "price": {"amount": int(item.price * 100), "divisor": 100, "currency_code": item.currency},
    }


def _included(item: Item, base: str) -> dict[str, Any]:
    return {
        "images": [{"url_fullxfull": url} for url in item.pictures_at(base)],
        "shop": {
            "shop_id": _shop(item),
            "shop_name": item.seller,
            "shop_location_country_iso": item.seller_country,
            "review_count": item.feedback,
        },
    }
