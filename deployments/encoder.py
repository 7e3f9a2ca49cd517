"""A replica of the encoder: pictures from every scorer, embedded in batches, and their nearest references."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cluster.encoder_plan import EncoderPlan, chosen_models
from cluster.encoders import Embedded, Embedders, Prepared
from cluster.kill_switch import KillSwitchWatch
from cluster.library import Owner, owners_of, reference_pictures
from cluster.measure import reason
from cluster.metrics.definitions import STAGE_SECONDS
from cluster.metrics.meters import METERS
from cluster.metrics.verdicts import count_batch, count_measured
from cluster.session import assigned_cpus
from cluster.settings import Settings
from cluster.state import State
from cluster.vectors import open_vectors
from deployments.batching import Batches
from deployments.encoder_client import Asking
from scoring.errors import SettingsError
from scoring.features import APPEARANCE, Unavailable

logger = logging.getLogger(__name__)


class EncoderOptions(BaseModel):
    """`user_config` of the EncoderReplica in serve.yaml; a change reaches running replicas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch: int = Field(default=16, ge=1, description="pictures through the model at once, at most")
    wait_seconds: float = Field(default=0.01, ge=0, description="how long a picture waits for company")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A tenant whose references are in a model's index, all of them and no others."""

    tenant: str
    model: str
    owners: dict[str, Owner]
    stamp: str
    """The catalogue's stamp that this was true of."""


class EncoderReplica:
    """The tenants' models in memory: any replica answers for any of them, and loads what it lacks.

    It is ready once it has embedded something by each and every tenant is enrolled.
    """

    def __init__(self, settings: Settings) -> None:
        torch.set_num_threads(assigned_cpus())
        self._state = State(settings, reads_only=True)
        sizes = EncoderOptions()
        self._batches = Batches(self._compare_each, most=sizes.batch, wait_seconds=sizes.wait_seconds)
        self._switch = KillSwitchWatch.of(settings)
        self._embedders = Embedders(settings, open_vectors(settings))
        self._enrolled: dict[tuple[str, str], Enrolled] = {}
        self._enrolling: dict[tuple[str, str], asyncio.Task[Enrolled]] = {}
        self._key = self._warm_up()

    def _warm_up(self) -> str | None:
        """Have the models that will be asked for ready; the key of the settings', or of the first chosen."""
        models = chosen_models(self._state)[: self._state.settings.encoders_held]
        keys = []
        for model in models:
            embedder = self._embedders.of(model)
            encoder = embedder.encoder
            encoder.embed([encoder.prepare(np.zeros((64, 64, 3), np.uint8))])
            keys.append(embedder.key)
        for tenant in self._state.catalog.tenants.names():
            if self._switch.stops_measuring(tenant, APPEARANCE) is not None:
                continue  # it is enrolled by its first picture, when it may be
            for model in EncoderPlan.of(self._state, tenant).models:
                if model in models:
                    self._enrolled[tenant, model] = self._enrol(tenant, model)
        return next(iter(keys), None)

    def reconfigure(self, user_config: dict[str, Any]) -> None:
        """Take over what serve.yaml says."""
        try:
            options = EncoderOptions.model_validate(user_config)
        except ValidationError as error:
            raise SettingsError(f"the EncoderReplica's user_config cannot be used: {error}.") from error
        self._batches.most, self._batches.wait_seconds = options.batch, options.wait_seconds

    async def key(self) -> str | None:
        """The key of the settings' encoder, or of the first chosen one, as verdicts name it."""
        return self._key

    async def compare(self, asking: Asking, picture: Prepared) -> Embedded:
        """A picture's nearest references among a tenant's, as of the catalogue's stamp or later.

        Whatever fails is said in the answer: a model's or an index's failure makes a signal abstain.
        """
        try:
            stopped = await asyncio.to_thread(self._switch.stops_measuring, asking.tenant, APPEARANCE)
            if stopped is not None:
                return Embedded(stopped, cached=False)
            enrolled = self._enrolled.get((asking.tenant, asking.model))
            if enrolled is None or enrolled.stamp != asking.stamp:
                enrolled = await asyncio.shield(self._renewed(asking.tenant, asking.model))
            answer: Embedded = await self._batches.handle((picture, enrolled))
        except Exception as error:  # noqa: BLE001 - see above
            return Embedded(Unavailable(reason(error)), cached=False)
        return answer

    def _compare_each(self, wanted: list[tuple[Prepared, Enrolled]]) -> list[Embedded]:
        """Each model's pictures through it at once, answered in the order they came."""
        begun = time.perf_counter()
        answers: dict[int, Embedded] = {}
        for model in dict.fromkeys(enrolled.model for _, enrolled in wanted):
            here = [number for number, (_, enrolled) in enumerate(wanted) if enrolled.model == model]
            found = self._embedders.of(model).compare_each([wanted[number] for number in here])
            answers |= dict(zip(here, found, strict=True))
        METERS.observe(STAGE_SECONDS, time.perf_counter() - begun, stage="encode")
        count_batch(METERS, len(wanted), most=self._batches.most, path="online")
        for it in answers.values():
            if not isinstance(it.matches, Unavailable):  # whoever asked counts what failed
                count_measured(METERS, APPEARANCE, it.matches, path="online", known=it.cached)
        return [answers[number] for number in range(len(wanted))]

    def _renewed(self, tenant: str, model: str) -> asyncio.Task[Enrolled]:
        """The one task that enrols this tenant with this model now."""
        task = self._enrolling.get((tenant, model))
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(self._enrol, tenant, model))
            self._enrolling[tenant, model] = task
            task.add_done_callback(lambda done: self._finish(tenant, model, done))
        return task

    def _finish(self, tenant: str, model: str, done: asyncio.Task[Enrolled]) -> None:
        del self._enrolling[tenant, model]
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._enrolled[tenant, model] = done.result()
        else:
            logger.warning("the references of tenant %s could not be embedded: %s", tenant, error)

    def _enrol(self, tenant: str, model: str) -> Enrolled:
        stamp = self._state.stamp(tenant)
        known = self._enrolled.get((tenant, model))
        if known is not None and known.stamp == stamp:
            return known  # it is the scorer that has not noticed yet
        owners = owners_of(self._state.catalog.references.of(tenant))
        self._embedders.of(model).keep_references(tenant, reference_pictures(self._state, tenant))
        return Enrolled(tenant, model, owners, stamp)
