"""Amazon's Creators API over the sandbox's goods.

https://affiliate-program.amazon.com/creatorsapi/docs/en-us/api-reference/operations/search-items.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.amazon import asin, number
from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf
from connectors.sandbox.tokens import Tokens

PAGE, PAGES = 10, 10


class CreatorsSandbox:
    """The API for one affiliate's (id, secret, tag)."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str, str]) -> None:
        self.tokens = Tokens(seconds=3600.0)
        self._goods = goods
        self._id, self._secret, self._tag = client

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/auth/o2/token", self.token, methods=["POST"])
        router.add_api_route("/catalog/v1/searchItems", self.search, methods=["POST"])
        router.add_api_route("/catalog/v1/getItems", self.items, methods=["POST"])
        return router

    async def token(self, request: Request) -> Response:
        """The token service: client credentials for an access token."""
        asked = await request.json()
        if (asked.get("client_id"), asked.get("client_secret")) != (self._id, self._secret):
            said = "Client authentication failed"
            return JSONResponse({"error": "invalid_client", "error_description": said}, 401)
        if (asked.get("grant_type"), asked.get("scope")) != ("client_credentials", "creatorsapi::default"):
            return JSONResponse({"error": "invalid_scope", "error_description": "no such scope"}, 400)
        return JSONResponse(self.tokens.issue() | {"token_type": "bearer"})

    async def search(self, request: Request) -> Response:
        """`SearchItems`."""
        asked = await request.json()
        if refusal := self._refusal(request, asked):
            return refusal
        size, page = asked.get("itemCount", PAGE), asked.get("itemPage", 1)
        if not 1 <= size <= PAGE or not 1 <= page <= PAGES or not asked.get("keywords"):
            return _error(400, "ValidationException", "InvalidParameterValue", "itemPage or keywords")
        found = self._goods.find(asked["keywords"])
        shown = found[(page - 1) * size : page * size]
        if not shown:
            return _error(404, "ResourceNotFoundException", "NoResults", "No results found.")
        items = [_item(it, str(request.base_url)) for it in shown]
        return JSONResponse({"searchResult": {"totalResultCount": len(found), "items": items}})

    async def items(self, request: Request) -> Response:
        """`GetItems`."""
        asked = await request.json()
        if refusal := self._refusal(request, asked):
            return refusal
        if not 1 <= len(asked["itemIds"]) <= PAGE:
            return _error(400, "ValidationException", "InvalidParameterValue", "itemIds")
        known = (self._goods.item(number(one)) for one in asked["itemIds"])
        items = [_item(it, str(request.base_url)) for it in known if it]
        return JSONResponse({"itemsResult": {"items": items}})

    def _refusal(self, request: Request, asked: dict[str, Any]) -> Response | None:
        if not self.tokens.good(request.headers.get("authorization")):
            return _error(401, "UnauthorizedException", "TokenExpired", "The access token has expired.")
        if asked.get("partnerTag") != self._tag:
            return _error(403, "AccessDeniedException", "AssociateNotEligible", "The tag is not yours.")
        return None


def _error(status: int, kind: str, reason: str, message: str) -> Response:
    return JSONResponse({"type": kind, "reason": reason, "message": message}, status)


def _item(item: Item, base: str) -> dict[str, Any]:
    main, *others = ({"large": {"url": url}} for url in item.pictures_at(base))
    used = item.condition == "used"
    return {
        "asin": asin(item.number),
        "detailPageURL": f"https://www.amazon.example/dp/{asin(item.number)}?tag=sandbox-20",
        "itemInfo": {
            "title": {"displayValue": item.title},
            "byLineInfo": {"brand": {"displayValue": item.brand}},
            "features": {"displayValues": [item.description]},
        },
        "browseNodeInfo": {"browseNodes": [{"id": "1", "displayName": item.category}]},
        "images": {"primary": main, "variants": others},
        "offersV2": {
            "listings": [
                {
                    "availability": {
                        "type": "IN_STOCK" if item.stock is None or item.stock > 3 else "IN_STOCK_SCARCE"
                    },
                    "condition": {
                        "value": "Used" if used else "New",
                        "subCondition": "VeryGood" if used else "Unknown",
                    },
                    "isBuyBoxWinner": True,
                    "merchantInfo": {"id": item.seller.upper(), "name": item.seller},
                    "price": {"money": {"amount": float(item.price), "currency": item.currency}},
                }
            ]
        },
    }
