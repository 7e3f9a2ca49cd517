"""Rounds of judging: each listing gets its verdict, or says what must be measured first."""

from dataclasses import dataclass, field
from functools import lru_cache, partial

from cluster.library import Library
from cluster.measure import listing_features, not_to_be_measured
from pipelines.admission import Admissions
from pipelines.journal import Journal
from pipelines.journal_rows import JournalListing, JournalPicture
from pipelines.progress import Stage
from pipelines.results import judged
from scoring.features import FEATURES, Features, FeatureValue, Unavailable, load_features
from scoring.funnel import Funnel, Needs

_BATCH = 500
"""Verdicts written in one transaction."""


@dataclass(slots=True)
class _Decided:
    verdicts: list[tuple[str, int]] = field(default_factory=list)
    wanted: set[tuple[str, str]] = field(default_factory=set)


class Judge:
    """One funnel over the journal's listings."""

    def __init__(self, journal: Journal, library: Library, admissions: Admissions) -> None:
        self._journal = journal
        self._admissions = admissions
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
        self._admissions.settle()

    def _judge(self, row: JournalListing, decided: _Decided) -> None:
        if row.listing is None:
            return
        pictures = [self._picture_features(key) for key in row.pictures] if self._library.owners else []
        features = listing_features([features for _, features in pictures], self._library)
        judge = partial(self._funnel.judge, row.listing, self._library.brands, tenant=self._library.tenant)
        answer = judge(features)
        refused = None
        if isinstance(answer, Needs):
            groups = {picture.group for picture, _ in pictures if picture.group is not None}
            refused = self._admissions.refused(row.number, groups)
            if refused is not None:
                answer = judge(not_to_be_measured(features, self._library, refused))
        if isinstance(answer, Needs):
            decided.wanted |= {(group, feature) for group in groups for feature in answer.features}
            return
        errors = tuple(
            f"picture {number}: {picture.error}"
            for number, (picture, _) in enumerate(pictures, start=1)
            if picture.error is not None
        )
        if refused is not None:
            errors = (*errors, f"its pictures were not measured: {refused.reason}")
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
