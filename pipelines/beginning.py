"""How a scan begins: a new one in an empty folder, or one that is gone on with."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from cluster.encoder_plan import EncoderPlan
from cluster.kept import judging_stamp
from cluster.library import Library, build_library
from cluster.state import State
from connectors import open_source
from pipelines.journal import Journal
from pipelines.queries import planned
from scoring.errors import SettingsError

WORK = "work"
"""The folder, beside the results, of what only an unfinished scan needs."""

_JUDGED_BY = "judged by"
"""Among what a journal was told first: where something changes before a scan is resumed, what it judged rests
on either, and is judged again by the next `rescan --only-changed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, for whom, and where the results go."""

    tenant: str
    sources: tuple[str, ...]
    out: Path
    resume: str | None = None
    """The id of an unfinished scan in `out`."""
    remembered: bool = True
    """Whether later work is to find what is seen: a trial on a labelled set has seen no marketplace."""

    @property
    def journal_file(self) -> Path:
        """Where the scan's journal is while it is not finished."""
        return journal_in(self.out)


def journal_in(out: Path) -> Path:
    """Where the journal of an unfinished scan lies in its folder of results."""
    return out / WORK / "journal.sqlite"


def clear_work(out: Path) -> None:
    """Clear away what only an unfinished scan needs. It is gone at once, or not at all, whenever we die."""
    gone = out / f"{WORK}.gone"
    shutil.rmtree(gone, ignore_errors=True)
    if (out / WORK).exists():
        (out / WORK).replace(gone)
        shutil.rmtree(gone)


@dataclass(frozen=True, slots=True)
class Begun:
    """A scan with its journal open."""

    scan_id: str
    sources: tuple[str, ...]
    """As the request named them, or as the resumed scan's did."""
    journal: Journal
    library: Library
    judged_by: str
    """What verdicts of this scan rest on (`cluster.kept.judging_stamp`), as it was when the scan began."""


def begin(request: ScanRequest, state: State) -> Begun:
    """Start a new scan in an empty folder, or go on with the one that was begun there.

    What can be wrong with the request is told before anything is begun: `SetupError` kinds.
    """
    begun = _new(request, state) if request.resume is None else _again(request, state, request.resume)
    state.catalog.scans.mark(request.tenant, begun.scan_id, "running")
    return begun


def _new(request: ScanRequest, state: State) -> Begun:
    if not request.sources:
        raise SettingsError("a scan needs a source of listings.", hint="Name one: --source file:PATH.")
    brands = state.brands(request.tenant)
    plan = planned(request.sources, brands, most=state.settings.marks_queries)
    for source in plan.sources:
        open_source(source)  # a misspelt one is to be told before anything is begun
    if request.journal_file.exists() or (request.out / "results.parquet").exists():
        raise SettingsError(
            f"{request.out} already holds a scan.",
            hint="Name another folder, or go on with an unfinished one: --resume SCAN_ID.",
        )
    judged_by = judging_stamp(state, request.tenant, EncoderPlan.of(state, request.tenant))
    library = build_library(state, request.tenant)
    _make_folder(request.out)
    scan_id = state.catalog.scans.start(request.tenant, request.sources).id
    journal = _opened(request, scan_id, library)
    journal.plan(plan.sources)
    journal.leave_out(plan.left_out)
    return Begun(scan_id, request.sources, journal, library, journal.first_said(_JUDGED_BY, judged_by))


def _again(request: ScanRequest, state: State, scan_id: str) -> Begun:
    known = state.catalog.scans.get(request.tenant, scan_id)
    if not request.journal_file.exists():
        raise SettingsError(
            f"{request.out} holds no unfinished scan {scan_id}.",
            hint="Name the folder that the scan was begun in with --out.",
        )
    if request.sources and request.sources != known.sources:
        raise SettingsError(
            f"scan {known.id} reads {', '.join(known.sources)}.",
            hint="Leave out --source when resuming: the scan knows its sources.",
        )
    judged_by = judging_stamp(state, request.tenant, EncoderPlan.of(state, request.tenant))
    library = build_library(state, request.tenant)
    journal = _opened(request, known.id, library)
    if not journal.planned():  # it died before it had written what to read
        _plan(journal, known.sources, state, request.tenant)
    return Begun(known.id, known.sources, journal, library, journal.first_said(_JUDGED_BY, judged_by))


def _plan(journal: Journal, sources: tuple[str, ...], state: State, tenant: str) -> None:
    plan = planned(sources, state.brands(tenant), most=state.settings.marks_queries)
    journal.leave_out(plan.left_out)
    journal.plan(plan.sources)


def _opened(request: ScanRequest, scan_id: str, library: Library) -> Journal:
    journal = Journal(request.journal_file)
    try:
        facts = {
            "scan_id": scan_id,
            "tenant": request.tenant,
            "recipe": " ".join(it.id for it in library.recipes),
        }
        journal.bind(facts | {"encoder": library.encoders.digest})
    except SettingsError:
        journal.close()
        raise
    return journal


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{out} cannot be made a folder for results: {error.strerror}.", hint="Name another with --out."
        ) from error
