"""The sandbox as a server on this machine, or as an app that tests call without a socket."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response

from connectors.sandbox import (
    affiliates,
    amazon,
    amazon_creators,
    apify,
    brave,
    ebay,
    etsy,
    mercadolibre,
    serpapi,
    shops,
    walmart,
    walmart_marketplace,
)
from connectors.sandbox.catalogue import Catalogue
from connectors.sandbox.faults import Faults, Faulty
from connectors.sandbox.shelf import Shelf
from scoring.errors import SettingsError

CREDENTIALS = {
    "ebay": {"client_id": "sandbox", "client_secret": "sandbox-secret"},
    "amazon": {"client_id": "sandbox", "client_secret": "sandbox-secret", "refresh_token": "sandbox-refresh"},
    "amazon_creators": {
        "credential_id": "sandbox",
        "credential_secret": "sandbox-secret",
        "partner_tag": "sandbox-20",
    },
    "walmart_marketplace": {"client_id": "sandbox", "client_secret": "sandbox-secret"},
    "walmart": {
        "consumer_id": walmart.CONSUMER,
        "key_version": walmart.VERSION,
        "private_key": walmart.private_key_text(),
    },
    "etsy": {"keystring": "sandbox", "shared_secret": "sandbox-secret"},
    "mercadolibre": {"client_id": "sandbox", "client_secret": "sandbox-secret"},
    "rakuten": {"application_id": "sandbox", "access_key": "sandbox-key"},
    "aliexpress": {"app_key": "sandbox", "app_secret": "sandbox-secret", "tracking_id": "sandbox"},
    "shopee": {"app_id": "sandbox", "app_secret": "sandbox-secret"},
    "apify": {"token": "sandbox-token"},
    "google_shopping": {"api_key": "sandbox-key"},
    "google_lens": {"api_key": "sandbox-key"},
    "brave": {"subscription_token": "sandbox-token"},
}
"""What the sandbox's marketplaces accept; they protect nothing."""
PLATFORMS = (*CREDENTIALS, "shopify", "shop")
"""Everything that it plays."""

_SELLS = {"amazon_creators": "amazon", "walmart_marketplace": "walmart"}
"""Whose goods an interface shows, where it is not called after it."""
_SPARED = ("/pictures/", "/oauth2/token", "/o2/token", "/oauth/token", "/v3/token")
_START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Everything about it that a test may want to touch."""

    app: Faulty
    catalogue: Catalogue
    ebay: ebay.EbaySandbox
    amazon: amazon.AmazonSandbox
    apify: apify.ApifySandbox
    mercadolibre: mercadolibre.MercadoLibreSandbox
    shelves: Mapping[str, Shelf]
    """What each platform shows, by its name; both of `serpapi.com`'s share one, and so do shops."""


def build(catalogue: Catalogue, *, faults: Faults | None = None, depth: int = ebay.DEPTH) -> Sandbox:
    """Each marketplace below its own path, all of them selling the same goods; `depth` is eBay's."""
    app = FastAPI(title="Counterfoil's sandbox marketplace", openapi_url=None)
    goods = {name: Shelf(catalogue, faults, platform=_SELLS.get(name, name)) for name in PLATFORMS}
    goods["google_lens"], goods["shop"] = goods["google_shopping"], goods["shopify"]
    pair = ("sandbox", "sandbox-secret")
    searches = serpapi.SerpApiSandbox(goods["google_shopping"], key="sandbox-key")
    browse = ebay.EbaySandbox(goods["ebay"], client=pair, depth=depth)
    selling = amazon.AmazonSandbox(goods["amazon"], client=(*pair, "sandbox-refresh"))
    actors = apify.ApifySandbox(goods["apify"], token=CREDENTIALS["apify"]["token"])
    libre = mercadolibre.MercadoLibreSandbox(goods["mercadolibre"], client=pair)
    played = {
        "ebay": browse.router,
        "amazon": selling.router,
        "amazon_creators": amazon_creators.CreatorsSandbox(
            goods["amazon_creators"], client=(*pair, "sandbox-20")
        ).router,
        "walmart": walmart.WalmartSandbox(goods["walmart"]).router,
        "walmart_marketplace": walmart_marketplace.WalmartMarketplaceSandbox(
            goods["walmart_marketplace"], client=pair
        ).router,
        "google_shopping": searches.router,
        "google_lens": searches.router,
        "brave": brave.BraveSandbox(goods["brave"], token=CREDENTIALS["brave"]["subscription_token"]).router,
        "apify": actors.router,
        "etsy": etsy.EtsySandbox(goods["etsy"], key=":".join(pair)).router,
        "mercadolibre": libre.router,
        "rakuten": affiliates.RakutenSandbox(goods["rakuten"], keys=("sandbox", "sandbox-key")).router,
        "aliexpress": affiliates.AliExpressSandbox(goods["aliexpress"], client=pair).router,
        "shopee": affiliates.ShopeeSandbox(goods["shopee"], client=pair).router,
    }
    for name, router in played.items():
        app.include_router(router, prefix=f"/{name}")
    app.include_router(shops.ShopsSandbox(goods["shopify"]).router)

    @app.get("/pictures/{number}-{place}.jpg")
    def picture(number: int, place: int) -> Response:
        drawn = catalogue.picture(number, place)
        return Response(drawn, media_type="image/jpeg") if drawn else Response(status_code=404)

    faulty = Faulty(app, faults or Faults(), spared=_SPARED)
    return Sandbox(faulty, catalogue, browse, selling, actors, libre, goods)


def addresses(base: str) -> dict[str, str]:
    """Where each platform is, for `Access.addresses`, in a sandbox that serves at `base`."""
    return {platform: f"{base}/{platform}" for platform in PLATFORMS}


def settings_of(base: str) -> dict[str, dict[str, str]]:
    """What the settings' `connectors` must say for every platform of a sandbox that serves at `base`."""
    return {name: {"address": at} | CREDENTIALS.get(name, {}) for name, at in addresses(base).items()}


@contextmanager
def running(sandbox: Sandbox, *, port: int = 0) -> Iterator[str]:
    """Serve on the loopback address for as long as the block lasts; gives the server's address."""
    config = uvicorn.Config(sandbox.app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
    thread.start()
    ends = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > ends:
            raise SettingsError(f"port {port} cannot be served.", hint="Choose another with --port.")
        time.sleep(0.01)
    try:
        (socket,) = server.servers[0].sockets
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
