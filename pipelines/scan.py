"""A scan: listings in, a verdict for each, at the scale of a crawl.

read → look (fetch, decode, fingerprint) → group near-identical pictures → rounds of judging and
measuring, until no listing needs anything more → results. The journal holds everything between the
stages, so a scan may die anywhere and be resumed.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import ray

from catalog.tenants import KeepPictures
from cluster.access import access_of
from cluster.allowance import Allowance
from cluster.kept import SEEN
from cluster.library import Library
from cluster.metrics.definitions import PICTURES
from cluster.metrics.meters import METERS
from cluster.metrics.verdicts import count_measured
from cluster.negatives import held_references
from cluster.session import cluster_cpus, session
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from connectors import Access, open_source
from pipelines.admission import BLOCK, Admissions
from pipelines.beginning import WORK, ScanRequest, begin, clear_work
from pipelines.details import look_up_details, offers_details
from pipelines.encoding import prepare_encoders
from pipelines.evidence import keep_pictures, name_evidence
from pipelines.floods import quarantine_floods
from pipelines.grouping import group_pictures
from pipelines.journal import Journal
from pipelines.judging import Judge
from pipelines.pause import Pause
from pipelines.progress import Counted, Reporter, Stage
from pipelines.reading import read_sources
from pipelines.remembering import Remembering
from pipelines.results import ScanFacts, write_results, write_summary
from pipelines.rounds import Tasks, look_at, measure
from pipelines.stages import Crew
from pipelines.summary import counted, summarise
from pipelines.unfinished import finished_in
from pipelines.vanished import Missing, Vanished, is_search
from scoring.errors import RetryError, SettingsError, UnavailableError
from scoring.features import APPEARANCE, Unavailable, dump_features, load_features
from scoring.recipe import Recipe


def scan(request: ScanRequest, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """Run a scan to its end and return its summary, which `summary.json` holds too.

    Raises `SetupError` kinds before anything has been read; after that a failure costs rows, not the scan.
    To resume one that has ended, and only could not say so any more, gives its summary.
    """
    summary = finished_in(request.out) if request.resume else None
    if summary is not None and summary["scan_id"] == request.resume:
        clear_work(request.out)
        return summary
    with begun(request, settings, reporter) as run:
        with session(settings):
            run.all()
        return run.finish()


@contextmanager
def begun(request: ScanRequest, settings: Settings, reporter: Reporter) -> "Iterator[Run]":
    """A scan that has begun. Where it fails it is left for `--resume`; its journal is closed at the end."""
    state = State(settings)
    if not state.brands(request.tenant):
        raise SettingsError(
            f"tenant {request.tenant!r} protects no brand yet.",
            hint=f"Import one: counterfoil brand import DIR --tenant {request.tenant}.",
        )
    run = Run.begin(request, state, reporter)
    try:
        yield run
    except BaseException:
        run.interrupt()
        raise
    finally:
        run.journal.close()


@dataclass(slots=True)
class Run:
    """One scan under way."""

    request: ScanRequest
    state: State
    reporter: Reporter
    scan_id: str
    journal: Journal
    library: Library
    judged_by: str
    """What its verdicts rest on, for later work to know whether they still hold."""
    gaps: dict[str, list[str]] = field(default_factory=dict)
    """By source, what of it could not be read."""
    vanished: Vanished = field(default_factory=Vanished)
    """What earlier scans of the same sources had seen and this one has not."""

    @classmethod
    def begin(cls, request: ScanRequest, state: State, reporter: Reporter) -> "Run":
        """See `pipelines.beginning.begin`."""
        begun = begin(request, state)
        request = replace(request, sources=begun.sources)
        return cls(request, state, reporter, begun.scan_id, begun.journal, begun.library, begun.judged_by)

    @property
    def spec(self) -> PictureSpec:
        """Where this scan's pictures come from."""
        return PictureSpec(
            private_addresses=self.state.settings.private_addresses,
            roots=tuple(
                root
                for source in self.journal.planned()
                if (root := open_source(source).picture_root) is not None
            ),
            copies=str((self.request.out / WORK / "pictures").resolve()),
            tenant=self.request.tenant,
            kept=any(source.startswith(SEEN) for source in self.journal.planned()),
        )

    @property
    def _worker_settings(self) -> Settings:
        """The settings for workers, which may start in another folder than ours."""
        settings = self.state.settings
        return settings.model_copy(update={"home": settings.home.resolve()})

    @property
    def _access(self) -> Access:
        """The tenant's way to marketplaces."""
        return access_of(self.state, self.request.tenant)

    def all(self) -> None:
        """Every stage, each of which does only what the journal does not hold yet."""
        self._prepare()
        self._read()
        crew = self._crew()
        self._look(crew)
        self._judge(crew)
        self._hold_floods()
        self._miss()

    def judge_again(self, recipe: Recipe) -> None:
        """Judge every listing by another recipe; only what nobody has asked for yet is measured."""
        self.library = replace(self.library, recipe=recipe)
        self.journal.forget_verdicts()
        self._judge(self._crew())

    def _hold_floods(self) -> None:
        """Keep what suddenly rests on one reference out of the queue, and say so."""
        tenant = self.request.tenant
        with self._stage("look for floods"):
            found = quarantine_floods(self.journal, self.state, tenant, self.scan_id)
        if found:
            self.library = replace(self.library, held=held_references(self.state, tenant))
        # A resumed scan knows of the quarantine already, and may still hold verdicts from before it.
        waiting = {it.reference_id: it for it in self.library.held}
        if waiting and self.journal.forget_verdicts_on(waiting):
            self._judge(self._crew())
        for reference_id in found:
            number = self.journal.held().get(reference_id, 0)
            it = waiting[reference_id]
            self.reporter.say(
                f"{number:,} listings wait: {it.name} is {it.why}. Look at it, then: "
                f"counterfoil reference release|negate {reference_id} --tenant {tenant}"
            )

    def _crew(self) -> Crew:
        return Crew(
            self._worker_settings, self.spec, ray.put(self.library), cluster_cpus(), scan_id=self.scan_id
        )

    def _judge(self, crew: Crew) -> None:
        planned, access = self.journal.planned(), self._access
        detailed = [at for at, source in enumerate(planned) if offers_details(source, access)]
        judge = Judge(self.journal, self.library, self._admissions(), detailed=detailed)
        while True:
            with self._stage("judge", self.journal.undecided()) as stage:
                undecided = judge.round(stage)
            wanted = self.journal.total("listings", "detail = 'wanted'")
            if wanted and not undecided:
                with self._stage("look up details", wanted) as stage:
                    look_up_details(self.journal, access, stage)
                self._look(crew)
                continue
            waiting = self.journal.waiting()
            if not waiting:
                return
            self._wait(*self.journal.unmeasured_features())
            self._measure(crew, waiting)

    @property
    def _pause(self) -> Pause:
        return Pause(self.state.catalog.kill_switch, self.request.tenant)

    def _admissions(self) -> Admissions:
        allowance = Allowance(
            lambda: self.state.catalog.usage,
            daily=self.state.settings.limits.image_similarity_daily,
            block=BLOCK,
            clock=self.state.catalog.clock,
        )
        return Admissions(self.journal, allowance, self.request.tenant)

    def _wait(self, *features: str) -> None:
        """Wait for as long as the kill switch stops any of these features, and say so."""
        tenant, scans = self.request.tenant, self.state.catalog.scans
        why = self._pause.reason(features)
        if why is None:
            return
        self.reporter.say(f"Paused: {why.reason}.")
        scans.mark(tenant, self.scan_id, "paused")
        with self._stage("paused") as stage:
            self._pause.until_over(features, stage)
        scans.mark(tenant, self.scan_id, "running")
        self.reporter.say("Going on.")

    def _prepare(self) -> None:
        """Try the encoder before the first listing: a mistake in its settings is told now, not in an hour.

        What is no mistake, such as a vector index that does not answer, only silences its signal.
        """
        if not self.library.owners or APPEARANCE in self.library.unavailable:
            return
        self._wait(APPEARANCE)
        with self._stage("prepare the encoder"):
            try:
                prepare_encoders(self._worker_settings, self.request.tenant, self.library.encoders.models)
            except (RetryError, UnavailableError) as error:
                gone = {**self.library.unavailable, APPEARANCE: Unavailable(str(error))}
                self.library = replace(self.library, unavailable=gone)

    def _read(self) -> None:
        with self._stage("read") as stage:
            self.gaps = read_sources(self.journal.planned(), self._access, self.journal, stage)

    def _miss(self) -> None:
        """Find what earlier scans of the same searches had seen, and this one has not."""
        access = self._access
        searched = [it.source for it in self.journal.progress() if it.whole and is_search(it.source, access)]
        if searched:
            with self._stage("miss what has gone") as stage:
                missing = Missing(self.journal, self.state.catalog.seen_listings, access, self.request.tenant)
                self.vanished = missing.find(searched, self.scan_id)
                stage.advance(len(self.vanished.rows))

    def _look(self, crew: Crew) -> None:
        """Look at pictures that nobody has looked at, and find those that are nearly the same."""
        if not self.library.owners:
            return
        if total := self.journal.total("pictures", "seen = 0"):
            with self._stage("look at pictures", total) as stage:
                for block in look_at(self._unseen, crew):
                    self.journal.add_looks(block)
                    for row in block:
                        METERS.add(PICTURES, path="bulk", outcome=_outcome(row))
                    stage.advance(len(block))
        with self._stage("group") as stage:
            bits, apart = self.state.settings.near_duplicate_bits, self.library.paid.withheld
            stage.advance(group_pictures(self.journal, bits, apart=apart))

    def _unseen(self) -> Tasks:
        rows = ({"key": key, "source": source} for key, source in self.journal.unseen())
        return Tasks(rows, self.journal.total("pictures", "seen = 0"))

    def _unmeasured(self) -> Tasks:
        rows = (
            {"grp": group, "source": source, "sha256": digest, "wanted": list(wanted)}
            for group, source, digest, wanted in self.journal.unmeasured()
        )
        return Tasks(rows, self.journal.waiting())

    def _measure(self, crew: Crew, waiting: int) -> None:
        encode = bool(self.journal.total("wanted", f"feature LIKE '{APPEARANCE}%'"))
        begun = self.state.catalog.clock()
        with self._stage("measure", waiting) as stage:
            stopped = partial(self._pause.since, begun)
            for block in measure(self._unmeasured, crew, encode=encode, stopped=stopped):
                values = []
                counts: Counter[str] = Counter()
                for row in block:
                    features = load_features(row["features"])
                    values += [(row["grp"], name, dump_features({name: features[name]})) for name in features]
                    counts.update(counted(features, cached=row["cached"], billed=row["billed"] or ()))
                    for name, value in features.items():
                        count_measured(METERS, name, value, path="bulk", known=name in row["cached"])
                self.journal.add_measurements(values, counts)
                stage.advance(len(block))
        if self.journal.waiting() >= waiting and not self._pause.since(begun):
            raise UnavailableError(
                "workers measured nothing that was asked of them.",
                hint=f"Resume with --resume {self.scan_id}.",
            )

    def finish(self) -> dict[str, Any]:
        """Write the results, and clear away what only an unfinished scan needs."""
        with self._stage("write", self.journal.total("listings")) as stage:
            blobs = self.state.blobs(self.request.tenant)
            # They are recorded first: what is stored and named by nobody would be swept away.
            self.state.catalog.retention.keep_evidence(
                self.request.tenant, self.scan_id, name_evidence(self.journal)
            )
            keep_pictures(self.journal, Pictures(self.spec, kept=blobs), blobs, self._keep)
            tiers = write_results(
                self.journal.listings(),
                self.request.out / "results.parquet",
                scan=ScanFacts(
                    tenant=self.request.tenant, scan_id=self.scan_id, recipe_version=self.library.recipe.id
                ),
                stage=stage,
            )
        if self.request.remembered:
            self._remember()
        summary = {
            "scan_id": self.scan_id,
            "sources": list(self.request.sources),
            "tiers": {str(tier): tiers[str(tier)] for tier in (1, 2, 3, 4)},
        } | summarise(self.journal, self.library, self.state, gaps=self.gaps, vanished=self.vanished)
        write_summary(summary, self.request.out / "summary.json")
        self.state.catalog.scans.finish(self.request.tenant, self.scan_id, summary=summary)
        self.journal.close()
        clear_work(self.request.out)
        return summary

    @property
    def _keep(self) -> KeepPictures:
        """Which pictures stay when the scan has ended."""
        if not self.request.remembered:
            return "routed"
        chosen = self.state.catalog.tenants.keep_pictures(self.request.tenant)
        return chosen or self.state.settings.keep_pictures

    def _remember(self) -> None:
        seen, tenant = self.state.catalog.seen_listings, self.request.tenant
        with self._stage("remember", self.journal.total("listings", "listing IS NOT NULL")) as stage:
            remembering = Remembering(self.journal, self.judged_by, stage)
            remembering.into(self.state.catalog.sightings, tenant, self.scan_id)
        self.vanished.tell(seen, self.request.out, tenant=tenant, scan_id=self.scan_id)

    def interrupt(self) -> None:
        """Leave everything for `--resume`; where nothing was read there is nothing to leave."""
        scans = self.state.catalog.scans
        if self.journal.total("sources", "checkpoint IS NOT NULL"):
            scans.mark(self.request.tenant, self.scan_id, "paused")
            return
        scans.finish(self.request.tenant, self.scan_id, summary={}, state="failed")
        self.journal.close()
        clear_work(self.request.out)

    @contextmanager
    def _stage(self, name: str, total: int | None = None) -> Iterator[Stage]:
        begun = time.monotonic()
        try:
            with self.reporter.stage(name, total) as stage:
                counted = Counted(stage, name)
                yield counted
                counted.spend()
        finally:
            self.journal.spend(name, time.monotonic() - begun)


def _outcome(row: dict[str, Any]) -> str:
    """What a picture came to, as it is counted."""
    if row["error"] is not None:
        return "unreadable"
    return "known" if row["known"] else "fresh"
