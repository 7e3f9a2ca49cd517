"""An adapter from a tenant's decisions or labelled pairs: fitted to one half, measured on the other."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from catalog.adapters import AdapterName, NewAdapter, StoredAdapter, encoder_of
from catalog.encoder_choices import Place
from cluster.encoder_plan import EVERYWHERE, EncoderPlan
from cluster.encoder_use import Switch
from cluster.encoders import Embedder, Embedders, load_adapter
from cluster.state import State
from pipelines.evaluate import Interval
from pipelines.learning.comparison import TOLERATED, Change, changed_by, resampled, share
from pipelines.learning.fit import Array
from pipelines.learning.halves import divided, shortfalls
from pipelines.learning.pairs import Pair, decided, grouped, labelled
from pipelines.learning.projection import Projected, Told, fit_projection, odds_of
from pipelines.learning.ranking import Ranking
from scoring.errors import CatalogError, EncoderError, SettingsError
from vision import calibrating
from vision.adapter import Adapter
from vision.calibration import Calibration

_PRIOR = 0.5
"""How often pairs asked about are the same, where no calibration of before says."""

_GAIN = 0.001
"""Nats a pair by which the log loss must surely fall: an adapter drawn to nothing changes it by less than
half of that, in one direction, which resamples call sure (adopted 4 times in 10 with labels by lot)."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """One encoder on the held-out pairs."""

    encoder: str
    log_loss: float
    """Nats a pair, by log-odds that were fitted on other pairs."""
    precision: Interval
    """Of the pairs that they call the same product, those that are."""
    recall: Interval
    """Of the pairs that are, those that they call so."""
    right_first: Interval
    """Of the pairs that are, those whose product comes first among the references of all pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedAdapter:
    """What the pairs come to. Nothing of it is in use."""

    tenant: str
    place: Place
    model: str
    """The encoder's name."""
    before: str
    """What compares pictures there now."""
    adapter: Adapter
    calibration: Calibration | None
    """Fitted to the held-out pairs, for on its own an adapter is too sure; None where it did not win."""
    ridge: float
    fitted_to: int
    held_out: int
    groups: int
    """Among the held-out pairs, those that share no seller and no picture."""
    left_out: dict[str, int]
    present: Stood
    candidate: Stood
    changes: dict[str, Change]

    against: tuple[str, ...]
    """Why it may not be adopted; nothing where it may."""

    def to_json(self) -> dict[str, Any]:
        """Everything but the numbers of the projection, for a program."""
        told = {name: getattr(self, name) for name in ("model", "before", "ridge", "fitted_to", "held_out")}
        return told | {
            "key": self.adapter.key,
            "groups": self.groups,
            "left_out": self.left_out,
            "present": asdict(self.present),
            "candidate": asdict(self.candidate),
            "changes": {name: asdict(it) for name, it in self.changes.items()},
            "against": list(self.against),
        }

    def to_text(self) -> str:
        """Everything, for a person."""
        lines = [
            f"Fitted to {self.fitted_to} pairs.",
            *(f"Left out: {count} with {why}." for why, count in self.left_out.items()),
            f"\nOn {self.held_out} held-out pairs in {self.groups} groups, none of which it was fitted to:",
            f"{'':<12}{'now':>26}{'adapted':>26}  change (95 % interval)",
        ]
        for name in ("log_loss", "precision", "recall", "right_first"):
            now, then = (getattr(it, name) for it in (self.present, self.candidate))
            shown = [f"{it:.4f}" if isinstance(it, float) else str(it) for it in (now, then)]
            lines.append(f"{name.replace('_', ' '):<12}{shown[0]:>26}{shown[1]:>26}  {self.changes[name]}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be learned from."""

    tenant: str
    place: Place = EVERYWHERE
    pairs: Path | None = None
    """A file of labelled pairs; None: the tenant's standing decisions."""


def learn_adapter(
    state: State, embedders: Embedders, lesson: Lesson, *, tell: Tell = lambda *_: None
) -> LearnedAdapter:
    """Fit an adapter for the encoder that compares pictures there, and measure it; nothing is put to use.

    What is in use there now, with or without an adapter, is what it is compared with. Raises `CatalogError`
    below the floor of pairs.
    """
    tenant, place, pairs = lesson.tenant, lesson.place, lesson.pairs
    plan = EncoderPlan.of(state, tenant)
    before = plan.model(place)
    if before is None:
        raise SettingsError(
            f"tenant {tenant!r} has no encoder to adapt.", hint="Choose one: counterfoil models use."
        )
    model = encoder_of(before)
    embedder = embedders.of(model)
    gathered = (
        labelled(pairs, embedder, tell=tell)
        if pairs is not None
        else decided(state, tenant, place, embedder, before)
    )
    known = grouped(gathered.pairs)
    earlier, later = _halves(known, tenant, dict(gathered.left_out))
    taught, held = Told.of(earlier), Told.of(later)
    made = fit_projection(taught, base=embedder.encoder.key)
    name = AdapterName.parse(before)
    now = None if name is None else load_adapter(state.settings, name)
    present, candidate, changes, against = measured(now, made, held, taught=taught)
    return LearnedAdapter(
        tenant=tenant,
        place=place,
        model=model,
        before=before,
        adapter=made.adapter,
        calibration=None if against else _calibration(made.adapter, held, _prior(plan, embedder, place)),
        ridge=made.ridge,
        fitted_to=len(earlier),
        held_out=len(later),
        groups=len(set(held.groups.tolist())),
        left_out=dict(gathered.left_out),
        present=present,
        candidate=candidate,
        changes=changes,
        against=against,
    )


def measured(
    now: Adapter | None, made: Projected, held: Told, *, taught: Told
) -> tuple[Stood, Stood, dict[str, Change], tuple[str, ...]]:
    """What is in use and a candidate on the held-out pairs, the changes, and what speaks against it.

    Of the pairs that it was `taught` only the references count: held-out pictures are looked for among them
    too. An adapter may tell pairs from strangers better and siblings worse, so that the wrong one of them
    comes first: where it does on these pairs, or may by more than what is tolerated, it is not adopted.
    """
    ranking = Ranking.of(held, (taught, held))
    present, candidate = (_Judged.of(it, held, ranking) for it in (now, made.adapter))
    changes = _changes(present, candidate, held)
    loss = changes["log_loss"]
    higher = [f"its log loss is not surely lower by {_GAIN} or more: {loss}"] if loss.high >= -_GAIN else []
    lower = [
        f"{name} may fall by more than {TOLERATED}: {changes[name]}"
        for name in ("precision", "recall")
        if changes[name].low < -TOLERATED
    ]
    first = changes["right_first"]
    if first.by < 0 or first.low < -TOLERATED:
        lower.append(f"the right product comes first less often, or may by more than {TOLERATED}: {first}")
    before = made.adapter.base if now is None else now.key
    return present.stood(before), candidate.stood(made.adapter.key), changes, (*higher, *lower)


def adopt_adapter(
    state: State, switch: Switch, learned: LearnedAdapter, *, by: str, tell: Tell = lambda *_: None
) -> StoredAdapter:
    """Use it from now on, there; EncoderError where it did not win on held-out pairs.

    It is kept, its references are made of the encoder's, its calibration counts, and only then is it chosen.
    """
    if learned.against or learned.calibration is None:
        raise EncoderError(
            f"the adapter is not adopted: {'; '.join(learned.against)}.",
            hint="Record more decisions, or label more pairs.",
        )
    made = NewAdapter(
        model=learned.model,
        key=learned.adapter.key,
        document=learned.adapter.to_document(),
        worth=learned.to_json(),
    )
    kept = state.catalog.adapters.add(learned.tenant, made, by=by)
    state.catalog.calibrations.keep(
        learned.tenant,
        learned.calibration.model_dump(mode="json"),
        encoder=kept.key,
        category=learned.place.category,
        by=by,
    )
    change, embedder = switch.plan(learned.tenant, str(kept.name), learned.place)
    switch.make(change, embedder, by=by, tell=tell)
    return kept


def _halves(
    pairs: tuple[Pair, ...], tenant: str, left_out: dict[str, int]
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    earlier, later = divided(pairs, owner=lambda it: it.group, at=lambda it: it.at)
    kinds: dict[str, Callable[[Pair], bool]] = {
        "pairs of one product": lambda it: it.same,
        "pairs of two": lambda it: not it.same,
    }
    missing = shortfalls(pairs, (earlier, later), kinds, owner=lambda it: it.group, owners="groups")
    if missing:
        told = "".join(f"; left out: {count} with {why}" for why, count in left_out.items())
        raise CatalogError(
            f"tenant {tenant} has too few pairs to learn an adapter from; missing: "
            f"{'; '.join(missing)}{told}.",
            hint="Record more decisions (counterfoil case decide), or give labelled pairs as a file.",
        )
    return earlier, later


def _prior(plan: EncoderPlan, embedder: Embedder, place: Place) -> float:
    """As the map that counts there now assumes it."""
    present = plan.calibration(embedder.encoder.key, place) or embedder.encoder.calibration
    return present.fitted.prior if present is not None and present.fitted is not None else _PRIOR


def _calibration(adapter: Adapter, held: Told, prior: float) -> Calibration:
    """Of the adapter's cosines on held-out pairs."""
    told = calibrating.Pairs(
        held.cosines(adapter).tolist(), held.same.astype(bool).tolist(), "held-out pairs of an adapter"
    )
    return calibrating.fit(told, encoder=adapter.key, prior=prior)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """One encoder's losses and calls on the held-out pairs.

    What its cosines are worth is a line in them, fitted on one half of the groups for the other, and the
    other way round: on the pairs that an adapter was fitted to, its cosines promise too much.
    """

    losses: Array
    called: Array
    same: Array
    first: Array

    @classmethod
    def of(cls, adapter: Adapter | None, held: Told, ranking: Ranking) -> "_Judged":
        cosines = held.cosines(adapter)
        losses, called = np.empty(len(cosines)), np.empty(len(cosines))
        fold = held.folds(2)
        for number in (0, 1):
            here = fold == number
            odds = odds_of(cosines[~here], held.same[~here])
            losses[here] = odds.losses(cosines[here], held.same[here])
            called[here] = odds.at_none + odds.slope * cosines[here] > 0
        return cls(losses, called, held.same, ranking.firsts(adapter))

    def mean_loss(self, draws: Array) -> Array:
        mean: Array = (draws @ self.losses) / draws.sum(axis=1)
        return mean

    def precision(self, draws: Array) -> Array:
        return share(draws @ (self.called * self.same), draws @ self.called)

    def recall(self, draws: Array) -> Array:
        return share(draws @ (self.called * self.same), draws @ self.same)

    def right_first(self, draws: Array) -> Array:
        return share(draws @ (self.first * self.same), draws @ self.same)

    def stood(self, encoder: str) -> Stood:
        right = int((self.called * self.same).sum())
        return Stood(
            encoder=encoder,
            log_loss=float(self.losses.mean()),
            precision=Interval.wilson(right, int(self.called.sum())),
            recall=Interval.wilson(right, int(self.same.sum())),
            right_first=Interval.wilson(int((self.first * self.same).sum()), int(self.same.sum())),
        )


def _changes(present: _Judged, candidate: _Judged, held: Told) -> dict[str, Change]:
    whole, draws = np.ones((1, len(held.same))), resampled(held.groups.tolist())
    figures: dict[str, Callable[[_Judged, Array], Array]] = {
        "log_loss": _Judged.mean_loss,
        "precision": _Judged.precision,
        "recall": _Judged.recall,
        "right_first": _Judged.right_first,
    }
    return {
        name: changed_by(
            figure(candidate, whole) - figure(present, whole),
            figure(candidate, draws) - figure(present, draws),
        )
        for name, figure in figures.items()
    }
