"""The one scorer of both paths: steps, short circuits, fusion, tiers.

`Funnel.judge` is pure. It answers either with a verdict or with the features it needs next, so
the bulk path measures in rounds over millions of rows and the online path awaits model replicas,
and both come to the same verdict by the same code:

    while isinstance(answer := funnel.judge(listing, brands, features), Needs):
        features |= measure(answer.features)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scoring.brand import Brand
from scoring.errors import RecipeError
from scoring.evidence import Abstained, Abstention, Contribution, Evidence, Exemption, Outcome, Verdict
from scoring.features import APPEARANCE, AppearanceMatch, Features, Unavailable
from scoring.fusion import Fused, fuse
from scoring.listing import Listing
from scoring.negatives import held_of, negatives_of, unwritten, without, words
from scoring.recipe import Recipe, Step
from scoring.recipe_check import build_signals
from scoring.signals import SIGNALS, Signal
from scoring.tiers import Placement, exempt, place, short_circuit

NOT_ASKED = "not asked: "
"""How the reason begins of a signal that a step left out."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The features to measure before the funnel can go on."""

    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Assessment:
    """Where one brand's evidence leads."""

    brand: Brand
    placement: Placement
    score: float
    contributions: tuple[Contribution, ...]
    abstentions: tuple[Abstained, ...]
    exemption: Exemption | None
    reference_id: str | None
    subject: str | None = None
    """The watch class that its strongest evidence names, if any."""

    @property
    def cleared(self) -> bool:
        return self.exemption is not None and self.exemption.kind == "authorised_seller"


@dataclass(slots=True)
class _Heard:
    """What the signals have said so far about one brand."""

    evidence: dict[str, Evidence] = field(default_factory=dict)
    abstentions: list[Abstained] = field(default_factory=list)
    exemption: Exemption | None = None

    def add(self, signal: str, outcome: Outcome) -> None:
        match outcome:
            case Evidence():
                self.evidence[signal] = outcome
            case Abstention(reason):
                self.abstentions.append(Abstained(signal, reason))
            case Exemption():
                if self.exemption is None or outcome.kind == "authorised_seller":
                    self.exemption = outcome

    @property
    def scores(self) -> dict[str, float]:
        return {name: evidence.score for name, evidence in self.evidence.items()}


class Funnel:
    """A recipe with its signals built, ready to judge any number of listings.

    Raises `RecipeError` for a recipe that cannot work, with everything that is wrong with it.
    """

    def __init__(self, recipe: Recipe, *, signals: Mapping[str, type[Signal]] = SIGNALS) -> None:
        self.recipe = recipe
        self._signals = build_signals(recipe, signals)
        self._weights = {name: tuning.weight for name, tuning in recipe.signals.items()}

    def judge(
        self,
        listing: Listing,
        brands: Sequence[Brand],
        features: Features,
        *,
        tenant: str,
    ) -> Verdict | Needs:
        """The verdict on one listing against a tenant's brands, or what must be measured first.

        The brand with the gravest case is the verdict's; where no case reaches tier 2, a brand
        whose authorised seller this is. One case in tier 1 is enough: what other brands still lack is
        not measured for it.
        """
        if not brands:
            raise RecipeError("there is no brand to judge by.", hint="Import one: counterfoil brand import.")
        answers = [self._weighed(listing, brand, features) for brand in brands]
        decided = [a for a in answers if isinstance(a, _Assessment)]
        if all(a.placement.tier > 1 for a in decided):
            missing = frozenset[str]().union(*(a.features for a in answers if isinstance(a, Needs)))
            if missing:
                return Needs(missing)
        gravest = min(
            decided,
            key=lambda a: (min(a.placement.tier, 3), not a.cleared, a.placement.tier, -a.score, a.brand.name),
        )
        return _verdict(listing, gravest, features, tenant=tenant, recipe=self.recipe)

    def _weighed(self, listing: Listing, brand: Brand, features: Features) -> _Assessment | Needs:
        """The assessment, where what rests on a quarantined reference waits outside the queue.

        What the other evidence comes to by itself is judged by that: quarantine silences a reference, not the
        listing.
        """
        whole = self._unprinted(listing, brand, features)
        if isinstance(whole, Needs) or whole.placement.tier > 2:
            return whole
        held = held_of(features)
        if not held:
            return whole
        alone = self._unprinted(listing, brand, without(features, held))
        if isinstance(alone, Needs):
            return alone
        said = tuple(Abstained("quarantine", f"{it.name} does not count: {it.why}") for it in held.values())
        if alone.placement.tier <= 2 or alone.cleared:
            return replace(alone, abstentions=(*alone.abstentions, *said))
        resting = held.get(whole.reference_id or "") or next(iter(held.values()))
        return replace(
            whole,
            placement=Placement(3, "none", f"held: it rests on {resting.name}, {resting.why}"),
            abstentions=(*whole.abstentions, *said),
            reference_id=resting.reference_id,
        )

    def _unprinted(self, listing: Listing, brand: Brand, features: Features) -> _Assessment | Needs:
        """The assessment, where what is printed on a picture that must never match makes no tier 1."""
        negatives = negatives_of(features)
        whole = self._assess(listing, brand, features)
        if isinstance(whole, Needs) or not negatives:
            return whole
        said = tuple(
            Abstained("negative_reference", f"picture {it.image + 1} counts for nothing: {words(it)}")
            for it in negatives
        )
        whole = replace(whole, abstentions=(*whole.abstentions, *said))
        if whole.placement.tier > 1:
            return whole
        bare = self._assess(listing, brand, unwritten(features))
        if isinstance(bare, Needs) or bare.placement.tier == 1:
            return bare if isinstance(bare, Needs) else whole
        names = ", ".join(dict.fromkeys(it.name for it in negatives))
        rule = f"tier 1 only by what is printed on {names}, which must never match: a person decides"
        return replace(whole, placement=Placement(2, "review", rule))

    def _assess(self, listing: Listing, brand: Brand, features: Features) -> _Assessment | Needs:
        heard = _Heard()
        shortcut = None
        for step in self.recipe.steps:
            running = []
            unasked = self._unasked(step, heard)
            for signal in (self._signals[name] for name in step.signals):
                if (silence := unasked or signal.idle(brand)) is None:
                    running.append(signal)
                else:
                    heard.add(signal.name, Abstention(silence))
            missing = frozenset(
                need for signal in running for need in signal.wants(brand, features) if need not in features
            )
            if missing:
                return Needs(missing)
            for signal in running:
                heard.add(signal.name, _weigh(signal, listing, brand, features))
            if heard.exemption is not None and heard.exemption.kind == "authorised_seller":
                return _clear(brand, heard, heard.exemption)
            shortcut = short_circuit(heard.scores, self.recipe)
            if shortcut is not None:
                break
        fused = fuse(heard.scores, self._weights)
        placement = place(fused.score, heard.scores, self.recipe, shortcut=shortcut)
        return _conclude(brand, heard, fused, placement, self.recipe)

    def _unasked(self, step: Step, heard: _Heard) -> str | None:
        """Why a step is passed over for what has been heard so far, if it is."""
        if step.when == "always":
            return None
        scores = heard.scores
        score = fuse(scores, self._weights).score if scores else 0.0
        if place(score, scores, self.recipe, shortcut=None).tier == 1:
            return f"{NOT_ASKED}the evidence before it makes tier 1"
        if step.when == "suspicious" and score < self.recipe.tiers.low:
            return f"{NOT_ASKED}nothing before it was suspicious"
        return None


