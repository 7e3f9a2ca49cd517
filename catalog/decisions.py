"""What a tenant's reviewers decided, and what each decision rested on."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import DecisionRow
from catalog.tenants import require_tenant
from scoring.decisions import Basis, Decision, Ruling, Weighed
from scoring.evidence import Abstained


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A decision that has not been kept yet."""

    platform: str
    listing_id: str
    brand: str | None
    ruling: Ruling
    by: str
    basis: Basis
    at: datetime | None = None
    """None: when it is kept."""


@dataclass(frozen=True, slots=True)
class KeptDecisions:
    """What keeping some came to."""

    new: int
    replaced: int
    """Listings whose standing decision is another one now."""
    known: int
    """Those that said what was known already."""


class Decisions:
    """Each tenant's. Rows are only added: a listing's latest decision stands, the earlier are its history."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(self, tenant: str, decisions: Iterable[NewDecision]) -> KeptDecisions:
        """Record decisions, all or none; one that is known already is not recorded again.

        One with a moment of its own is known where the listing's history has it; one without, where it says
        what stands. An older one than what stands goes into the history and replaces nothing.
        """
        new = replaced = known = 0
        now = self._clock()  # one for all: the order of a file's lines is not the order of decisions
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            for it in decisions:
                earlier = _history(session, tenant, it.platform, it.listing_id)
                if _is_known(it, earlier):
                    known += 1
                    continue
                row = _row(tenant, it, at=it.at or now)
                session.add(row)
                session.flush()
                new += not earlier
                replaced += bool(earlier) and row.at >= earlier[-1].at
        return KeptDecisions(new, replaced, known)

    def of(self, tenant: str) -> tuple[Decision, ...]:
        """The decisions that stand, one a listing, the oldest first."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(_of(tenant).execution_options(yield_per=1000))
            standing: dict[tuple[str, str], Decision] = {}
            for row in rows:
                standing.pop((row.platform, row.listing_id), None)
                standing[row.platform, row.listing_id] = _decision(row)
            return tuple(standing.values())

    def history(self, tenant: str, platform: str, listing_id: str) -> tuple[Decision, ...]:
        """Every decision on one listing, the oldest first; the last one stands."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(map(_decision, _history(session, tenant, platform, listing_id)))


def _of(tenant: str) -> Select[DecisionRow]:
    return select(DecisionRow).where(DecisionRow.tenant == tenant).order_by(DecisionRow.at, DecisionRow.id)


def _history(session: Session, tenant: str, platform: str, listing_id: str) -> list[DecisionRow]:
    one = _of(tenant).where(DecisionRow.platform == platform, DecisionRow.listing_id == listing_id)
    return list(session.scalars(one))


def _is_known(decision: NewDecision, earlier: list[DecisionRow]) -> bool:
    said = (decision.ruling, decision.by, decision.brand, decision.basis)
    among = earlier[-1:] if decision.at is None else [row for row in earlier if row.at == decision.at]
    return any((row.ruling, row.by, row.brand, _basis(row)) == said for row in among)


def _row(tenant: str, decision: NewDecision, *, at: datetime) -> DecisionRow:
    return DecisionRow(
        tenant=tenant,
        platform=decision.platform,
        listing_id=decision.listing_id,
        brand=decision.brand,
        ruling=decision.ruling,
        by=decision.by,
        at=at,
        scan_id=decision.basis.scan_id,
        basis={name: value for name, value in asdict(decision.basis).items() if name != "scan_id"},
    )


def _decision(row: DecisionRow) -> Decision:
    return Decision(
        platform=row.platform,
        listing_id=row.listing_id,
        brand=row.brand,
        ruling=row.ruling,  # type: ignore[arg-type]  # only this file writes it
        by=row.by,
        at=row.at,
        basis=_basis(row),
    )


def _basis(row: DecisionRow) -> Basis:
    said = dict(row.basis)
    evidence = tuple(Weighed(**it) for it in said.pop("evidence"))
    abstentions = tuple(Abstained(**it) for it in said.pop("abstentions"))
    return Basis(scan_id=row.scan_id, evidence=evidence, abstentions=abstentions, **said)
