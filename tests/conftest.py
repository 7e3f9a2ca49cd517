"""What tests of several rooms share: one real Ray, settings with a home of their own, photographs."""

from pathlib import Path

import pytest

from cluster.session import start_here
from cluster.settings import Pools, Settings, Workers
from tests.catalog import postgres as own_postgres

DATA = Path(__file__).parents[2] / "shared" / "data"
LOGICAL_CPUS = 8
"""More than the work of any test asks for, so that pools and replicas never wait for one another."""


def settings_at(home: Path, **overrides) -> Settings:
    """Settings with a home of their own, and pools small enough that two cores start them quickly."""
    return Settings(
        **({"home": home, "encoder": None, "pools": Pools(pictures=Workers(max_size=2, batch=8))} | overrides)
    )


@pytest.fixture
def settings(tmp_path) -> Settings:
    return settings_at(tmp_path / "home")


@pytest.fixture(scope="session")
def ray_session():
    """A real Ray on this machine, started once; code under test that opens a session joins it."""
    import ray
    from ray.data import DataContext

    if ray.is_initialized():
        yield
        return
    start_here(num_cpus=LOGICAL_CPUS, object_store_memory=256 << 20)
    DataContext.get_current()
    yield
    ray.shutdown()


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL, started once, where Debian's `postgresql` is installed."""
    programs = own_postgres.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with own_postgres.running(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def s3():
    """An object store on the loopback address, with a bucket: what fsspec is told, and the door to it."""
    from tests.catalog.object_store import object_store  # takes a second to import

    with object_store() as store:
        yield store


@pytest.fixture(scope="session")
def photographs() -> Path:
    """The real photographs, where this checkout has them beside it."""
    if not (DATA / "grocery").is_dir():
        pytest.skip(f"the real photographs are not at {DATA}")
    return DATA
