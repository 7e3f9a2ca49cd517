"""The API in this process, over a real record store and a scorer that measures nothing."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx

from catalog.keys import KeyTerms
from cluster.allowance import Allowance
from cluster.kill_switch import KillSwitchWatch
from cluster.pepper import pepper_of
from cluster.settings import Settings
from cluster.sources import Pictures as PicturesOutside
from cluster.sources import PictureSpec
from cluster.state import State
from deployments.admission import Turnstile
from deployments.answers import Readiness, Refused, Scored, unknown_tenant
from deployments.api import make_api
from deployments.libraries import Libraries
from deployments.media_desk import MediaDesk
from scoring.evidence import Verdict

VERDICT = Verdict(
    tenant="", platform="shop", listing_id="1", tier=4, score=0.0, route="none", rule="nothing found",
    brand=None, subject=None, seller_authorised=False, exemption=None, reference_id=None,
    contributions=(), abstentions=(), recipe_version="default@1", encoder=None,
)  # fmt: skip


class Pictures:
    """As much of an examination as an admission looks at: one picture, known or new."""

    def __init__(self, *, known):
        self.readable = 1
        self.cached = int(known)
        self.halted = ()
        self.withheld = None

    def withhold(self, why):
        self.withheld = why


class Fetched(PicturesOutside):
    """Pictures of a marketplace that is a dictionary; everything else goes the guarded way."""

    def __init__(self, spec):
        super().__init__(spec)
        self.shop = {}

    def fetch(self, source):
        return self.shop[source] if source in self.shop else super().fetch(source)


class FakeScorer:
    """Admits every listing as a replica does; one whose id begins with "known" was measured lately."""

    def __init__(self, settings: Settings):
        self.state = State(settings)
        daily = settings.limits.image_similarity_daily
        self.allowance = Allowance(lambda: self.state.catalog.usage, daily=daily)
        self.turnstile = Turnstile(KillSwitchWatch.of(settings), self.allowance)
        self.score = Remote(self._score)
        self.threads = ThreadPoolExecutor(4)
        self.pictures = Fetched(PictureSpec(private_addresses=False))
        self.desk = MediaDesk(
            State(settings, reads_only=True),
            self.state,
            Libraries(self.state, most=4, check_seconds=0),
            pictures=self.pictures,
            compare=self._compare,
            searching=self.turnstile,
            waiting=self.threads,
            working=self.threads,
            fetch_seconds=5,
        )
        self.search = Remote(self.desk.search)
        self.index_media = Remote(self.desk.index)
        self.forget_media = Remote(self.desk.forget)
        self.groups = Remote(self.desk.groups)
        self.ready = Remote(self._ready)
        self.measured = 0

    async def _score(self, tenant, listing, remarks):
        catalog = self.state.catalog
        if tenant is None:
            return Refused("tenant_not_named", "two tenants, and none is named.", "Name one.")
        if tenant not in catalog.tenants.names():
            return unknown_tenant(tenant)
        pictures = Pictures(known=listing.listing_id.startswith("known"))
        passed = await self.turnstile.admit(
            pictures, tenant, otherwise=catalog.tenants.without_pictures(tenant)
        )
        if isinstance(passed, Refused):
            return passed
        self.measured += pictures.withheld is None
        passed = await self.turnstile.told(passed, pictures, tenant)
        return Scored.of(replace(VERDICT, tenant=tenant), passed, errors=remarks, timings_ms={})

    async def _ready(self):
        return Readiness(ready=True, reasons=(), encoder=None)

    async def _compare(self, *_):
        raise AssertionError("no encoder is configured")

    def close(self):
        self.allowance.close()
        self.desk.close()
        self.threads.shutdown()
        self.state.catalog.close()


class Remote:
    """A method of a deployment's handle."""

    def __init__(self, method):
        self.remote = method


class Front:
    """A record store with two tenants, a scorer, and the API over them."""

    def __init__(self, settings: Settings, *, open_access=False):
        self.settings = settings
        self.catalog = State(settings).catalog
        for tenant in ("acme", "rival"):
            self.catalog.tenants.ensure(tenant)
        self.scorer = FakeScorer(settings)
        self.api = make_api(self.scorer, settings, open_access=open_access)

    def key(self, tenant="acme", role="scorer", **more):
        """A new key's text."""
        terms = KeyTerms(tenant=tenant, role=role, **more)
        return self.catalog.keys.make(terms, by="ada", pepper=pepper_of(self.settings))[1]

    def close(self):
        self.scorer.close()
        self.catalog.close()

    @asynccontextmanager
    async def client(self, key=None, *, base_url="http://127.0.0.1"):
        transport = httpx.ASGITransport(self.api, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers) as client:
            yield client

    def ask(self, method, path, *, key=None, base_url="http://127.0.0.1", **more):
        """One answer."""

        async def asked():
            async with self.client(key, base_url=base_url) as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())
