"""`counterfoil evaluate`: scan a labelled file, compare, and write the report where one is asked for."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from cluster.settings import Settings
from cluster.state import State
from pipelines.beginning import ScanRequest
from pipelines.evaluate.album import Album
from pipelines.evaluate.comparison import Evaluation, compare
from pipelines.evaluate.labels import read_labels
from pipelines.evaluate.outcomes import outcomes
from pipelines.evaluate.report import check_writable, write_report
from pipelines.progress import Reporter
from pipelines.scan import scan


def evaluate_file(  # noqa: PLR0913 - what a scan needs, and two places for what is kept
    labelled: Path,
    tenant: str,
    settings: Settings,
    reporter: Reporter,
    *,
    out: Path | None = None,
    report: Path | None = None,
) -> Evaluation:
    """Scan a labelled file and compare; the scan's results stay in `out`, an HTML report in `report`.

    Raises `SourceError` for a row without a usable label and `SettingsError` for a report that cannot be
    written, both before anything is scanned.
    """
    labels = read_labels(labelled)
    if report is not None:
        check_writable(report)
    state = State(settings)
    with TemporaryDirectory(prefix="counterfoil-evaluate-") as folder:
        kept = out or Path(folder) / "results"
        summary = scan(
            ScanRequest(tenant=tenant, sources=(f"file:{labelled}",), out=kept, remembered=False),
            settings,
            reporter,
        )
        rows = pq.read_table(kept / "results.parquet").to_pylist()
    recipe = state.recipe(tenant)
    judged = outcomes(labels, rows, recipe)
    evaluation = compare(judged, summary)
    if report is not None:
        album = Album(state, tenant, labelled, private_addresses=settings.private_addresses)
        write_report(report, evaluation, judged, album=album, tiers=recipe.tiers)
    return evaluation
