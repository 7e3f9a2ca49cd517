"""SerpApi's Google Shopping and Google Lens over the sandbox's goods: https://serpapi.com."""

import re
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

PAGE = 40
_MATCHES = 60
_PICTURE = re.compile(r"/pictures/(\d+)-\d+\.jpg")


class SerpApiSandbox:
    """The API for one key."""

    def __init__(self, goods: Shelf, *, key: str) -> None:
        self._goods = goods
        self._key = key

    @property
    def router(self) -> APIRouter:
        """Its route."""
        router = APIRouter()
        router.add_api_route("/search", self.search)
        router.add_api_route("/account", self.account)
        return router

    async def account(self, request: Request) -> Response:
        """The plan, which nobody is charged for asking."""
        if request.query_params.get("api_key") != self._key:
            return JSONResponse({"error": "Invalid API key."}, 401)
        return JSONResponse({"plan_name": "Sandbox Plan", "total_searches_left": 100})

    async def search(self, request: Request) -> Response:
        """A page of an engine's results."""
        asked = request.query_params
        if asked.get("api_key") != self._key:
            said = "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key"
            return JSONResponse({"error": said}, 401)
        if asked.get("engine") == "google_lens":
            return self._lens(request)
        if asked.get("engine") != "google_shopping":
            return JSONResponse({"error": f"Unsupported `{asked.get('engine')}` search engine."}, 400)
        start = int(asked.get("start", 0))
        found = self._goods.find(asked["q"])
        shown = found[start : start + PAGE]
        page: dict[str, Any] = {"search_metadata": {"status": "Success"}}
        if not shown:
            return JSONResponse(page | {"error": "Google hasn't returned any results for this query."})
        base = str(request.base_url)
        page["shopping_results"] = [_result(it, base, place) for place, it in enumerate(shown, start=1)]
        if start + PAGE < len(found):
            again = {"engine": "google_shopping", "q": asked["q"], "start": start + PAGE}
            page["serpapi_pagination"] = {"next": f"{request.url.replace(query=urlencode(again))}"}
        return JSONResponse(page)

    def _lens(self, request: Request) -> Response:
        """Exactly: the goods whose picture it is. Alike: those of its sort, or all for a picture of none."""
        asked = request.query_params
        kind = asked.get("type", "visual_matches")
        picture = _PICTURE.search(asked["url"])
        shown = self._goods.item(int(picture[1])) if picture else None
        if kind == "exact_matches":
            found = [shown] if shown else []
        else:
            found = self._goods.find(" ".join(shown.title.split()[:2]) if shown else "*")
        page: dict[str, Any] = {"search_metadata": {"status": "Success"}}
        if not found:
            return JSONResponse(page | {"error": "Google hasn't returned any results for this query."})
        base = str(request.base_url)
        page[kind] = [_match(it, base, place) for place, it in enumerate(found[:_MATCHES], start=1)]
        return JSONResponse(page)


def _match(item: Item, base: str, place: int) -> dict[str, Any]:
    return {
        "position": place,
        "title": item.title,
        "link": f"{base}goods/{item.number}",
        "source": item.seller,
        "thumbnail": f"{item.pictures_at(base)[0]}?small",
        "image": item.pictures_at(base)[0],
    }


def _result(item: Item, base: str, place: int) -> dict[str, Any]:
    used = {"second_hand_condition": "used"} if item.condition == "used" else {}
    return {
        "position": place,
        "title": item.title,
        "product_link": f"https://www.google.example/shopping/product/{9_000_000 + item.number}",
        "product_id": str(9_000_000 + item.number),
        "source": item.seller,
        "price": f"${item.price:.2f}",
        "extracted_price": float(item.price),
        "snippet": item.description,
        "thumbnail": item.pictures_at(base)[0],
        **used,
    }
