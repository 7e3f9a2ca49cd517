"""One run of `recheck`: what scans have seen meanwhile, then look-ups, then returns under another name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.rechecks import Change, SeenBy
from catalog.sightings import SightedPicture
from cluster.access import access_of
from cluster.library import extract_references
from cluster.state import State
from connectors import Access, Detail, open_source
from pipelines.details import LookUps
from pipelines.progress import Reporter
from pipelines.recheck.come_backs import Found, Innocence, Taken, find_come_backs
from pipelines.recheck.report import Report, told_of
from pipelines.recheck.watched import Case, asked_through, cases_of, due
from scoring.listing import Listing
from vision.fingerprint import Fingerprint, View
from vision.fingerprint_index import FingerprintIndex

_OVERLAP = timedelta(hours=1)
"""New listings are searched from so much earlier: a scan may write them a while after it took the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRequest:
    """Whose listings are looked up, how often, and how many of them in one run."""

    tenant: str
    every: timedelta = timedelta(days=1)
    """No listing is looked up sooner than so long after it was last seen or asked for."""
    most: int = 500
    """Look-ups in one run: eBay's day has 5,000 calls for everything."""
    routed: bool = False
    """Whether listings that await a person are watched beside those that one has confirmed."""


def recheck(
    request: RecheckRequest, state: State, reporter: Reporter, *, access: Access | None = None
) -> Report:
    """Look up what is due, search for returns, and tell how every case stands.

    Everything found is recorded as it comes, so a run that was ended early is gone on with by the next one.
    """
    run = _Run(request, state, reporter, access or access_of(state, request.tenant))
    cases = cases_of(state, request.tenant, routed=request.routed)
    run.by_scans(cases)
    cases = cases_of(state, request.tenant, routed=request.routed)
    run.by_look_ups(cases)
    cases = cases_of(state, request.tenant, routed=request.routed)
    found = run.returns(cases)
    return Report(
        tenant=request.tenant,
        at=state.catalog.clock(),
        cases=tuple(told_of(it) for it in cases_of(state, request.tenant, routed=request.routed)),
        come_backs=state.catalog.rechecks.come_backs(request.tenant),
        asked=dict(run.asked),
        waiting=run.waiting,
        not_asked=run.why,
        cleared=found.cleared,
        official=found.official,
    )


