"""Rounds of judging: each listing gets its verdict, or says what must be measured first."""

from dataclasses import dataclass, field
from functools import lru_cache

from cluster.encoder_plan import place_of
from cluster.library import Library
from cluster.measure import listing_features
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing, JournalPicture
from pipelines.progress import Stage
from pipelines.results import judged
from scoring.features import APPEARANCE, FEATURES, Features, FeatureValue, Unavailable, load_features
from scoring.funnel import Funnel, Needs

_BATCH = 500
"""Verdicts written in one transaction."""


@dataclass(slots=True)
class _Decided:
    verdicts: list[tuple[str, int]] = field(default_factory=list)
    wanted: set[tuple[str, str]] = field(default_factory=set)


class Judge:
    """One funnel over the journal's listings."""

    def __init__(self, journal: Journal, library: Library) -> None:
        self._journal = journal
        self._library = library
        self._funnel = Funnel(library.recipe)
        # Pictures are shared by listings that lie near each other far more often than across a crawl.
        self._picture_features = lru_cache(maxsize=4096)(self._load)

    def round(self, stage: Stage) -> None:
        """Judge every listing without a verdict; ask for what the others need."""
        self._picture_features.cache_clear()
        decided = _Decided()
        for listing in self._journal.listings(undecided=True):
            self._judge(listing, decided)
            stage.advance(1)
            if len(decided.verdicts) + len(decided.wanted) >= _BATCH:
                self._commit(decided)
                decided = _Decided()
        self._commit(decided)

    def _judge(self, row: JournalListing, decided: _Decided) -> None:
        if row.listing is None:
            return
        pictures = [self._picture_features(key) for key in row.pictures] if self._library.owners else []
        place, encoders = place_of(row.listing), self._library.encoders
        seen = [encoders.select(features, place) for _, features in pictures]
        features = listing_features(seen, self._library, place)
        answer = self._funnel.judge(row.listing, self._library.brands, features, tenant=self._library.tenant)
        if isinstance(answer, Needs):
            groups = {picture.group for picture, _ in pictures if picture.group is not None}
            wanted = [encoders.feature(place) if it == APPEARANCE else it for it in answer.features]
            decided.wanted |= {(group, feature) for group in groups for feature in wanted}
            return
        errors = tuple(
            f"picture {number}: {picture.error}"
            for number, (picture, _) in enumerate(pictures, start=1)
            if picture.error is not None
        )
        decided.verdicts.append((judged(answer, errors).to_json(), row.number))

    def _load(self, key: str) -> tuple[JournalPicture, Features]:
        picture = self._journal.picture(key)
        if picture.error is not None:
            return picture, dict.fromkeys(FEATURES, Unavailable(picture.error))
        features: dict[str, FeatureValue] = {}
        for value in self._journal.measurements(picture.group or key).values():
            features |= load_features(value)
        # What was measured on the picture itself comes last: only models' answers are shared by a group.
        return picture, features | (load_features(picture.features) if picture.features else {})

    def _commit(self, decided: _Decided) -> None:
        self._journal.add_verdicts(decided.verdicts)
        self._journal.want(decided.wanted)
