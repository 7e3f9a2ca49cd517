"""Amazon's Selling Partner API over the sandbox's goods.

https://developer-docs.amazon.com/sp-api/reference/catalog-items-v2022-04-01,
https://developer-docs.amazon.com/sp-api/docs/product-pricing-api-v0-model.
"""

from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf
from connectors.sandbox.tokens import Tokens

DEPTH = 1000
_MARKETPLACE = "ATVPDKIKX0DER"


class AmazonSandbox:
    """The API for one application's (id, secret, refresh token)."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str, str], depth: int = DEPTH) -> None:
        self.tokens = Tokens(seconds=3600.0)
        self._goods = goods
        self._client = client
        self._depth = depth

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/auth/o2/token", self.token, methods=["POST"])
        router.add_api_route("/catalog/2022-04-01/items", self.search)
        router.add_api_route("/catalog/2022-04-01/items/{asin}", self.item)
        router.add_api_route("/products/pricing/v0/items/{asin}/offers", self.offers)
        return router

    async def token(self, request: Request) -> Response:
        """The token service: a refresh token for an access token."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != self._client[:2]:
            said = "Client authentication failed"
            return JSONResponse({"error": "invalid_client", "error_description": said}, 401)
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self._client[2]:
            said = "The request has an invalid grant parameter : refresh_token"
            return JSONResponse({"error": "invalid_grant", "error_description": said}, 400)
        return JSONResponse(self.tokens.issue() | {"token_type": "bearer"})

    async def search(self, request: Request) -> Response:
        """`searchCatalogItems`; a page's token is here the offset, as nobody but Amazon needs to know."""
        if not self._good(request):
            return _denied()
        asked = request.query_params
        size, offset = (
            int(asked.get("pageSize", 10)),
            asked.get("pageToken", "token-0").removeprefix("token-"),
        )
        codes = [code for code in asked.get("identifiers", "").split(",") if code]
        wanted = asked.get("keywords") or (codes and asked.get("identifiersType") == "GTIN")
        if not 1 <= size <= 20 or not offset.isdigit() or not wanted or len(codes) > 20:
            return _error(400, "InvalidInput", "pageSize, pageToken, keywords or identifiers cannot be used.")
        found = self._goods.find(asked.get("keywords", "*"))
        if codes:
            found = [it for it in found if it.gtin in codes]
        first, last = int(offset), int(offset) + size
        page: dict[str, Any] = {
            "numberOfResults": len(found),
            "pagination": {},
            "items": [_item(it, str(request.base_url)) for it in found[: self._depth][first:last]],
        }
        if last < min(len(found), self._depth):
            page["pagination"]["nextToken"] = f"token-{last}"
        return JSONResponse(page)

    async def item(self, request: Request, asin: str) -> Response:
        """`getCatalogItem`."""
        if not self._good(request):
            return _denied()
        found = self._goods.item(number(asin))
        if found is None:
            return _error(404, "NOT_FOUND", f"Requested item '{asin}' not found in marketplace(s).")
        return JSONResponse(_item(found, str(request.base_url)))

    async def offers(self, request: Request, asin: str) -> Response:
        """`getItemOffers`."""
        if not self._good(request):
            return _denied()
        found = self._goods.item(number(asin))
        if found is None:
            return _error(400, "InvalidInput", f"{asin} is an invalid ASIN for marketplace {_MARKETPLACE}.")
        condition = request.query_params["ItemCondition"]
        every = [one for one in offers_on(found) if (one["SubCondition"] == "new") == (condition == "New")]
        payload = {
            "MarketplaceID": _MARKETPLACE,
            "ASIN": asin,
            "ItemCondition": condition,
            "status": "Success",
            "Summary": {"TotalOfferCount": len(every)},
            "Offers": every,
        }
        return JSONResponse({"payload": payload})

    def _good(self, request: Request) -> bool:
        return self.tokens.holds(request.headers.get("x-amz-access-token"))


def asin(number: int) -> str:
    """An item's ASIN."""
    return f"B0{number:08}"


def number(asin: str) -> int:
    """An ASIN's item; 0 where it is none of ours."""
    return int(asin[2:]) if asin.startswith("B0") and asin[2:].isdigit() else 0


def offers_on(item: Item) -> list[dict[str, Any]]:
    """The offers on an item's page: its seller's, and with two items of three one or two far cheaper ones."""
    own = _offer(item, item.seller, "new" if item.condition == "new" else "very good", part=100)
    others = [
        _offer(item, f"attached-{item.number}-{place}", "new", part=40 - place)
        for place in range(item.number % 3)
    ]
    return [*others, own]


def _offer(item: Item, seller: str, condition: str, *, part: int) -> dict[str, Any]:
    """At `part` hundredths of the item's price."""
    return {
        "SubCondition": condition,
        "SellerId": seller.upper(),
        "SellerFeedbackRating": {
            "FeedbackCount": item.feedback,
            "SellerPositiveFeedbackRating": item.rating,
        },
        "ListingPrice": {"CurrencyCode": item.currency, "Amount": float(round(item.price * part / 100, 2))},
        "Shipping": {"CurrencyCode": "USD", "Amount": 0.0},
        "ShipsFrom": {"Country": item.seller_country},
        "IsFulfilledByAmazon": False,
    }


def _item(item: Item, base: str) -> dict[str, Any]:
    images = [
        {"variant": "MAIN" if place == 0 else f"PT{place:02}", "link": link, "height": 320, "width": 320}
        for place, link in enumerate(item.pictures_at(base))
    ]
    category = {"displayName": item.category, "classificationId": "1"}
    return {
        "asin": asin(item.number),
        "attributes": {"bullet_point": [{"value": item.description, "marketplace_id": _MARKETPLACE}]},
        "classifications": [{"marketplaceId": _MARKETPLACE, "classifications": [category]}],
        "images": [{"marketplaceId": _MARKETPLACE, "images": images}],
        "summaries": [{"marketplaceId": _MARKETPLACE, "brand": item.brand, "itemName": item.title}],
    }


def _denied() -> Response:
    return _error(403, "Unauthorized", "Access to requested resource is denied.")


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"errors": [{"code": code, "message": message, "details": ""}]}, status)
