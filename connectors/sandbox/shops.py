"""Shops with own sites over the sandbox's goods: a Shopify storefront, and pages that speak schema.org."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

DEPTH = 25_000
_RULES = "User-agent: *\nDisallow: /cart\nDisallow: /goods/private\n"


class ShopsSandbox:
    """A store at `/shopify` and pages at `/goods/NUMBER`, whose rules are at `/robots.txt`."""

    def __init__(self, goods: Shelf) -> None:
        self._goods = goods

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route("/robots.txt", self.rules)
        router.add_api_route("/shopify/robots.txt", self.rules)
        router.add_api_route("/shopify/meta.json", self.meta)
        router.add_api_route("/shopify/products.json", self.products)
        router.add_api_route("/shopify/collections/{name}/products.json", self.products)
        router.add_api_route("/goods/{number}", self.page)
        router.add_api_route("/plain/{number}", self.plain)
        return router

    def rules(self) -> Response:
        """What robots may do."""
        return PlainTextResponse(_RULES)

    def meta(self) -> Response:
        """What the store says of itself."""
        said = {"id": 1, "name": "Sandbox Store", "country": "US", "currency": "USD"}
        return JSONResponse(said | {"published_products_count": len(self._goods.items)})

    def products(self, request: Request, name: str = "all") -> Response:
        """A page of products; a collection is named after a category."""
        asked = request.query_params
        limit, page = min(int(asked.get("limit", 30)), 250), int(asked.get("page", 1))
        if limit * page > DEPTH:
            return JSONResponse({"errors": "Exceeded maximum page"}, 400)
        goods = [it for it in self._goods.items if name in ("all", it.category.casefold())]
        if not goods:
            return PlainTextResponse("Not Found", 404)
        shown = goods[(page - 1) * limit : page * limit]
        return JSONResponse({"products": [_product(it, _base(request)) for it in shown]})

    def page(self, request: Request, number: str) -> Response:
        """A page for people, with what machines read in it."""
        item = self._goods.item(int(number)) if number.isdigit() else None
        if item is None:
            return HTMLResponse("<h1>Not here</h1>", 404)
        told = json.dumps({"@context": "https://schema.org", "@graph": [_thing(item, _base(request))]})
        head = f'<title>{item.title}</title><script type="application/ld+json">{told}</script>'
        return HTMLResponse(f"<!DOCTYPE html><html><head>{head}</head><body>{item.title}</body></html>")

    def plain(self, number: str) -> Response:
        """A page for people alone."""
        return HTMLResponse(f"<!DOCTYPE html><html><body>Number {number}</body></html>")


def _base(request: Request) -> str:
    return str(request.base_url)


def _product(item: Item, base: str) -> dict[str, Any]:
    return {
        "id": 7_000_000 + item.number,
        "title": item.title,
        "handle": f"item-{item.number}",
        "body_html": f"<p>{item.description}</p>",
        "vendor": item.brand,
        "product_type": item.category,
        "variants": [{"id": item.number, "price": f"{item.price:.2f}", "available": item.stock != 0}],
        "images": [{"src": url} for url in item.pictures_at(base)],
    }


def _thing(item: Item, base: str) -> dict[str, Any]:
    condition = "UsedCondition" if item.condition == "used" else "NewCondition"
    return {
        "@type": "Product",
        "name": item.title,
        "description": item.description,
        "brand": {"@type": "Brand", "name": item.brand},
        "category": item.category,
        "image": item.pictures_at(base),
        "offers": {
            "@type": "Offer",
            "price": f"{item.price:.2f}",
            "priceCurrency": "USD",
            "availability": "https://schema.org/InStock",
            "itemCondition": f"https://schema.org/{condition}",
            "seller": {"@type": "Organization", "name": item.seller},
        },
    }
