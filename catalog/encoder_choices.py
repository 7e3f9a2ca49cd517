"""Which encoder a tenant's pictures are compared by: everywhere, in a category, or in a country's shops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from catalog.database import Database
from catalog.models import EncoderChoiceRow
from catalog.tenants import require_tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderChoice:
    """One choice, and who made it."""

    model: str
    """As `EncoderSpec` takes it."""
    category: str | None = None
    """None: whatever a listing's category."""
    region: str | None = None
    """A marketplace's country, ISO 3166-1 alpha-2; None: any."""
    key: str
    """The encoder's own key when it was chosen: name and hash."""
    chosen_at: datetime
    chosen_by: str


class EncoderChoices:
    """Each tenant's choices; a tenant without any uses what the settings name."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def use(self, tenant: str, where: "Place", *, model: str, key: str, by: str) -> None:
        """Use a model there from now on."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            session.merge(
                EncoderChoiceRow(
                    tenant=tenant,
                    category=where.category or "",
                    region=where.region or "",
                    model=model,
                    key=key,
                    chosen_at=self._clock(),
                    chosen_by=by,
                )
            )

    def drop(self, tenant: str, where: "Place") -> bool:
        """Take a choice back; whether there was one."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            row = session.get(EncoderChoiceRow, (tenant, where.category or "", where.region or ""))
            if row is not None:
                session.delete(row)
            return row is not None

    def of(self, tenant: str) -> tuple[EncoderChoice, ...]:
        """A tenant's choices, the general one first."""
        query = select(EncoderChoiceRow).where(EncoderChoiceRow.tenant == tenant)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(query.order_by(EncoderChoiceRow.category, EncoderChoiceRow.region))
            return tuple(
                EncoderChoice(
                    model=row.model,
                    category=row.category or None,
                    region=row.region or None,
                    key=row.key,
                    chosen_at=row.chosen_at,
                    chosen_by=row.chosen_by,
                )
                for row in rows
            )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a choice holds. Categories compare without regard to case, regions are capitals."""

    category: str | None = None
    region: str | None = None

    @classmethod
    def of(cls, category: str | None, region: str | None) -> "Place":
        """Of a listing, or as a person writes it.

        >>> Place.of(" Shoes ", "de")
        Place(category='shoes', region='DE')
        """
        return cls((category or "").strip().casefold() or None, (region or "").strip().upper() or None)


def chosen(choices: Sequence[EncoderChoice], place: Place, *, otherwise: str | None) -> str | None:
    """The model for a listing there: the narrowest choice that holds, a category before a region."""
    holding = [
        it for it in choices if it.category in (None, place.category) and it.region in (None, place.region)
    ]
    best = max(holding, key=lambda it: (it.category is not None, it.region is not None), default=None)
    return best.model if best else otherwise
