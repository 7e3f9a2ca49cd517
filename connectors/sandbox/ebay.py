"""eBay's Browse API over the sandbox's goods: https://developer.ebay.com/api-docs/buy/browse/overview.html."""

import base64
import re
import zlib
from collections import Counter
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import CATEGORIES, Item
from connectors.sandbox.shelf import Shelf
from connectors.sandbox.tokens import Tokens

_PRICE = re.compile(r"price:\[([\d.]+)?\.\.([\d.]+)?\]")
_SELLERS = re.compile(r"sellers:\{([^}]*)\}")
DEPTH = 10_000


class EbaySandbox:
    """The API for one application's (id, secret)."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str], depth: int = DEPTH) -> None:
        self.tokens = Tokens()
        self._goods = goods
        self._basic = "Basic " + base64.b64encode(":".join(client).encode()).decode()
        self._depth = depth

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/identity/v1/oauth2/token", self.token, methods=["POST"])
        browse = "/buy/browse/v1"
        router.add_api_route(f"{browse}/item_summary/search", self.search)
        router.add_api_route(f"{browse}/item_summary/search_by_image", self.search_by_image, methods=["POST"])
        router.add_api_route(f"{browse}/item/{{item_id}}", self.item)
        return router

    async def token(self, request: Request) -> Response:
        """The token service: client credentials for an application token."""
        if request.headers.get("authorization") != self._basic:
            return JSONResponse(
                {"error": "invalid_client", "error_description": "client authentication failed"}, 401
            )
        if parse_qs((await request.body()).decode()).get("grant_type") != ["client_credentials"]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        return JSONResponse(self.tokens.issue())

    async def search(self, request: Request) -> Response:
        """`item_summary/search`."""
        words = request.query_params.get("q", "")
        if not words and self.tokens.good(request.headers.get("authorization")):
            return _error(400, 12001, "The call must have a valid 'q', 'category_ids', 'epid' or 'gtin'.")
        return self._page(request, self._goods.find(words))

    async def search_by_image(self, request: Request) -> Response:
        """`item_summary/search_by_image`: here, the very same picture."""
        picture = base64.b64decode((await request.json()).get("image", ""))
        return self._page(request, self._goods.showing(picture))

    async def item(self, request: Request, item_id: str) -> Response:
        """`getItem`."""
        if not self.tokens.good(request.headers.get("authorization")):
            return _bad_token()
        found = self._goods.item(_number(item_id))
        if found is None:
            return _error(404, 11001, "The specified item Id was not found.")
        return JSONResponse(_detail(found, str(request.base_url)))

    def _page(self, request: Request, found: list[Item]) -> Response:
        if not self.tokens.good(request.headers.get("authorization")):
            return _bad_token()
        asked = request.query_params
        limit, offset = int(asked.get("limit", 50)), int(asked.get("offset", 0))
        if not 1 <= limit <= 200:
            return _error(400, 12003, "The limit value should be between 1 and 200 (inclusive).")
        if offset < 0 or offset % limit:
            return _error(400, 12004, "The offset value should be 0 or a multiple of the limit.")
        items = _filtered(found, asked.get("filter", ""), asked.get("category_ids"))
        shown = items[: self._depth][offset : offset + limit]
        page: dict[str, Any] = {
            "href": str(request.url),
            "total": len(items),
            "limit": limit,
            "offset": offset,
        }
        if shown:
            page["itemSummaries"] = [_summary(item, str(request.base_url)) for item in shown]
        if offset + limit < min(len(items), self._depth):
            page["next"] = str(request.url.include_query_params(offset=offset + limit))
        if "CATEGORY_REFINEMENTS" in asked.get("fieldgroups", ""):
            page["refinement"] = {"categoryDistributions": _distribution(items)}
        return JSONResponse(page)


def _distribution(items: list[Item]) -> list[dict[str, Any]]:
    return [
        {"categoryId": _category(name), "categoryName": name, "matchCount": number}
        for name, number in Counter(it.category for it in items).items()
    ]


def _category(name: str) -> str:
    """A category's id, the same wherever it is asked for."""
    return str(CATEGORIES.index(name) + 1 if name in CATEGORIES else zlib.crc32(name.encode()))


def _bad_token() -> Response:
    return _error(
        401, 1001, "Invalid access token. Check the value of the Authorization HTTP request header."
    )


def _error(status: int, number: int, message: str) -> Response:
    error = {"errorId": number, "domain": "API_BROWSE", "category": "REQUEST", "message": message}
    return JSONResponse({"errors": [error]}, status)


def _filtered(items: list[Item], written: str, category: str | None) -> list[Item]:
    if category is not None:
        items = [it for it in items if _category(it.category) == category]
    if price := _PRICE.search(written):
        low, high = (Decimal(end) if end else None for end in price.groups())
        items = [
            it for it in items if (low is None or it.price >= low) and (high is None or it.price <= high)
        ]
    if sellers := _SELLERS.search(written):
        wanted = set(sellers.group(1).split("|"))
        items = [it for it in items if it.seller in wanted]
    return items


def _id(item: Item) -> str:
    return f"v1|{110_000_000_000 + item.number}|0"


def _number(item_id: str) -> int:
    parts = item_id.split("|")
    return int(parts[1]) - 110_000_000_000 if len(parts) == 3 and parts[1].isdigit() else 0


def _summary(item: Item, base: str) -> dict[str, Any]:
    pictures = item.pictures_at(base)
    return {
        "itemId": _id(item),
        "title": item.title,
        "image": {"imageUrl": pictures[0]},
        "additionalImages": [{"imageUrl": url} for url in pictures[1:]],
        "price": {"value": f"{item.price:.2f}", "currency": item.currency},
        "seller": {
            "username": item.seller,
            "feedbackPercentage": f"{item.rating}",
            "feedbackScore": item.feedback,
        },
        "condition": "Used" if item.condition == "used" else "New",
        "conditionId": "3000" if item.condition == "used" else "1000",
        "categories": [{"categoryId": _category(item.category), "categoryName": item.category}],
        "buyingOptions": ["FIXED_PRICE"],
        "itemWebUrl": f"https://www.ebay.example/itm/{110_000_000_000 + item.number}",
        "itemLocation": {"country": item.seller_country},
        "itemCreationDate": item.opened.isoformat().replace("+00:00", ".000Z"),
    }


def _detail(item: Item, base: str) -> dict[str, Any]:
    """Stock as eBay shows it: a small one as it is, a larger one as "more than 10"."""
    stock: dict[str, Any] = {} if item.stock is None else {"estimatedAvailableQuantity": item.stock}
    if item.stock is not None and item.stock > 10:
        stock = {"availabilityThresholdType": "MORE_THAN", "availabilityThreshold": 10}
    return {
        **_summary(item, base),
        "description": f"<p>{item.description}</p>",
        "brand": item.brand,
        "gtin": item.gtin,
        "categoryPath": f"All|{item.category}",
        "estimatedAvailabilities": [{"estimatedAvailabilityStatus": "IN_STOCK", **stock}],
    }
