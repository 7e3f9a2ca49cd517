"""Mercado Libre over the sandbox's goods: https://developers.mercadolivre.com.br/en_us/items-and-searches."""

from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf
from connectors.sandbox.tokens import Tokens


class MercadoLibreSandbox:
    """The API for one application, which may search only where `open` says so."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str]) -> None:
        self.tokens = Tokens(seconds=21600.0)
        self.open = False
        """Whether the application may search."""
        self._goods = goods
        self._client = client

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/oauth/token", self.token, methods=["POST"])
        router.add_api_route("/sites/{site}/search", self.search)
        router.add_api_route("/items", self.items)
        router.add_api_route("/highlights/{site}/category/{category}", self.highlights)
        router.add_api_route("/products/{product}/items", self.offers)
        return router

    async def token(self, request: Request) -> Response:
        """The token service."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != self._client:
            return _error(400, "invalid_client", "invalid client_id or client_secret")
        return JSONResponse(self.tokens.issue() | {"token_type": "Bearer"})

    async def search(self, request: Request) -> Response:
        """A page of a search."""
        if not self._good(request):
            return _error(401, "unauthorized", "invalid access token")
        if not self.open:
            return _error(403, "forbidden", "forbidden")
        offset, limit = int(request.query_params["offset"]), int(request.query_params["limit"])
        found = self._goods.find(request.query_params["q"])
        page = {
            "paging": {"total": len(found), "offset": offset, "limit": limit},
            "results": [_item(it, str(request.base_url)) for it in found[offset : offset + limit]],
        }
        return JSONResponse(page)

    async def items(self, request: Request) -> Response:
        """A look-up of several items."""
        if not self._good(request):
            return _error(401, "unauthorized", "invalid access token")
        ids = request.query_params["ids"].split(",")
        if len(ids) > 20:
            return _error(400, "bad_request", "ids maximum size is 20")
        return JSONResponse([self._told(one, str(request.base_url)) for one in ids])

    async def highlights(self, request: Request, category: str) -> Response:
        """A category's best sellers: its first ten items, and a product that all of its kind compete on."""
        if not self._good(request):
            return _error(401, "unauthorized", "invalid access token")
        found = [it for it in self._goods.items if it.category.casefold() == category.casefold()][:10]
        if not found:
            return _error(404, "not_found", "category not found")
        content = [
            {"id": item_id(it.number), "position": place, "type": "ITEM"}
            for place, it in enumerate(found, start=1)
        ]
        content.append({"id": f"PRODUCT-{category}", "position": 11, "type": "PRODUCT"})
        return JSONResponse({"query_data": {"id": category}, "content": content})

    async def offers(self, request: Request, product: str) -> Response:
        """The items on a product's page: every item of the category."""
        if not self._good(request):
            return _error(401, "unauthorized", "invalid access token")
        category = product.removeprefix("PRODUCT-").casefold()
        found = [it for it in self._goods.items if it.category.casefold() == category]
        return JSONResponse({"results": [{"item_id": item_id(it.number)} for it in found]})

    def _good(self, request: Request) -> bool:
        return self.tokens.good(request.headers.get("authorization"))

    def _told(self, wanted: str, base: str) -> dict[str, Any]:
        number = wanted.removeprefix("MLA")
        item = self._goods.item(int(number) - 600_000_000) if number.isdigit() else None
        if item is None:
            said = f"Item with id {wanted} not found"
            return {"code": 404, "body": {"id": wanted, "message": said, "error": "not_found"}}
        return {"code": 200, "body": _item(item, base)}


def item_id(number: int) -> str:
    """An item's id."""
    return f"MLA{600_000_000 + number}"


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"message": message, "error": code, "status": status, "cause": []}, status)


def _item(item: Item, base: str) -> dict[str, Any]:
    return {
        "id": item_id(item.number),
        "title": item.title,
        "seller_id": item.seller,
        "category_id": item.category,
        "price": float(item.price),
        "currency_id": "ARS",
        "available_quantity": 1,
        "condition": item.condition,
        "permalink": f"https://articulo.mercadolibre.example/{item_id(item.number)}",
        "pictures": [{"secure_url": url} for url in item.pictures_at(base)],
        "seller_address": {"country": {"id": item.seller_country}},
        "attributes": [{"id": "BRAND", "value_name": item.brand}],
    }
