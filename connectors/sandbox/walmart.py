"""Walmart's affiliate API over the sandbox's goods: https://walmart.io/docs/affiliate/search."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from connectors.sandbox.catalogue import Item
from connectors.sandbox.shelf import Shelf

CONSUMER, VERSION = "sandbox", "1"
_P, _Q = (
    int(
        "da31bdb45ba9804dbb868fd24d5b31a975e84a7b8374343050c8697fb7f1af73778fdc5e0f4c9dab95f3f52d"
        "9004744ae0834819eda1bf0bb4cbc218c152dd4e4d2cdc1c26876e59769165bdc5d63b5c1a3984cdb272b882"
        "cb7a443344dc15c120affd4937b45c4f395ae6c1f9b8cf6207a569fdfc76df57168925bf2a7b6973",
        16,
    ),
    int(
        "c5c3c1d2e2919144cc863d49dbf4f18dc5f3edf4df9b019c0da6b5a3d07dcf4d28d88ee3b0815fef35ff049b"
        "b35f1ac17a8aac2666e2eade645b2ca0535a412805a5cdf782af6b586d5bb6ae399654a5ec6458193d8f47ab"
        "1351c759652f3d630a2295b204610ac4bdec7b013376f789ac3fab893b2f47f0f681dba05d3758fb",
        16,
    ),
)
_MINUTES = 5.0
"""For which a signature is good."""
_PATH = "/api-proxy/service/affil/product/v2"


def private_key() -> RSAPrivateKey:
    """The sandbox's one key, known to everybody: it signs for nothing else."""
    public = RSAPublicNumbers(65537, _P * _Q)
    d = pow(public.e, -1, (_P - 1) * (_Q - 1))
    exponents = (d % (_P - 1), d % (_Q - 1), pow(_Q, -1, _P))
    return RSAPrivateNumbers(_P, _Q, d, *exponents, public).private_key()


def private_key_text() -> str:
    """The key as a client's settings have it: base64 of PKCS #8, in one line."""
    der = private_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(der).decode()


class WalmartSandbox:
    """The API for one consumer."""

    def __init__(self, goods: Shelf, *, clock: Callable[[], datetime] | None = None) -> None:
        """`clock` is the wall clock, against which signatures grow old."""
        self._goods = goods
        self._clock = clock or (lambda: datetime.now(UTC))
        self._key = private_key().public_key()

    @property
    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter()
        router.add_api_route(f"{_PATH}/search", self.search)
        router.add_api_route(f"{_PATH}/items", self.items)
        return router

    async def search(self, request: Request) -> Response:
        """A page of a search."""
        if refusal := self._refusal(request):
            return refusal
        asked = request.query_params
        start, size = int(asked.get("start", 1)), int(asked.get("numItems", 10))
        if not 1 <= size <= 25 or not 1 <= start <= 1000:
            return _error(400, 4001, "Invalid start or numItems")
        found = self._goods.find(asked["query"])
        shown = found[start - 1 : start - 1 + size]
        page: dict[str, Any] = {
            "query": asked["query"],
            "sort": "relevance",
            "responseGroup": "full",
            "totalResults": len(found),
            "start": start,
            "numItems": len(shown),
            "items": [_item(it, str(request.base_url)) for it in shown],
        }
        return JSONResponse(page)

    async def items(self, request: Request) -> Response:
        """A look-up by ids."""
        if refusal := self._refusal(request):
            return refusal
        ids = [one for one in request.query_params.get("ids", "").split(",") if one]
        if not 1 <= len(ids) <= 20:
            return _error(400, 4003, "Between 1 and 20 ids can be looked up")
        known = (self._goods.item(int(one) - 5_000_000) for one in ids if one.isdigit())
        found = [_item(it, str(request.base_url)) for it in known if it]
        return JSONResponse({"items": found}) if found else _error(404, 4002, "Invalid itemId")

    def _refusal(self, request: Request) -> Response | None:
        said = [
            request.headers.get(name, "")
            for name in ("WM_CONSUMER.ID", "WM_CONSUMER.INTIMESTAMP", "WM_SEC.KEY_VERSION")
        ]
        signed = "".join(f"{value}\n" for value in said).encode()
        try:
            signature = base64.b64decode(request.headers.get("WM_SEC.AUTH_SIGNATURE", ""), validate=True)
            self._key.verify(signature, signed, PKCS1v15(), hashes.SHA256())
            age = self._clock().timestamp() - int(said[1]) / 1000
        except (InvalidSignature, binascii.Error, ValueError):
            return _refused("Could not authenticate the client")
        if (said[0], said[2]) != (CONSUMER, VERSION):
            return _refused("Unknown consumer or key version")
        return _refused("timestamp expired") if abs(age) > 60 * _MINUTES else None


def _refused(said: str) -> Response:
    return JSONResponse({"details": {"Description": said}}, 401)


def _error(status: int, code: int, message: str) -> Response:
    return JSONResponse({"errors": [{"code": code, "message": message}]}, status)


def _item(item: Item, base: str) -> dict[str, Any]:
    pictures = item.pictures_at(base)
    entities = [
        {"largeImage": f"{url}?odnHeight=450", "entityType": "PRIMARY" if place == 0 else "SECONDARY"}
        for place, url in enumerate(pictures)
    ]
    return {
        "itemId": 5_000_000 + item.number,
        "name": item.title,
        "salePrice": float(item.price),
        "currency": item.currency,
        "upc": item.gtin,
        "categoryPath": f"Home Page/{item.category}",
        "longDescription": f"&lt;p&gt;{item.description}&lt;/p&gt;",
        "brandName": item.brand,
        "largeImage": f"{pictures[0]}?odnHeight=450",
        "imageEntities": entities,
        "marketplace": True,
        "sellerInfo": item.seller,
        "stock": "Available" if item.stock is None or item.stock > 3 else "Last few items",
        "availableOnline": True,
    }
