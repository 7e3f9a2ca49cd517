"""What only a server can do: be away, cut connections off, refuse a role, run out of connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from catalog.database import connect
from catalog.faults import translated
from catalog.models import TenantRow
from catalog.postgres import PoolSizes
from catalog.records import open_catalog
from scoring.errors import CatalogError, UnreachableError
from tests.catalog.test_records import NORTHPINE


@pytest.fixture
def url(postgres):
    return postgres.url()


@pytest.fixture
def acme(url, clock):
    with open_catalog(url, clock=clock) as catalog:
        catalog.tenants.ensure("acme")
        yield catalog


def name_of(url):
    return make_url(url).database


def test_connections_that_were_cut_while_idle_are_replaced(acme, postgres, url):
    scan = acme.scans.start("acme", ["file:a"])
    assert postgres.cut_off(name_of(url)) >= 1
    assert acme.scans.finish("acme", scan.id, summary={"listings": 3}).state == "finished"


def test_one_that_is_cut_in_the_middle_says_so_and_leaves_no_trace(acme, postgres, url):
    def half():
        with acme._database.writing() as session:
            session.add(TenantRow(name="half", created_at=acme.clock()))
            session.flush()
            postgres.cut_off(name_of(url))
            session.execute(text("SELECT 1"))

    with pytest.raises(UnreachableError, match=r"terminating connection.*try again"):
        half()
    assert acme.tenants.names() == ("acme",), "and the next question is answered"


@pytest.mark.parametrize(
    ("change", "ours", "expected", "reason"),
    [
        ({"query": {"host": "/nowhere"}}, UnreachableError, "Check that its server runs", "nobody listens"),
        ({"username": "stranger"}, CatalogError, 'role "stranger" does not exist', "a person must act"),
        ({"database": "nowhere"}, CatalogError, 'database "nowhere" does not exist', "a person must act"),
        ({"username": "throttled"}, UnreachableError, "too many connections", "others will leave"),
        ({"drivername": "postgresql", "username": "stranger"}, CatalogError, "stranger", "the plain name"),
    ],
)
def test_a_server_that_does_not_let_us_in(postgres, url, change, ours, expected, reason):
    if change.get("username") == "throttled":
        postgres.execute("CREATE ROLE throttled LOGIN CONNECTION LIMIT 0")
    with pytest.raises(ours, match=expected) as caught:
        open_catalog(make_url(url).set(**change).render_as_string(hide_password=False))
    assert type(caught.value) is ours, reason


def test_a_server_is_never_changed_by_opening_it(postgres):
    with pytest.raises(CatalogError, match=r"not set up.*counterfoil catalogue upgrade"):
        open_catalog(postgres.url(empty=True))


def test_a_role_that_may_only_read_reads(acme, postgres, url):
    """The grants of docs/servers.md."""
    postgres.execute("CREATE ROLE reader LOGIN")
    postgres.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", database=name_of(url))
    theirs = postgres.at(name_of(url), user="reader")
    with open_catalog(theirs) as reader:
        assert reader.tenants.names() == ("acme",)
        with pytest.raises(CatalogError, match=r"permission denied.*a role that may write"):
            reader.tenants.ensure("other")


def test_the_same_record_from_two_sides_is_explained(acme):
    acme.tenants.ensure("rival")
    with (
        pytest.raises(CatalogError, match=r"duplicate key.*wrote the same record first"),
        acme._database.writing() as session,
    ):
        session.add(TenantRow(name="rival", created_at=acme.clock()))


def test_a_tenant_is_made_once_and_its_brand_counted_by_turns(acme):
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(acme.tenants.ensure, ["new"] * 32)) == 1
        saved = pool.map(
            lambda number: (
                acme.brands.save("new", NORTHPINE.model_copy(update={"languages": (f"l{number}",)})).version
            ),
            range(32),
        )
        assert sorted(saved) == list(range(1, 33))


def test_a_pool_has_an_end(url):
    database = connect(url, pool=PoolSizes(size=1, overflow=0, wait_seconds=0.1))
    with database.reading() as first, database.reading() as second:
        first.execute(text("SELECT 1"))
        with pytest.raises(UnreachableError, match="DATABASE_POOL__OVERFLOW"), translated():
            second.execute(text("SELECT 1"))
    database.close()


def test_a_lock_that_is_never_let_go_is_unreachable(acme, url):
    impatient = connect(f"{url}&options=-c%20lock_timeout%3D50")
    with acme._database.writing() as holder:
        holder.execute(text("SELECT 1 FROM tenants FOR UPDATE"))
        with pytest.raises(UnreachableError, match="lock timeout"), impatient.writing() as session:
            session.execute(text("SELECT 1 FROM tenants FOR UPDATE"))
    impatient.close()
