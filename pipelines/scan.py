"""A scan: listings in, a verdict for each, at the scale of a crawl.

read → look (fetch, decode, fingerprint) → group near-identical pictures → rounds of judging and
measuring, until no listing needs anything more → results. The journal holds everything between the
stages, so a scan may die anywhere and be resumed.
"""

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ray

from cluster.access import access_of
from cluster.allowance import Allowance
from cluster.library import Library, build_library
from cluster.paid.account import cap_use
from cluster.session import cluster_cpus, session
from cluster.settings import Settings
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from connectors import open_source
from pipelines.admission import BLOCK, Admissions
from pipelines.encoding import prepare_encoder
from pipelines.evidence import keep_evidence
from pipelines.grouping import group_pictures
from pipelines.journal import Journal
from pipelines.judging import Judge
from pipelines.pause import Pause
from pipelines.progress import Reporter, Stage
from pipelines.reading import read_sources
from pipelines.results import ScanFacts, write_results, write_summary
from pipelines.rounds import Tasks, look_at, measure
from pipelines.stages import Crew
from scoring.errors import RetryError, SettingsError, UnavailableError
from scoring.features import APPEARANCE, Features, Unavailable, dump_features, load_features
from scoring.recipe import Recipe

_BILLED = "billed:"
"""Before a feature's name: the count of its units that a paid service may ask money for."""

_WORK = "work"
"""The folder, beside the results, of what only an unfinished scan needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, for whom, and where the results go."""

    tenant: str
    sources: tuple[str, ...]
    out: Path
    resume: str | None = None
    """The id of an unfinished scan in `out`."""