class _Run:
    def __init__(self, request: RecheckRequest, state: State, reporter: Reporter, access: Access) -> None:
        self._request = request
        self._state = state
        self._rechecks = state.catalog.rechecks
        self._reporter = reporter
        self._access = access
        self._brands = state.brands(request.tenant)
        self.asked: Counter[str] = Counter()
        """Look-ups by what they said."""
        self.waiting = 0
        """Listings that are due and were beyond the most of a run."""
        self.why: dict[str, str] = {}
        """By source, why some look-ups were not made."""

    def by_scans(self, cases: Sequence[Case]) -> None:
        """What the tenant's own scans have seen costs no call.

        What was gone is not back because a search shows it: those lag. Its platform is asked where it can be.
        """
        for case in cases:
            known = case.followed.seen_at
            if case.observed_at is None or (known is not None and case.observed_at <= known):
                continue
            if not (case.reappeared and asked_through(case, self._access)):
                self._saw(case, case.listing, "scan", at=case.observed_at)

    def by_look_ups(self, cases: Sequence[Case]) -> None:
        """Ask for what is due; what nobody can be asked for was, at most, not found again."""
        by_platform: dict[str, list[Case]] = {}
        can_be_asked: list[Case] = []
        through: dict[tuple[str, str], str] = {}
        for case in cases:
            source = asked_through(case, self._access)
            if source is not None:
                through[case.key] = source
                can_be_asked.append(case)
            elif case.missed and case.shown is not None and case.shown.missed_at is not None:
                self._note(case, Change(state="not_found_again", at=case.shown.missed_at, seen_by="scan"))
        now, every = self._state.catalog.clock(), self._request.every
        turn = due(can_be_asked, now, every=every, most=self._request.most)
        self.waiting = len(due(can_be_asked, now, every=every, most=len(can_be_asked))) - len(turn)
        for case in turn:
            # All of a platform and market through one of its searches: each would fetch a token of its own.
            by_platform.setdefault(through[case.key].partition(":")[0], []).append(case)
        with self._reporter.stage("look up", len(turn)) as stage:
            for asked in by_platform.values():
                source = through[asked[0].key]
                look_ups = LookUps(open_source(source, self._access))
                told = 0
                for detail, case in zip(look_ups.of([it.listing for it in asked]), asked, strict=False):
                    self._told(case, detail)
                    told += 1
                    stage.advance(1)
                if look_ups.why:
                    self.why[source] = look_ups.why
                    for case in asked[told:]:
                        self._rechecks.unanswered(self._request.tenant, case.key, look_ups.why, asked_at=None)

    def _told(self, case: Case, detail: Detail | str) -> None:
        now = self._state.catalog.clock()
        if isinstance(detail, str) or (detail.errors and not detail.gone):
            why = detail if isinstance(detail, str) else detail.errors[0]
            self.asked["unanswered"] += 1
            self._rechecks.unanswered(self._request.tenant, case.key, why, asked_at=now)
            return
        if detail.gone:
            self.asked["gone"] += 1
            self._note(case, Change(state="gone", at=now, seen_by="look-up"))
            return
        self.asked["there"] += 1
        self._saw(case, detail.listing.model_copy(update={"observed_at": now}), "look-up", at=now)

    def _saw(self, case: Case, listing: Listing, seen_by: SeenBy, *, at: datetime) -> None:
        allowed = any(seller.covers(listing) for brand in self._brands for seller in brand.authorised_sellers)
        seen = Change(
            state="authorised" if allowed else "there",
            at=at,
            seen_by=seen_by,
            seller_id=listing.seller.id if listing.seller else None,
        )
        self._note(case, seen)

    def _note(self, case: Case, change: Change) -> None:
        self._rechecks.saw(self._request.tenant, case.key, change)

    def returns(self, cases: Sequence[Case]) -> Found:
        """Search what came since for the pictures of what is gone, and record what is found."""
        taken = [it for case in cases if (it := _taken(case)) is not None and it.pictures]
        if not taken:
            return Found()
        known = {case.key: case.followed.searched_until for case in cases}
        now, tenant = self._state.catalog.clock(), self._request.tenant
        begins = min(max(it.since, (known[it.key] or it.since) - _OVERLAP) for it in taken)
        newcomers = self._state.catalog.sightings.all(tenant, new_since=begins)
        with self._reporter.stage("search for returns"):
            innocence = Innocence(
                brands=self._brands,
                dismissed=frozenset(
                    it.key for it in self._state.catalog.decisions.of(tenant) if it.ruling == "dismissed"
                ),
                official=self._official(),
            )
            bits = self._state.settings.near_duplicate_bits
            found = find_come_backs(taken, newcomers, innocence, bits=bits, now=now)
            self._rechecks.keep_come_backs(tenant, found.come_backs)
            self._rechecks.searched(tenant, [it.key for it in taken], until=now)
        return found

    def _official(self) -> "_Official":
        state, tenant = self._state, self._request.tenant
        references = state.catalog.references.of(tenant)
        index = FingerprintIndex()
        for reference, extracted in extract_references(state, tenant, references):
            index.add(reference.id, extracted.views)
        return _Official(frozenset(it.sha256 for it in references), index)


@dataclass(frozen=True, slots=True)
class _Official:
    """Whether a picture is a reference of the tenant's, or a copy of one."""

    digests: frozenset[str]
    index: FingerprintIndex

    def __call__(self, picture: SightedPicture) -> bool:
        if picture.sha256 in self.digests:
            return True
        if picture.dhash is None or picture.phash is None:
            return False
        return bool(self.index.search([View("whole", Fingerprint(picture.dhash, picture.phash))]))


def _taken(case: Case) -> Taken | None:
    """The last take-down of a case; of one that was only not found again, that."""
    for change in reversed(case.followed.history):
        if change.state in ("gone", "not_found_again"):
            return Taken(
                key=case.key,
                seller_id=case.listing.seller.id if case.listing.seller else None,
                pictures=case.pictures,
                gone_at=change.at,
                last_there_at=change.not_before,
            )
    return None