def _weigh(signal: Signal, listing: Listing, brand: Brand, features: Features) -> Outcome:
    read = signal.wants(brand, features)
    gone = [value for need in read if isinstance(value := features[need], Unavailable)]
    if gone and not (signal.makes_do and len(gone) < len(read)):
        return Abstention(gone[0].reason)
    return signal.weigh(listing, brand, features)


def _clear(brand: Brand, heard: _Heard, exemption: Exemption) -> _Assessment:
    placement = Placement(4, "none", f"cleared: {exemption.detail}")
    return _Assessment(brand, placement, 0.0, (), tuple(heard.abstentions), exemption, None)


def _conclude(brand: Brand, heard: _Heard, fused: Fused, placement: Placement, recipe: Recipe) -> _Assessment:
    ranked = sorted(heard.evidence.items(), key=lambda item: (-fused.shares[item[0]], item[0]))
    contributions = [
        Contribution(name, evidence.score, fused.weights[name], fused.shares[name], evidence.detail)
        for name, evidence in ranked
    ]
    score = fused.score
    if heard.exemption is not None and contributions:
        lowered = score * recipe.second_hand_factor
        contributions.append(
            Contribution(heard.exemption.kind, 0.0, 0.0, lowered - score, heard.exemption.detail)
        )
        placement = exempt(placement, heard.exemption, score=lowered, recipe=recipe)
        score = lowered
    reference = next((evidence.reference_id for _, evidence in ranked if evidence.reference_id), None)
    return _Assessment(
        brand,
        placement,
        score,
        tuple(contributions),
        tuple(heard.abstentions),
        heard.exemption,
        reference,
        subject=ranked[0][1].subject if ranked else None,
    )


def _verdict(
    listing: Listing, case: _Assessment, features: Features, *, tenant: str, recipe: Recipe
) -> Verdict:
    concerned = bool(case.contributions) or case.cleared
    return Verdict(
        tenant=tenant,
        platform=listing.platform,
        listing_id=listing.listing_id,
        tier=case.placement.tier,
        score=case.score,
        route=case.placement.route,
        rule=case.placement.rule,
        brand=case.brand.name if concerned else None,
        subject=(case.subject or case.brand.name) if concerned else None,
        seller_authorised=case.cleared,
        exemption=case.exemption.kind if case.exemption is not None else None,
        reference_id=case.reference_id,
        contributions=case.contributions,
        abstentions=case.abstentions,
        recipe_version=recipe.id,
        encoder=_encoder(features),
    )


def _encoder(features: Features) -> str | None:
    looked = features.get(APPEARANCE, ())
    if isinstance(looked, Unavailable):
        return None
    return next((match.encoder for match in looked if isinstance(match, AppearanceMatch)), None)
