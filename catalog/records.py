"""The record store's public face."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from catalog import schema
from catalog.adapters import Adapters
from catalog.brands import Brands
from catalog.calibrations import Calibrations
from catalog.database import Database, connect
from catalog.decisions import Decisions
from catalog.detectors import Detectors
from catalog.encoder_choices import EncoderChoices
from catalog.erasure import Erasure
from catalog.groups import Groups
from catalog.keys import Keys
from catalog.kill_switch import KillSwitch
from catalog.media import Media
from catalog.negatives import Negatives
from catalog.opt_ins import OptIns
from catalog.overview import Overview
from catalog.postgres import PoolSizes
from catalog.rechecks import Rechecks
from catalog.recipes import Recipes
from catalog.references import References
from catalog.retention import Retention
from catalog.scans import Scans
from catalog.schedules import Schedules
from catalog.seen_listings import SeenListings
from catalog.sightings import Sightings
from catalog.standings import Standings
from catalog.tenants import Tenants
from catalog.usage import Usage


def _now() -> datetime:
    return datetime.now(UTC)


class Catalog:
    """What each tenant protects and what it ran, one attribute a noun.

    Every query takes the tenant, but those of `overview`, which only count.
    Safe to share between threads. Between processes, send the URL and open it there.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = _now) -> None:
        self._database = database
        self.tenants = Tenants(database, clock=clock)
        self.brands = Brands(database, clock=clock)
        self.references = References(database)
        self.detectors = Detectors(database, clock=clock)
        self.recipes = Recipes(database, clock=clock)
        self.scans = Scans(database, clock=clock)
        self.schedules = Schedules(database, clock=clock)
        self.decisions = Decisions(database, clock=clock)
        self.seen_listings = SeenListings(database, clock=clock)
        self.sightings = Sightings(database, clock=clock)
        self.groups = Groups(database, clock=clock)
        self.rechecks = Rechecks(database, clock=clock)
        self.opt_ins = OptIns(database, clock=clock)
        self.encoder_choices = EncoderChoices(database, clock=clock)
        self.calibrations = Calibrations(database, clock=clock)
        self.adapters = Adapters(database, clock=clock)
        self.usage = Usage(database, clock=clock)
        self.keys = Keys(database, clock=clock)
        self.kill_switch = KillSwitch(database, clock=clock)
        self.media = Media(database, clock=clock)
        self.overview = Overview(database, clock=clock)
        self.negatives = Negatives(database, clock=clock)
        self.standings = Standings(database, clock=clock)
        self.retention = Retention(database, clock=clock)
        self.erasure = Erasure(database)
        self.clock = clock

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_catalog(
    url: str | Path,
    *,
    pool: PoolSizes | None = None,
    read_only: bool = False,
    clock: Callable[[], datetime] = _now,
) -> Catalog:
    """The catalogue at a SQLAlchemy URL, or in an SQLite file that is made where it is missing.

    An SQLite file is brought to this version's tables at once, also for one that will only read. A server is
    shared, so its tables are only checked: `CatalogError` says how to upgrade them.
    """
    database = connect(url, pool=pool, read_only=read_only)
    if not database.embedded:
        schema.require_current(database)
    elif read_only:
        owner = connect(url)
        schema.upgrade(owner)
        owner.close()
    else:
        schema.upgrade(database)
    return Catalog(database, clock=clock)
