"""Changing a tenant's encoder: what it will take, the references embedded anew, and only then the change."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from catalog.adapters import AdapterName
from catalog.encoder_choices import Place
from catalog.vectors import VectorIndex
from cluster.encoder_plan import EncoderPlan
from cluster.encoders import Embedder, Embedders
from cluster.library import reference_pictures
from cluster.state import State
from scoring.errors import RowError, SettingsError
from vision.known_models import full_name

_SAMPLE = 8
"""References embedded to find out how fast it goes: a second at most on two cores by a ViT-B-32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of encoder before it is made."""

    tenant: str
    place: Place
    model: str
    before: str | None
    """What compares pictures there now."""
    references: int
    missing: int
    """References that this encoder has not embedded yet."""
    seconds: float
    """How long embedding those will take, by the rate of a few of them."""
    calibrated: bool


class Switch:
    """One change under way. Until `make` is done, everything goes on with the encoder of before."""

    def __init__(
        self,
        state: State,
        vectors: VectorIndex,
        *,
        embedders: Embedders | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._state = state
        self._embedders = embedders or Embedders(state.settings, vectors)
        self._clock = clock

    def plan(self, tenant: str, model: str, place: Place) -> tuple[Change, Embedder]:
        """Load the encoder and say what using it will take; `SetupError` kinds where it cannot be used."""
        name = full_name(model)
        adapted = AdapterName.parse(name)
        if adapted is not None and adapted.tenant != tenant:
            raise SettingsError(
                f"{name} was learned from another tenant's decisions.",
                hint=f"Learn one of {tenant}'s own: counterfoil learn adapter --tenant {tenant}.",
            )
        plan = EncoderPlan.of(self._state, tenant)
        embedder = self._embedders.of(name)
        references = [it.id for it in self._state.catalog.references.of(tenant)]
        missing = embedder.missing(tenant, references)
        own = any(it.encoder == embedder.key for _, it in plan.calibrations)
        change = Change(
            tenant=tenant,
            place=place,
            model=name,
            before=plan.model(place),
            references=len(references),
            missing=len(missing),
            seconds=len(missing) * self._seconds_each(tenant, embedder, set(missing)),
            calibrated=own or embedder.calibration is not None,
        )
        return change, embedder

    def make(
        self,
        change: Change,
        embedder: Embedder,
        *,
        by: str,
        tell: Callable[[int, int], None] = lambda *_: None,
    ) -> None:
        """Embed the references, then use the encoder from now on."""
        embedder.keep_references(change.tenant, reference_pictures(self._state, change.tenant), tell=tell)
        self._state.catalog.encoder_choices.use(
            change.tenant, change.place, model=change.model, key=embedder.key, by=by
        )

    def _seconds_each(self, tenant: str, embedder: Embedder, missing: set[str]) -> float:
        """Of a few references, read, prepared and embedded; the second time, for the first one is slower."""
        some = [picture for id_, picture in reference_pictures(self._state, tenant) if id_ in missing]
        taken = 0.0
        for _ in range(2):
            begun = self._clock()
            ready = []
            for picture in some[:_SAMPLE]:
                try:
                    ready.append(embedder.encoder.prepare(picture().pixels))
                except RowError:
                    continue  # `keep_references` leaves it out too; here it only costs time
            embedder.encoder.embed(ready)
            taken = self._clock() - begun
        return taken / max(1, min(len(some), _SAMPLE))


def drop_choice(state: State, tenant: str, place: Place) -> str | None:
    """Take a choice back; what compares pictures there from now on. `SettingsError` where there was none."""
    if not state.catalog.encoder_choices.drop(tenant, place):
        raise SettingsError(
            f"tenant {tenant!r} has chosen no encoder there.",
            hint="See which it has: counterfoil models list.",
        )
    return EncoderPlan.of(state, tenant).model(place)
