"""Rakuten's, AliExpress's and Shopee's searches over the sandbox's goods; each checks what it is signed with.

https://webservice.rakuten.co.jp/documentation/ichiba-item-search,
https://openservice.aliexpress.com/doc/api.htm, https://open-api.affiliate.shopee.com.br.
"""

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

_SIGNED = re.compile(r"SHA256 Credential=(\S+), Timestamp=(\d+), Signature=(\S+)")


class RakutenSandbox:
    """The item search for one application."""

    def __init__(self, goods: Shelf, *, keys: tuple[str, str]) -> None:
        self._goods = goods
        self._keys = keys

    @property
    def router(self) -> APIRouter:
        """Its route."""
        router = APIRouter()
        router.add_api_route("/ichibams/api/IchibaItem/Search/20260701", self.search)
        return router

    async def search(self, request: Request) -> Response:
        """A page of the search."""
        asked = request.query_params
        if (asked.get("applicationId"), asked.get("accessKey")) != self._keys:
            said = {"error": "wrong_parameter", "error_description": "specify valid applicationId"}
            return JSONResponse(said, 403)
        hits, page = int(asked.get("hits", 30)), int(asked.get("page", 1))
        if not 1 <= hits <= 30 or not 1 <= page <= 100:
            return JSONResponse({"error": "wrong_parameter", "error_description": "hits or page"}, 400)
        found = self._goods.find(asked.get("keyword", "*"))
        found = [it for it in found if asked.get("shopCode", it.seller) == it.seller]
        found = [it for it in found if asked.get("itemCode", _code(it)) == _code(it)]
        if not found:
            return JSONResponse({"error": "not_found", "error_description": "not found"}, 404)
        shown = found[(page - 1) * hits : page * hits]
        answer = {
            "count": len(found),
            "page": page,
            "hits": hits,
            "pageCount": min(-(-len(found) // hits), 100),
            "Items": [_rakuten(it, str(request.base_url)) for it in shown],
        }
        return JSONResponse(answer)


class AliExpressSandbox:
    """`aliexpress.affiliate.product.query` for one application."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str]) -> None:
        self._goods = goods
        self._key, self._secret = client

    @property
    def router(self) -> APIRouter:
        """Its route."""
        router = APIRouter()
        router.add_api_route("/sync", self.sync, methods=["POST"])
        return router

    async def sync(self, request: Request) -> Response:
        """The one method; errors come with status 200, as they do from AliExpress."""
        form = dict(parse_qsl((await request.body()).decode()))
        sign = form.pop("sign", "")
        told = "".join(f"{name}{form[name]}" for name in sorted(form))
        wanted = hmac.new(self._secret.encode(), told.encode(), hashlib.sha256).hexdigest().upper()
        if form.get("app_key") != self._key:
            return self._error("InvalidAppKey", "The specified App Key is invalid.")
        if not hmac.compare_digest(sign, wanted):
            return self._error("IncompleteSignature", "The request signature does not conform.")
        size, page = int(form["page_size"]), int(form["page_no"])
        found = self._goods.find(form["keywords"])
        shown = found[(page - 1) * size : page * size]
        told_of: dict[str, Any] = {"resp_code": 405, "resp_msg": "The result is empty"}
        if shown:
            products = [_aliexpress(it, str(request.base_url), form["target_currency"]) for it in shown]
            result = {
                "current_page_no": page,
                "current_record_count": len(shown),
                "total_record_count": len(found),
                "products": {"product": products},
            }
            told_of = {"resp_code": 200, "resp_msg": "Call succeeds", "result": result}
        return JSONResponse({"aliexpress_affiliate_product_query_response": {"resp_result": told_of}})

    def _error(self, code: str, message: str) -> Response:
        return JSONResponse({"error_response": {"type": "ISV", "code": code, "msg": message}})


class ShopeeSandbox:
    """`productOfferV2` for one application."""

    def __init__(self, goods: Shelf, *, client: tuple[str, str]) -> None:
        self._goods = goods
        self._app, self._secret = client

    @property
    def router(self) -> APIRouter:
        """Its route."""
        router = APIRouter()
        router.add_api_route("/graphql", self.graphql, methods=["POST"])
        return router

    async def graphql(self, request: Request) -> Response:
        """The one query; errors come with status 200, as GraphQL has it."""
        body = await request.body()
        signed = _SIGNED.fullmatch(request.headers.get("authorization", ""))
        app, seconds, signature = signed.groups() if signed else ("", "", "")
        told = f"{app}{seconds}".encode() + body + self._secret.encode()
        if app != self._app or not hmac.compare_digest(signature, hashlib.sha256(told).hexdigest()):
            error = {"message": "error [10020]: Invalid Signature", "extensions": {"code": 10020}}
            return JSONResponse({"errors": [error]})
        asked = (await request.json())["variables"]
        first = (asked["page"] - 1) * asked["limit"]
        found = self._goods.find(asked["keyword"])
        shown = found[first : first + asked["limit"]]
        page = {"page": asked["page"], "limit": asked["limit"]}
        offers = {
            "nodes": [_shopee(it, str(request.base_url)) for it in shown],
            "pageInfo": page | {"hasNextPage": first + asked["limit"] < len(found)},
        }
        return JSONResponse({"data": {"productOfferV2": offers}})


def _code(item: Item) -> str:
    return f"{item.seller}:{10_000_000 + item.number}"


def _rakuten(item: Item, base: str) -> dict[str, Any]:
    return {
        "itemCode": _code(item),
        "itemName": item.title,
        "itemCaption": item.description,
        "itemPrice": int(item.price * 150),
        "itemUrl": f"https://item.rakuten.example/{item.seller}/{item.number}/",
        "mediumImageUrls": [f"{url}?_ex=128x128" for url in item.pictures_at(base)],
        "availability": 1,
        "shopName": item.seller.title(),
        "shopCode": item.seller,
    }


def _aliexpress(item: Item, base: str, currency: str) -> dict[str, Any]:
    main, *others = item.pictures_at(base)
    return {
        "product_id": 1_005_000_000_000 + item.number,
        "product_title": item.title,
        "product_main_image_url": main,
        "product_small_image_urls": {"string": [main, *others]},
        "product_video_url": f"{base}pictures/{item.number}.mp4",
        "target_sale_price": f"{item.price:.2f}",
        "target_sale_price_currency": currency,
        "first_level_category_name": item.category,
        "second_level_category_name": item.brand,
        "shop_id": int(item.seller.removeprefix("seller-")),
        "shop_name": item.seller,
        "evaluate_rate": f"{item.rating}%",
    }


def _shopee(item: Item, base: str) -> dict[str, Any]:
    shop = int(item.seller.removeprefix("seller-"))
    return {
        "itemId": 20_000_000_000 + item.number,
        "productName": item.title,
        "productLink": f"https://shopee.example/product/{shop}/{20_000_000_000 + item.number}",
        "imageUrl": item.pictures_at(base)[0],
        "priceMin": f"{item.price:.2f}",
        "priceMax": f"{item.price:.2f}",
        "shopId": shop,
        "shopName": item.seller,
    }
