"""The scorer of the online path: one listing in, its verdict out, by the same funnel as the bulk path."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import cv2
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ray.serve.handle import DeploymentHandle

from cluster.allowance import Allowance
from cluster.encoder_plan import NO_ENCODER_HERE, place_of
from cluster.encoders import Prepared
from cluster.kill_switch import KillSwitchWatch
from cluster.measure import CHEAP, MOST_PICTURES
from cluster.metrics.definitions import PICTURES, STAGE_SECONDS
from cluster.metrics.meters import METERS
from cluster.metrics.verdicts import count_verdict
from cluster.paid.desk import PaidDesk
from cluster.session import assigned_cpus
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from deployments.admission import Turnstile
from deployments.answers import Admission, Readiness, Refused, Scored
from deployments.encoder_client import Asking, EncoderClient
from deployments.examination import Bench, Examination
from deployments.libraries import Held, Libraries
from deployments.media_desk import Answered, Asked, MediaDesk
from deployments.stopwatch import Stopwatch
from scoring.errors import CounterfoilError, RecipeError, SettingsError
from scoring.evidence import Verdict
from scoring.features import Features, FeatureValue, Unavailable
from scoring.funnel import Needs
from scoring.listing import Listing

logger = logging.getLogger(__name__)

_WAITING = 32
"""Threads that fetch, and ask paid services. They sleep nearly always; a listing has about ten pictures."""


class ScorerOptions(BaseModel):
    """`user_config` of the Scorer in serve.yaml; a change reaches running replicas without a restart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenants: int = Field(default=16, ge=1, description="libraries held at once; the least used go first")
    check_seconds: float = Field(
        default=3.0, ge=0, description="how long a change in the catalogue may go unnoticed"
    )
    encoder_seconds: float = Field(
        default=5.0, gt=0, description="how long a picture waits for the encoder before appearance abstains"
    )
    fetch_seconds: float = Field(
        default=20.0, gt=0, description="how long a listing's pictures are waited for"
    )
    pictures: int = Field(default=MOST_PICTURES, ge=1, description="pictures of a listing that are looked at")
    in_hand: int = Field(default=32, ge=1, description="decoded pictures held in memory at once")