def scan(request: ScanRequest, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """Run a scan to its end and return its summary, which `summary.json` holds too.

    Raises `SetupError` kinds before anything has been read; after that a failure costs rows, not the scan.
    """
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
    gaps: dict[str, list[str]] = field(default_factory=dict)
    """By source, what of it could not be read."""

    @property
    def spec(self) -> PictureSpec:
        """Where this scan's pictures come from."""
        return PictureSpec(
            private_addresses=self.state.settings.private_addresses,
            roots=tuple(
                root
                for source in self.request.sources
                if (root := open_source(source).picture_root) is not None
            ),
            copies=str((self.request.out / _WORK / "pictures").resolve()),
            tenant=self.request.tenant,
        )

    @property
    def _worker_settings(self) -> Settings:
        """The settings for workers, which may start in another folder than ours."""
        settings = self.state.settings
        return settings.model_copy(update={"home": settings.home.resolve()})

    @classmethod
    def begin(cls, request: ScanRequest, state: State, reporter: Reporter) -> "Run":
        """Start a new scan in an empty folder, or go on with the one that was begun there."""
        journal_file = request.out / _WORK / "journal.sqlite"
        sources = request.sources
        if request.resume is None:
            if not sources:
                raise SettingsError(
                    "a scan needs a source of listings.", hint="Name one: --source file:PATH."
                )
            for source in sources:
                open_source(source)  # a misspelt one is to be told before anything is begun
            if journal_file.exists() or (request.out / "results.parquet").exists():
                raise SettingsError(
                    f"{request.out} already holds a scan.",
                    hint="Name another folder, or go on with an unfinished one: --resume SCAN_ID.",
                )
            library = build_library(state, request.tenant)
            _make_folder(request.out)
            scan_id = state.catalog.scans.start(request.tenant, sources).id
        else:
            known = state.catalog.scans.get(request.tenant, request.resume)
            if not journal_file.exists():
                raise SettingsError(
                    f"{request.out} holds no unfinished scan {request.resume}.",
                    hint="Name the folder that the scan was begun in with --out.",
                )
            if sources and sources != known.sources:
                raise SettingsError(
                    f"scan {known.id} reads {', '.join(known.sources)}.",
                    hint="Leave out --source when resuming: the scan knows its sources.",
                )
            sources = known.sources
            library = build_library(state, request.tenant)
            scan_id = known.id
        journal = Journal(journal_file)
        try:
            journal.bind({"scan_id": scan_id, "tenant": request.tenant, "recipe": library.recipe.id})
        except SettingsError:
            journal.close()
            raise
        state.catalog.scans.mark(request.tenant, scan_id, "running")
        request = ScanRequest(tenant=request.tenant, sources=sources, out=request.out, resume=request.resume)
        return cls(request, state, reporter, scan_id, journal, library)

    def all(self) -> None:
        """Every stage, each of which does only what the journal does not hold yet."""
        self._prepare()
        self._read()
        crew = self._crew()
        if self.library.owners:
            self._look(crew)
            with self._stage("group") as stage:
                bits, apart = self.state.settings.near_duplicate_bits, self.library.paid.withheld
                stage.advance(group_pictures(self.journal, bits, apart=apart))
        self._judge(crew)

    def judge_again(self, recipe: Recipe) -> None:
        """Judge every listing by another recipe; only what nobody has asked for yet is measured."""
        self.library = replace(self.library, recipe=recipe)
        self.journal.forget_verdicts()
        self._judge(self._crew())

    def _crew(self) -> Crew:
        return Crew(self._worker_settings, self.spec, ray.put(self.library), cluster_cpus())

    def _judge(self, crew: Crew) -> None:
        judge = Judge(self.journal, self.library, self._admissions())
        while True:
            with self._stage("judge", self.journal.undecided()) as stage:
                judge.round(stage)
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
                prepare_encoder(self.state.settings, self.request.tenant)
            except (RetryError, UnavailableError) as error:
                gone = {**self.library.unavailable, APPEARANCE: Unavailable(str(error))}
                self.library = replace(self.library, unavailable=gone)

    def _read(self) -> None:
        access = access_of(self.state, self.request.tenant)
        with self._stage("read") as stage:
            self.gaps = read_sources(self.request.sources, access, self.journal, stage).gaps

    def _look(self, crew: Crew) -> None:
        total = self.journal.total("pictures", "seen = 0")
        if not total:
            return
        tasks = Tasks(({"key": key, "source": source} for key, source in self.journal.unseen()), total)
        with self._stage("look at pictures", total) as stage:
            for block in look_at(tasks, crew):
                self.journal.add_looks(block)
                stage.advance(len(block))

    def _measure(self, crew: Crew, waiting: int) -> None:
        rows = (
            {"grp": group, "source": source, "sha256": digest, "wanted": list(wanted)}
            for group, source, digest, wanted in self.journal.unmeasured()
        )
        encode = bool(self.journal.total("wanted", f"feature = '{APPEARANCE}'"))
        begun = self.state.catalog.clock()
        with self._stage("measure", waiting) as stage:
            for block in measure(Tasks(rows, waiting), crew, encode=encode):
                values = []
                counts: Counter[str] = Counter()
                for row in block:
                    features = load_features(row["features"])
                    values += [(row["grp"], name, dump_features({name: features[name]})) for name in features]
                    counts.update(_counted(features, cached=row["cached"]))
                    counts.update(f"{_BILLED}{feature}" for feature in row["billed"] or ())
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
            keep_evidence(self.journal, Pictures(self.spec), self.state.blobs(self.request.tenant))
            tiers = write_results(
                self.journal.listings(),
                self.request.out / "results.parquet",
                scan=ScanFacts(
                    tenant=self.request.tenant, scan_id=self.scan_id, recipe_version=self.library.recipe.id
                ),
                stage=stage,
            )
        summary = self._summary(tiers)
        write_summary(summary, self.request.out / "summary.json")
        self.state.catalog.scans.finish(self.request.tenant, self.scan_id, summary=summary)
        self.journal.close()
        shutil.rmtree(self.request.out / _WORK)
        return summary

    def interrupt(self) -> None:
        """Leave everything for `--resume`; where nothing was read there is nothing to leave."""
        scans = self.state.catalog.scans
        if self.journal.total("checkpoints"):
            scans.mark(self.request.tenant, self.scan_id, "paused")
            return
        scans.finish(self.request.tenant, self.scan_id, summary={}, state="failed")
        self.journal.close()
        shutil.rmtree(self.request.out / _WORK)

    @contextmanager
    def _stage(self, name: str, total: int | None = None) -> Iterator[Stage]:
        begun = time.monotonic()
        try:
            with self.reporter.stage(name, total) as stage:
                yield stage
        finally:
            self.journal.spend(name, time.monotonic() - begun)

    def _summary(self, tiers: Counter[str]) -> dict[str, Any]:
        journal = self.journal
        seconds, counts = journal.figures()
        models = {name.removeprefix("model:"): n for name, n in counts.items() if name.startswith("model:")}
        failed = {
            f"{name.removeprefix('failure:')} not measured": n
            for name, n in counts.items()
            if name.startswith("failure:")
        }
        return {
            "scan_id": self.scan_id,
            "tenant": self.request.tenant,
            "sources": list(self.request.sources),
            "recipe": self.library.recipe.id,
            "tiers": {str(tier): tiers[str(tier)] for tier in (1, 2, 3, 4)},
            "listings": journal.total("listings"),
            "listings_unreadable": journal.total("listings", "listing IS NULL"),
            "images": journal.total("pictures"),
            "images_unreadable": journal.total("pictures", "error IS NOT NULL"),
            "unique_images": journal.unique_pictures(),
            "model_calls": models,
            "cache_hits": counts.get("cache_hits", 0),
            "cap_use": cap_use(self.state.catalog, self.state.settings, self.request.tenant),
            "image_similarity": {"counted": 0, "free": 0, "spent": 0} | journal.admissions(),
            "cost": self._cost(counts),
            "failures": journal.failures() | failed,
            "not_covered": self.gaps,
            "not_measured": {name: gone.reason for name, gone in self.library.unavailable.items()},
            "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
        }

    def _cost(self, counts: dict[str, int]) -> dict[str, Any]:
        """What this scan's paid calls cost at the settings' prices; a restarted worker's calls twice."""
        units = {name.removeprefix(_BILLED): n for name, n in counts.items() if name.startswith(_BILLED)}
        micros = sum(n * self.state.settings.google_vision.unit_micros(name) for name, n in units.items())
        images = self.journal.total("pictures")
        return {
            "units": units,
            "usd": micros / 1e6,
            "usd_per_image": round(micros / 1e6 / images, 9) if images else 0.0,
        }


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{out} cannot be made a folder for results: {error.strerror}.", hint="Name another with --out."
        ) from error


def _counted(features: Features, *, cached: Sequence[str]) -> Iterator[str]:
    """What each measurement counts as: a call of a model, a hit in the cache, or a failure."""
    for name, value in features.items():
        if isinstance(value, Unavailable):
            yield f"failure:{name}"
        else:
            yield "cache_hits" if name in cached else f"model:{name}"
