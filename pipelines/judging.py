"""Rounds of judging: each listing gets its verdict, or says what must be measured, or looked up, first."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import lru_cache

from catalog.encoder_choices import Place
from cluster.encoder_plan import place_of
from cluster.funnels import Funnels
from cluster.library import Library
from cluster.measure import listing_features, not_to_be_measured
from cluster.metrics.meters import METERS
from cluster.metrics.verdicts import count_verdict
from pipelines.admission import Admissions
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing, JournalPicture
from pipelines.journal_sources import ordinal_of
from pipelines.progress import Stage
from pipelines.results import judged
from scoring.evidence import Abstained, Verdict
from scoring.features import APPEARANCE, FEATURES, Features, FeatureValue, Unavailable, load_features
from scoring.funnel import Needs
from scoring.listing import Listing
from scoring.negatives import spared
from scoring.recipe import Recipe

_BATCH = 500
"""Verdicts written in one transaction."""
DETAILS = "details"
"""Among a verdict's abstentions: the listing was judged without a look-up that it was worth."""
NOT_KEPT = "it was not kept when it was seen: matched by its hashes and by what was measured of it lately"


@dataclass(slots=True)
class _Decided:
    verdicts: list[tuple[str, int]] = field(default_factory=list)
    wanted: set[tuple[str, str]] = field(default_factory=set)
    details: list[tuple[int, float | None]] = field(default_factory=list)


class Judge:
    """A recipe's funnel over the journal's listings; of a category with a recipe of its own, that one's."""

    def __init__(
        self, journal: Journal, library: Library, admissions: Admissions, *, detailed: Collection[int] = ()
    ) -> None:
        """`detailed` are the ordinals of sources whose listings can be looked up by themselves."""
        self._journal = journal
        self._admissions = admissions
        self._library = library
        self._detailed = frozenset(detailed)
        own = library.category_recipes
        self._funnels = Funnels(library.recipe, own)
        self._first = Funnels(
            _first_steps(library.recipe), {category: _first_steps(it) for category, it in own.items()}
        )
        self._open = 0
        # Pictures are shared by listings that lie near each other far more often than across a crawl.
        self._picture_features = lru_cache(maxsize=4096)(self._load)

    def round(self, stage: Stage) -> int:
        """Judge every listing without a verdict; ask for what the others need.

        How many may still turn out to be worth a look-up: only then is it known which are worth it most.
        """
        self._picture_features.cache_clear()
        self._open = 0
        decided = _Decided()
        for listing in self._journal.listings(undecided=True):
            self._judge(listing, decided)
            stage.advance(1)
            if len(decided.verdicts) + len(decided.wanted) + len(decided.details) >= _BATCH:
                self._commit(decided)
                decided = _Decided()
        self._commit(decided)
        self._admissions.settle()
        return self._open

    def _judge(self, row: JournalListing, decided: _Decided) -> None:
        if row.listing is None or row.detail == "wanted":
            return
        pictures = [self._picture_features(key) for key in row.pictures] if self._library.owners else []
        place, encoders = place_of(row.listing), self._library.encoders
        seen = [encoders.select(features, place) for _, features in pictures]
        features = listing_features(seen, self._library, place)
        answer = self._answer(row, row.listing, features, decided)
        if answer is None:
            return
        refused = None
        if isinstance(answer, Needs):
            groups = {picture.group for picture, _ in pictures if picture.group is not None}
            refused = self._admissions.refused(row.number, groups)
            if refused is not None:
                withheld = not_to_be_measured(features, self._library, refused)
                answer = self._funnels.at(place).judge(
                    row.listing, self._library.brands, withheld, tenant=self._library.tenant
                )
                features = withheld
        if isinstance(answer, Needs):
            decided.wanted |= {
                (picture.group, feature)
                for picture, known in pictures
                if picture.group is not None
                for feature in self._asked(answer.features - spared(known), place)
            }
            return
        count_verdict(METERS, answer, features, path="bulk")
        if row.why is not None:
            answer = replace(answer, abstentions=(*answer.abstentions, Abstained(DETAILS, row.why)))
        errors = tuple(
            f"picture {number}: {NOT_KEPT if picture.hashes_only else picture.error}"
            for number, (picture, _) in enumerate(pictures, start=1)
            if picture.error is not None or picture.hashes_only
        )
        if refused is not None:
            errors = (*errors, f"its pictures were not measured: {refused.reason}")
        decided.verdicts.append((judged(answer, errors).to_json(), row.number))

    def _answer(
        self, row: JournalListing, listing: Listing, features: Features, decided: _Decided
    ) -> Verdict | Needs | None:
        """The verdict, or what it needs; None where the listing is to be looked up first."""
        brands, tenant, place = self._library.brands, self._library.tenant, place_of(listing)
        funnel = self._funnels.at(place)
        if row.detail is None and ordinal_of(row.number) in self._detailed:
            first = self._first.at(place).judge(listing, brands, features, tenant=tenant)
            if isinstance(first, Needs):
                self._open += 1
                return first
            worth = _worth(first, funnel.recipe)
            decided.details.append((row.number, worth))
            if worth is not None:
                return None
        return funnel.judge(listing, brands, features, tenant=tenant)

    def _asked(self, features: Collection[str], place: Place) -> list[str]:
        """Features as they are measured: each encoder's appearance is one of its own."""
        encoders = self._library.encoders
        return [encoders.feature(place) if it == APPEARANCE else it for it in features]

    def _load(self, key: str) -> tuple[JournalPicture, Features]:
        picture = self._journal.picture(key)
        if picture.error is not None:
            return picture, dict.fromkeys(FEATURES, Unavailable(picture.error, because="unreadable"))
        features: dict[str, FeatureValue] = {}
        for value in self._journal.measurements(picture.group or key).values():
            features |= load_features(value)
        # What was measured on the picture itself comes last: only models' answers are shared by a group.
        return picture, features | (load_features(picture.features) if picture.features else {})

    def _commit(self, decided: _Decided) -> None:
        self._journal.add_verdicts(decided.verdicts)
        self._journal.want(decided.wanted)
        self._journal.want_details(decided.details)


def _first_steps(recipe: Recipe) -> Recipe:
    """The recipe as far as it runs for every listing: the cheap steps."""
    steps = tuple(step for step in recipe.steps if step.when == "always")
    return recipe.model_copy(update={"steps": steps or recipe.steps[:1]})


def _worth(verdict: Verdict, recipe: Recipe) -> float | None:
    """How suspicious the cheap steps leave a listing, 0 to 1; None where a look-up would change nothing.

    That is below every tier, cleared, or tier 1 beyond doubt. Second-hand words are a doubt that stock
    settles, so what they take off the score does not count.
    """
    used = verdict.exemption == "second_hand"
    score = verdict.score / recipe.second_hand_factor if used and recipe.second_hand_factor else verdict.score
    settled = verdict.tier == 1 and not used
    return None if settled or score < recipe.tiers.low else min(score, 1.0)
