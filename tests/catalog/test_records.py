"""The record store: what is kept, whose it is, and who may be in the way."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from catalog.quality import Finding, Inspection, Quality
from catalog.records import open_catalog
from catalog.references import StoredReference, reference_id
from scoring.brand import Brand, Mark, Reference, ReferenceKind
from scoring.errors import CatalogError, UnreachableError

NORTHPINE = Brand(name="Northpine", marks=(Mark(text="NORTHPINE"),), languages=("en", "de"))


def reference(name="a.png", *, tenant="acme", brand="Northpine", digest="1", findings=()):
    digest = digest * 64
    kind = ReferenceKind.PHOTO
    seen = Inspection(width=8, height=9, sharpness=20.5, dhash=2**64 - 1, phash=1, flat=False)
    return StoredReference(
        Reference(
            id=reference_id(tenant, brand, kind=kind, sha256=digest),
            tenant=tenant,
            brand=brand,
            kind=kind,
            name=name,
            sha256=digest,
            width=8,
            height=9,
            imported_at=datetime(2026, 11, 21, tzinfo=UTC),
        ),
        Quality(seen, tuple(findings)),
    )


@pytest.fixture
def acme(catalog):
    catalog.tenants.ensure("acme")
    return catalog


class TestTenants:
    def test_a_tenant_is_made_once(self, catalog):
        assert [catalog.tenants.ensure("acme"), catalog.tenants.ensure("acme")] == [True, False]
        assert catalog.tenants.names() == ("acme",)

    def test_an_unknown_one_lists_those_known(self, acme):
        acme.tenants.ensure("zoo")
        with pytest.raises(
            CatalogError, match=r"no tenant 'acne'; the catalogue knows acme, zoo\..*brand import"
        ):
            acme.tenants.require("acne")

    def test_an_empty_catalogue_says_so(self, catalog):
        with pytest.raises(CatalogError, match=r"the catalogue is empty\..*brand import DIR --tenant acme"):
            catalog.tenants.require("acme")

    def test_a_long_list_is_cut(self, catalog):
        for number in range(12):
            catalog.tenants.ensure(f"t{number:02}")
        with pytest.raises(CatalogError, match=r"t09, …\."):
            catalog.tenants.require("acme")

    @pytest.mark.parametrize(
        "ask",
        [
            lambda catalog: catalog.brands.of("nobody"),
            lambda catalog: catalog.brands.get("nobody", "Northpine"),
            lambda catalog: catalog.brands.save("nobody", NORTHPINE),
            lambda catalog: catalog.references.of("nobody"),
            lambda catalog: catalog.references.count("nobody"),
            lambda catalog: catalog.references.replace("nobody", "Northpine", []),
            lambda catalog: catalog.recipes.active("nobody"),
            lambda catalog: catalog.recipes.of("nobody"),
            lambda catalog: catalog.recipes.put("nobody", version="1", document="{}"),
            lambda catalog: catalog.scans.start("nobody", []),
            lambda catalog: catalog.scans.get("nobody", "x"),
            lambda catalog: catalog.scans.of("nobody"),
        ],
    )
    def test_no_question_is_answered_for_nobody(self, acme, ask):
        with pytest.raises(CatalogError, match="no tenant 'nobody'"):
            ask(acme)


class TestBrands:
    def test_a_brand_comes_back_as_it_was(self, acme):
        saved = acme.brands.save("acme", NORTHPINE)
        assert (saved.brand, saved.version, saved.changed) == (NORTHPINE, 1, True)
        assert acme.brands.get("acme", "Northpine").brand == NORTHPINE
        assert acme.brands.get("acme", "Northpine").updated_at == saved.updated_at

    def test_only_a_change_is_a_version(self, acme):
        acme.brands.save("acme", NORTHPINE)
        same = acme.brands.save("acme", NORTHPINE)
        assert (same.version, same.changed) == (1, False)
        other = acme.brands.save("acme", NORTHPINE.model_copy(update={"languages": ("fr",)}))
        assert (other.version, other.changed) == (2, True)
        assert other.updated_at > same.updated_at

    def test_an_unknown_brand_lists_those_known(self, acme):
        acme.brands.save("acme", NORTHPINE)
        with pytest.raises(CatalogError, match="has no brand 'Southpine'; it has Northpine"):
            acme.brands.get("acme", "Southpine")

    def test_tenants_may_share_a_name_and_nothing_else(self, acme):
        acme.tenants.ensure("rival")
        acme.brands.save("acme", NORTHPINE)
        theirs = Brand(name="Northpine", languages=("fr",))
        acme.brands.save("rival", theirs)
        assert [it.brand for it in acme.brands.of("rival")] == [theirs]
        assert [it.brand for it in acme.brands.of("acme")] == [NORTHPINE]


class TestReferences:
    @pytest.fixture
    def northpine(self, acme):
        acme.brands.save("acme", NORTHPINE)
        return acme

    def test_a_reference_comes_back_as_it_was(self, northpine):
        kept = reference(findings=[Finding("blurred", "why")])
        replaced = northpine.references.replace("acme", "Northpine", [kept])
        assert replaced.added == {kept.reference.id}
        assert northpine.references.stored("acme") == (kept,)
        assert northpine.references.of("acme") == (kept.reference,)

    def test_replacing_says_what_changed(self, northpine):
        a, b, c = (reference(f"{digest}.png", digest=digest) for digest in "123")
        northpine.references.replace("acme", "Northpine", [a, b])
        renamed = reference("renamed.png", digest="2")
        replaced = northpine.references.replace("acme", "Northpine", [renamed, c])
        assert (replaced.added, replaced.updated) == ({c.reference.id}, {b.reference.id})
        assert replaced.removed == (a.reference,)
        assert [it.name for it in northpine.references.of("acme")] == ["3.png", "renamed.png"]

    def test_a_failed_replacement_leaves_all_as_it_was(self, northpine):
        northpine.references.replace("acme", "Northpine", [reference()])
        wrong = reference(brand="Never saved", digest="2")
        with pytest.raises(CatalogError):
            northpine.references.replace("acme", "Northpine", [wrong])
        assert len(northpine.references.of("acme")) == 1

    def test_other_brands_and_tenants_stay_out_of_it(self, northpine):
        northpine.tenants.ensure("rival")
        northpine.brands.save("rival", NORTHPINE)
        northpine.brands.save("acme", Brand(name="Other"))
        for tenant, brand in (("acme", "Northpine"), ("acme", "Other"), ("rival", "Northpine")):
            northpine.references.replace(tenant, brand, [reference(tenant=tenant, brand=brand)])
        northpine.references.replace("acme", "Northpine", [])
        assert [it.brand for it in northpine.references.of("acme")] == ["Other"]
        assert northpine.references.count("rival") == 1
        assert northpine.references.stored("rival", brand="Other") == ()


class TestRecipes:
    def test_none_is_active_at_first(self, acme):
        assert acme.recipes.active("acme") is None

    def test_the_last_put_is_active(self, acme):
        acme.recipes.put("acme", version="1", document="a: 1")
        acme.recipes.put("acme", version="2", document="a: 2")
        assert acme.recipes.active("acme").document == "a: 2"
        assert [(it.version, it.active) for it in acme.recipes.of("acme")] == [("1", False), ("2", True)]

    def test_an_older_one_can_be_active_again(self, acme):
        for version in ("1", "2", "1"):
            acme.recipes.put("acme", version=version, document=f"a: {version}")
        assert [(it.version, it.active) for it in acme.recipes.of("acme")] == [("1", True), ("2", False)]

    def test_a_version_never_changes(self, acme):
        acme.recipes.put("acme", version="1", document="a: 1")
        with pytest.raises(CatalogError, match=r"another recipe '1', of 2026-11-21\..*version of its own"):
            acme.recipes.put("acme", version="1", document="a: 2")
        assert acme.recipes.active("acme").document == "a: 1"

    def test_tenants_are_apart(self, acme):
        acme.tenants.ensure("rival")
        acme.recipes.put("acme", version="1", document="a: 1")
        assert acme.recipes.active("rival") is None


class TestScans:
    def test_a_scan_runs_and_ends(self, acme):
        scan = acme.scans.start("acme", ["file:a.jsonl", 'ebay:"query"'])
        assert (scan.state, scan.sources) == ("running", ("file:a.jsonl", 'ebay:"query"'))
        assert (scan.finished_at, scan.summary) == (None, None)
        ended = acme.scans.finish("acme", scan.id, summary={"listings": 3, "tiers": {"1": 2}})
        assert ended == acme.scans.get("acme", scan.id)
        assert (ended.state, ended.summary) == ("finished", {"listings": 3, "tiers": {"1": 2}})
        assert ended.finished_at > ended.started_at

    def test_a_scan_pauses_and_goes_on(self, acme):
        scan = acme.scans.start("acme", [])
        assert acme.scans.mark("acme", scan.id, "paused").state == "paused"
        assert acme.scans.mark("acme", scan.id, "running").state == "running"

    def test_a_failed_scan_can_be_resumed(self, acme):
        scan = acme.scans.start("acme", [])
        acme.scans.finish("acme", scan.id, summary={}, state="failed")
        assert acme.scans.mark("acme", scan.id, "running").finished_at is None

    def test_the_newest_is_first(self, acme):
        ids = [acme.scans.start("acme", []).id for _ in range(3)]
        assert [scan.id for scan in acme.scans.of("acme", limit=2)] == ids[:0:-1]

    def test_an_unknown_scan_lists_the_latest(self, acme):
        scan = acme.scans.start("acme", [])
        with pytest.raises(CatalogError, match=f"no scan 'x'.*{scan.id}"):
            acme.scans.get("acme", "x")

    @pytest.mark.parametrize("ask", ["get", "finish", "mark"])
    def test_another_tenants_scan_is_unknown(self, acme, ask):
        acme.tenants.ensure("rival")
        scan = acme.scans.start("acme", [])
        more = {"finish": {"summary": {}}, "mark": {"state": "paused"}}.get(ask, {})
        with pytest.raises(CatalogError, match=r"'rival' has no scan .*not run any scan yet"):
            getattr(acme.scans, ask)("rival", scan.id, **more)
        assert acme.scans.get("acme", scan.id) == scan


class TestStore:
    def test_what_was_kept_is_there_when_opened_again(self, acme, store):
        acme.brands.save("acme", NORTHPINE)
        acme.close()
        with open_catalog(store) as again:
            assert again.brands.get("acme", "Northpine").brand == NORTHPINE

    def test_moments_are_in_utc(self, acme):
        assert acme.scans.start("acme", []).started_at.tzinfo == UTC

    def test_a_moment_without_a_zone_is_refused(self, store):
        naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake in question
        with (
            open_catalog(store, clock=lambda: naive) as catalog,
            pytest.raises(CatalogError, match="no time zone"),
        ):
            catalog.tenants.ensure("acme")

    def test_writers_wait_for_each_other(self, acme):
        acme.brands.save("acme", NORTHPINE)

        def write(number):
            acme.brands.save("acme", NORTHPINE.model_copy(update={"languages": (f"l{number}",)}))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(40)))
        assert acme.brands.get("acme", "Northpine").version == 41

    def test_a_reader_is_refused_every_change(self, acme, store):
        with open_catalog(store, read_only=True) as reader:
            assert reader.tenants.names() == ("acme",)
            with pytest.raises(CatalogError, match=r"read-?only.*a role that may write"):
                reader.tenants.ensure("other")
        assert acme.tenants.names() == ("acme",)

    def test_a_reader_sees_one_moment(self, acme):
        with acme._database.reading() as session:
            before = session.scalar(text("SELECT count(*) FROM tenants"))
            acme.tenants.ensure("other")
            assert session.scalar(text("SELECT count(*) FROM tenants")) == before == 1

    def test_nothing_is_null(self, acme):
        acme.scans.start("acme", [])
        with acme._database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM scans WHERE summary IS NULL")) == 1

    def test_moments_and_numbers_keep_every_digit(self, acme, clock):
        clock.now = datetime(2026, 11, 21, 9, 0, 0, 123455, tzinfo=timezone(timedelta(hours=2)))
        scan = acme.scans.start("acme", [])
        summary = {"big": 2**60, "small": 1e-300, "words": "é \u0000 \U0001f512", "none": None}
        acme.scans.finish("acme", scan.id, summary=summary)
        kept = acme.scans.get("acme", scan.id)
        assert kept.started_at == scan.started_at
        assert kept.started_at.microsecond == 123455
        assert kept.summary == summary
        acme.usage.set_cap("acme", "calls", 2**53, by="ada")
        assert acme.usage.caps("acme") == {"calls": 2**53}


class TestSqlite:
    @pytest.fixture
    def store(self, tmp_path):
        return f"sqlite:///{tmp_path}/state/catalog.db"

    def test_the_connection_is_as_sqlite_should_be(self, acme):
        with acme._database.reading() as session:
            pragmas = {
                name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")
            }
            assert session.scalar(text("PRAGMA busy_timeout")) == 15_000
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}

    def test_a_file_that_is_no_database_says_so(self, tmp_path):
        (tmp_path / "c.db").write_bytes(b"just text, and enough of it to fill a header" * 50)
        with pytest.raises(CatalogError, match="not a database"):
            open_catalog(tmp_path / "c.db")

    def test_a_folder_in_the_way_says_so(self, tmp_path):
        with pytest.raises(CatalogError, match="unable to open"):
            open_catalog(tmp_path)

    def test_a_file_for_a_folder_says_so(self, tmp_path):
        (tmp_path / "state").write_bytes(b"")
        with pytest.raises(CatalogError, match="cannot be made"):
            open_catalog(tmp_path / "state" / "catalog.db")

    @pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
    def test_memory_is_refused(self, url):
        with pytest.raises(CatalogError, match="need a file"):
            open_catalog(url)

    @pytest.mark.parametrize("url", ["", "nonsense", "nosuch://user:secret@host/name"])
    def test_a_bad_url_is_refused_and_its_password_kept(self, url):
        with pytest.raises(
            CatalogError, match=r"not a usable database URL|cannot be kept by nosuch"
        ) as caught:
            open_catalog(url)
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("url", "expected", "reason"),
        [
            (
                "postgresql+psycopg2://user:secret@h/c",
                "driver .*psycopg2 is not installed.*psycopg://",
                "another",
            ),
            ("mysql://user:secret@h/c", r"cannot be kept by mysql\..*PostgreSQL", "another server"),
        ],
    )
    def test_what_cannot_keep_records_says_so(self, url, expected, reason):
        with pytest.raises(CatalogError, match=expected) as caught:
            open_catalog(url)
        assert "secret" not in str(caught.value), reason

    def test_a_lock_that_is_never_let_go_is_unreachable(self, acme, tmp_path):
        holder = sqlite3.connect(tmp_path / "state" / "catalog.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with acme._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")
            connection.rollback()
        with pytest.raises(UnreachableError, match=r"locked.*try again"):
            acme.tenants.ensure("other")
        assert acme.tenants.names() == ("acme",), "readers are not in a writer's way"
        holder.close()
