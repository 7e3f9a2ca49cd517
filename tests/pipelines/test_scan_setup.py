"""What can never work is told before anything is read, in words that say what to do."""

from dataclasses import replace

import pytest

from cluster.state import State
from pipelines.beginning import ScanRequest
from pipelines.journal import Journal
from pipelines.progress import Reporter
from pipelines.scan import scan
from scoring.errors import CatalogError, EncoderError, SettingsError, SourceError
from tests.pipelines.markets import TENANT, import_into, listing, run_scan, write_kit, write_market

pytestmark = pytest.mark.ray


@pytest.fixture
def request_(tmp_path, protected):
    source = write_market(tmp_path / "shop", [listing(1)])
    return ScanRequest(tenant=TENANT, sources=(source,), out=tmp_path / "out")


WRONG = [
    (
        {"tenant": "nobody"},
        CatalogError,
        ("There is no tenant 'nobody'; the catalogue knows acme.", "counterfoil brand import"),
        "an unknown tenant",
    ),
    ({"sources": ()}, SettingsError, ("a scan needs a source", "--source file:PATH"), "no source"),
    (
        {"sources": ("ebbay:shoes",)},
        SourceError,
        ("there is no source 'ebbay:'", "Known are file:"),
        "a source of no known kind",
    ),
    (
        {"sources": ("file:/no/such/listings.jsonl",)},
        SourceError,
        ("/no/such/listings.jsonl",),
        "a file that is not there",
    ),
    (
        {"resume": "20261121-000000-00000000"},
        CatalogError,
        ("has no scan '20261121-000000-00000000'", "It has not run any scan yet"),
        "a scan that was never begun",
    ),
]


@pytest.mark.parametrize(("change", "error", "says", "reason"), WRONG, ids=[reason for *_, reason in WRONG])
def test_a_mistake_is_told_at_once_and_leaves_nothing_behind(
    request_, protected, change, error, says, reason
):
    with pytest.raises(error) as raised:
        scan(replace(request_, **change), protected, Reporter(quiet=True))
    for text in says:
        assert text in str(raised.value)
    assert not request_.out.exists()
    assert State(protected).catalog.scans.of(TENANT) == ()


def test_a_tenant_without_a_brand_is_told_to_import_one(request_, protected):
    State(protected).catalog.tenants.ensure("newcomer")
    with pytest.raises(SettingsError, match="'newcomer' protects no brand yet"):
        scan(replace(request_, tenant="newcomer"), protected, Reporter(quiet=True))


def test_a_folder_that_cannot_be_made_is_named(request_, protected, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match=r"file/out cannot be made a folder for results: Not a directory"):
        scan(replace(request_, out=tmp_path / "file" / "out"), protected, Reporter(quiet=True))


def test_a_folder_that_holds_a_scan_is_not_written_over(ray_session, request_, protected):
    scan(request_, protected, Reporter(quiet=True))
    before = (request_.out / "results.parquet").read_bytes()
    with pytest.raises(SettingsError, match="already holds a scan"):
        scan(request_, protected, Reporter(quiet=True))
    assert (request_.out / "results.parquet").read_bytes() == before


def test_a_finished_scan_that_is_resumed_gives_its_summary(ray_session, request_, protected):
    """Whoever resumes may not know that the scan had ended before it was killed."""
    done = scan(request_, protected, Reporter(quiet=True))
    again = scan(replace(request_, sources=(), resume=done["scan_id"]), protected, Reporter(quiet=True))
    assert again == done


@pytest.fixture
def paused(request_, protected):
    """A scan that was begun and stopped, its journal bound to it."""
    state = State(protected)
    scan_id = state.catalog.scans.start(TENANT, request_.sources).id
    journal = Journal(request_.out / "work" / "journal.sqlite")
    journal.bind({"scan_id": scan_id, "tenant": TENANT, "recipe": "default@1"})
    journal.close()
    state.catalog.scans.mark(TENANT, scan_id, "paused")
    return scan_id


def test_another_scan_cannot_be_resumed_in_its_folder(request_, protected, paused):
    state = State(protected)
    other = state.catalog.scans.start(TENANT, request_.sources).id
    state.catalog.scans.mark(TENANT, other, "paused")
    with pytest.raises(SettingsError, match="was begun with another scan_id"):
        scan(replace(request_, sources=(), resume=other), protected, Reporter(quiet=True))
    assert state.catalog.scans.get(TENANT, other).state == "paused"


def test_a_scan_is_not_resumed_on_other_sources(request_, protected, paused, tmp_path):
    source = write_market(tmp_path / "another", [listing(2)])
    with pytest.raises(SettingsError, match="Leave out --source when resuming"):
        scan(replace(request_, sources=(source,), resume=paused), protected, Reporter(quiet=True))


def test_a_paused_scan_goes_on(ray_session, request_, protected, paused):
    outcome = run_scan(protected, request_.sources[0], request_.out, resume=paused)
    assert outcome.summary["scan_id"] == paused
    assert len(outcome.rows) == 1
    assert State(protected).catalog.scans.get(TENANT, paused).state == "finished"


def test_an_encoder_that_cannot_load_is_told_before_anything_is_read(
    ray_session, request_, protected, tmp_path
):
    broken = protected.model_copy(update={"encoder": str(tmp_path / "no-such-folder")})
    with pytest.raises(EncoderError, match=r"There is no encoder folder .*no-such-folder"):
        scan(request_, broken, Reporter(quiet=True))
    assert not (request_.out / "work").exists(), "the same command may simply be given again"
    (begun,) = State(protected).catalog.scans.of(TENANT)
    assert begun.state == "failed"
    scan(request_, protected, Reporter(quiet=True))


def test_without_references_no_encoder_is_loaded(ray_session, settings, tmp_path):
    import_into(settings, write_kit(tmp_path / "kit", {}))
    broken = settings.model_copy(update={"encoder": str(tmp_path / "no-such-folder")})
    outcome = run_scan(broken, write_market(tmp_path / "shop", [listing(1)]), tmp_path / "out")
    assert outcome.summary["listings"] == 1