class Scorer:
    """A replica: libraries, threads, and a way to the encoder."""

    def __init__(self, settings: Settings, encoder: DeploymentHandle[Any] | None = None) -> None:
        cv2.setNumThreads(1)  # one thread of ours per CPU; OpenCV's own would fight over them
        ledger = State(settings)  # opened first: it makes an embedded catalogue where there is none
        self._allowance = Allowance(
            lambda: ledger.catalog.usage,
            daily=settings.limits.image_similarity_daily,
            clock=ledger.catalog.clock,
        )
        self._state = State(settings, reads_only=True)
        self._state.catalog.tenants.names()  # a catalogue that does not open is told of before any request
        self._turnstile = Turnstile(KillSwitchWatch.of(settings), self._allowance)
        self._pictures = Pictures(PictureSpec(private_addresses=settings.private_addresses))
        self._waiting = ThreadPoolExecutor(_WAITING, thread_name_prefix="fetch")
        self._working = ThreadPoolExecutor(assigned_cpus(), thread_name_prefix="measure")
        self._desk = PaidDesk.of(settings)
        options = ScorerOptions()
        self._encoder = EncoderClient(encoder, timeout=options.encoder_seconds) if encoder else None
        self._libraries = Libraries(self._state, most=options.tenants, check_seconds=options.check_seconds)
        self._bench = self._fitted(options)
        self._media = MediaDesk(
            self._state,
            ledger,
            self._libraries,
            pictures=self._pictures,
            compare=self._compare,
            searching=self._turnstile,
            waiting=self._waiting,
            working=self._working,
            fetch_seconds=options.fetch_seconds,
        )

    async def reconfigure(self, user_config: dict[str, Any]) -> None:
        """Take over what serve.yaml says, and build the libraries that requests will ask for."""
        try:
            options = ScorerOptions.model_validate(user_config)
        except ValidationError as error:
            raise SettingsError(f"the Scorer's user_config cannot be used: {error}.") from error
        self._media.fetch_seconds = options.fetch_seconds
        self._libraries.most, self._libraries.check_seconds = options.tenants, options.check_seconds
        self._bench = self._fitted(options)
        if self._encoder is not None:
            self._encoder.timeout = options.encoder_seconds
        for tenant in (await self._libraries.tenants())[: options.tenants]:
            try:
                await self._libraries.get(tenant)
            except CounterfoilError as error:
                logger.warning("tenant %s cannot be served as it stands: %s", tenant, error)

    def _fitted(self, options: ScorerOptions) -> Bench:
        return Bench(
            pictures=self._pictures,
            desk=self._desk,
            switch=self._turnstile.switch,
            waiting=self._waiting,
            working=self._working,
            in_hand=asyncio.Semaphore(options.in_hand),
            fetch_seconds=options.fetch_seconds,
            most_pictures=options.pictures,
        )

    async def score(
        self, tenant: str | None, listing: Listing, remarks: tuple[str, ...] = ()
    ) -> Scored | Refused:
        """The verdict on a listing against what a tenant protects; a catalogue of one need not name it.

        `remarks` say what was left out of the listing before; they come first in the answer's `errors`.
        """
        watch = Stopwatch()
        with watch("library"):
            held = await self._libraries.asked_for(tenant)
        if isinstance(held, Refused):
            return held
        library = held.library
        if not library.brands:
            return Refused(
                "nothing_protected",
                f"tenant {library.tenant!r} protects no brand yet.",
                f"Import one: counterfoil brand import DIR --tenant {library.tenant}.",
            )
        examination = Examination(
            listing,
            held.seen,
            bench=self._bench,
            compare=partial(self._compare, held, library.encoders.model(place_of(listing))),
            watch=watch,
        )
        funnel = held.funnels.at(place_of(listing))
        judge = partial(funnel.judge, listing, library.brands, tenant=library.tenant)
        asked: frozenset[str] = frozenset()
        admission: Admission | None = None
        while True:
            with watch("judge"):
                answer = await self._off_the_loop(judge, examination.features)
            if not isinstance(answer, Needs):
                errors = (*remarks, *examination.errors)
                admission = await self._turnstile.told(admission, examination, library.tenant)
                scored = Scored.of(answer, admission, errors=errors, timings_ms=watch.timings_ms())
                _count(scored, examination)
                return scored
            if answer.features <= asked:
                raise RecipeError(
                    f"recipe {funnel.recipe.id} needs {', '.join(sorted(answer.features))}, "
                    "which nothing here measures.",
                    hint="Take the signals that need it out of the recipe.",
                )
            asked |= answer.features
            await examination.look()
            if admission is None and answer.features - CHEAP:
                with watch("admit"):
                    passed = await self._turnstile.admit(
                        examination, library.tenant, otherwise=held.without_pictures
                    )
                if isinstance(passed, Refused):
                    return passed
                admission = passed
            await examination.measure(answer.features)

    async def search(self, tenant: str | None, wanted: Asked) -> Answered:
        """The references and indexed media that a picture is like."""
        return await self._media.search(tenant, wanted)

    async def index_media(self, tenant: str | None, source: str, name: str) -> Answered:
        """Keep a picture to be found by searches."""
        return await self._media.index(tenant, source, name)

    async def forget_media(self, tenant: str | None, identifier: str) -> Answered:
        """Delete an indexed picture; see `MediaDesk`."""
        return await self._media.forget(tenant, identifier)

    async def groups(self, tenant: str | None, most: int) -> Answered:
        """Indexed media that are the same picture."""
        return await self._media.groups(tenant, most)

    def __del__(self) -> None:
        """A replica that is stopped gives back the units that it did not spend; Serve calls this then."""
        allowance: Allowance | None = getattr(self, "_allowance", None)  # none where it failed to start
        if allowance is not None:
            allowance.close()
        media: MediaDesk | None = getattr(self, "_media", None)
        if media is not None:
            media.close()

    async def ready(self) -> Readiness:
        """Whether the catalogue opens and, where an encoder is configured, it is loaded and warm."""
        reasons = []
        try:
            await self._libraries.tenants()
        except CounterfoilError as error:
            reasons.append(str(error))
        key = await self._encoder.key() if self._encoder else None
        if isinstance(key, Unavailable):
            reasons.append(key.reason)
            key = None
        return Readiness(ready=not reasons, reasons=tuple(reasons), encoder=key)

    async def _compare(self, held: Held, model: str | None, picture: Prepared) -> FeatureValue:
        if model is None:
            return NO_ENCODER_HERE
        if self._encoder is None:
            return Unavailable(
                "no encoder is deployed beside this scorer: start it again", because="not_set_up"
            )
        return await self._encoder.compare(Asking(held.library.tenant, held.stamp, model), picture)

    async def _off_the_loop(
        self, judge: Callable[[Features], Verdict | Needs], features: Features
    ) -> Verdict | Needs:
        """Judge in a worker's thread: matching names in a megabyte of description takes a while."""
        return await asyncio.get_running_loop().run_in_executor(self._working, judge, features)


def _count(scored: Scored, examination: Examination) -> None:
    count_verdict(METERS, scored, examination.features, path="online")
    for stage, spent in scored.timings_ms.items():
        METERS.observe(STAGE_SECONDS, spent / 1000, stage=stage)
    for outcome, number in examination.outcomes.items():
        METERS.add(PICTURES, number, path="online", outcome=outcome)
