"""A tenant's daily units of one resource, spent by many processes at once.

The record store decides. A process takes small blocks of units from it, spends them without asking, and
gives back what it does not need: after `IDLE` seconds, at midnight, and at its end. Units of a process that
dies stay counted: the cap is never passed, and what a crash costs the tenant is less than one block.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock, Timer

from catalog.usage import Grant, Usage, day_ends
from cluster.kill_switch import IMAGE_SIMILARITY
from scoring.errors import CounterfoilError

FREE = "image_similarity_free"
"""What listings are counted as whose pictures were all measured within the last `embedding_days`."""

IDLE = 2.0
"""Seconds after which units that nobody spent go back."""
_BLOCK = 8
"""Units taken at once while there are plenty: at 25 listings a second three writes to the store."""
_SHARE = 32
"""A block is at most this share of what is left, so that the last units are taken one by one: with four
processes at most an eighth of a cap is ever held by those that do not need it."""
_SPENT = timedelta(seconds=0.25)
"""For how long nobody asks again after the store had nothing left: a tenant that goes on asking must not
keep the store busy."""
_NEVER = datetime.min.replace(tzinfo=UTC)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapUse:
    """How a tenant's cap stands, as answers tell it."""

    resource: str
    limit: int
    """Units a UTC day."""
    remaining: int
    """Units left, by what this process knows."""
    resets_at: datetime

    def seconds(self, now: datetime) -> int:
        """Whole seconds until the cap is whole again, at least one."""
        return max(1, round((self.resets_at - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether there was a unit to take, and how the cap stands after it."""

    granted: bool
    use: CapUse


@dataclass(slots=True)
class _Lease:
    """What this process holds of one tenant's day."""

    lock: Lock = field(default_factory=Lock)
    grant: Grant | None = None
    unspent: int = 0
    spent_at: datetime | None = None
    asked_at: datetime = _NEVER


class Allowance:
    """One for each process, safe to share between threads."""

    def __init__(
        self,
        usage: Callable[[], Usage],
        *,
        daily: int,
        resource: str = IMAGE_SIMILARITY,
        block: int = _BLOCK,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._usage = usage
        self._daily = daily
        self.resource = resource
        self._block = block
        self._clock = clock
        self._leases: defaultdict[str, _Lease] = defaultdict(_Lease)
        self._free: Counter[str] = Counter()
        self._changing = Lock()
        self._timer: Timer | None = None

    def take(self, tenant: str) -> Taken:
        """One unit of a tenant's day, where one is left."""
        with self._changing:
            lease = self._leases[tenant]
        with lease.lock:
            self._renew(tenant, lease)
            if lease.unspent:
                lease.unspent -= 1
                lease.spent_at = self._clock()
                granted = True
            else:
                granted = False
            taken = Taken(granted, self._use(lease))
        self._settle_later()
        return taken

    def known(self, tenant: str) -> CapUse | None:
        """How a tenant's cap stands by what this process took of it today; None where it took nothing."""
        with self._changing:
            lease = self._leases[tenant]
        with lease.lock:
            today = self._clock().astimezone(UTC).date()
            return self._use(lease) if lease.grant is not None and lease.grant.day == today else None

    def note_free(self, tenant: str) -> None:
        """Count a listing that cost no unit; written down with the next settling."""
        with self._changing:
            self._free[tenant] += 1
        self._settle_later()

    def settle(self, *, idle: float = 0.0) -> None:
        """Give back every unit of tenants for whom none was spent for `idle` seconds; note what was free."""
        with self._changing:
            leases = list(self._leases.items())
            free, self._free = self._free, Counter()
        try:
            while free:
                tenant, units = next(iter(free.items()))
                self._usage().count(tenant, FREE, units)
                del free[tenant]
        finally:
            with self._changing:
                self._free += free  # what could not be written down yet
        oldest = self._clock() - timedelta(seconds=idle)
        for _, lease in leases:
            with lease.lock:
                if lease.spent_at is None or lease.spent_at <= oldest:
                    self._give_back(lease)

    def close(self) -> None:
        """Give back everything."""
        with self._changing:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        self.settle()

    def _renew(self, tenant: str, lease: _Lease) -> None:
        """Have a unit of today's in the lease, where there is one to have."""
        known = lease.grant
        if known is not None and known.day != self._clock().astimezone(UTC).date():
            self._give_back(lease)
            known = lease.grant = None
        now = self._clock()
        if lease.unspent or (known is not None and not known.units and now < lease.asked_at + _SPENT):
            return
        most = min(self._block, known.left // _SHARE) if known is not None else 1
        lease.grant = self._usage().take(
            tenant, self.resource, max(1, most), unit_micros=0, default_cap=self._daily
        )
        lease.unspent, lease.asked_at = lease.grant.units, now

    def _give_back(self, lease: _Lease) -> None:
        if lease.grant is not None and lease.unspent:
            self._usage().give_back(lease.grant, lease.unspent)
            lease.grant = replace(lease.grant, used=lease.grant.used - lease.unspent)
            lease.unspent = 0

    def _use(self, lease: _Lease) -> CapUse:
        grant = lease.grant
        return CapUse(
            resource=self.resource,
            limit=grant.cap if grant else self._daily,
            remaining=(grant.left if grant else 0) + lease.unspent,
            resets_at=day_ends(self._clock()),
        )

    def _settle_later(self) -> None:
        with self._changing:
            if self._timer is None:
                self._timer = Timer(IDLE, self._on_time)
                self._timer.daemon = True
                self._timer.start()

    def _on_time(self) -> None:
        with self._changing:
            self._timer = None
        try:
            self.settle(idle=IDLE)
        except CounterfoilError as error:  # the units stay here, and are tried again
            logger.warning("unspent units could not be given back: %s", error)
        with self._changing:
            held = any(lease.unspent for lease in self._leases.values())
        if held or self._free:
            self._settle_later()
