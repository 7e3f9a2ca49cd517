"""Everything that is recorded of one tenant, in every table there is: to count it, and to delete it.

Which rows are a tenant's follows from the tables themselves: a column `tenant`, or a foreign key into a table
that has one. A table added later is included without anybody thinking of it.
"""

import sqlite3
from functools import cache

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, tuple_

from catalog.database import Database
from catalog.faults import translated
from catalog.models import Table as Model
from catalog.models import TenantRow


class Erasure:
    """Rows by tenant, whatever the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remaining(self, tenant: str) -> dict[str, int]:
        """How many rows of a tenant's each table holds, by the table's name; zero counts too."""
        with self._database.reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table).where(_of(table, tenant)))
                or 0
                for table in Model.metadata.sorted_tables
            }

    def documents(self, tenant: str, tables: tuple[str, ...]) -> dict[str, list[dict[str, object]]]:
        """The rows of some tables, as data: what is to be handed over before it is deleted."""
        with self._database.reading() as session:
            return {
                name: [
                    dict(row)
                    for row in session.execute(select(table).where(_of(table, tenant))).mappings().all()
                ]
                for name in tables
                for table in [Model.metadata.tables[name]]
            }

    def erase(self, tenant: str) -> None:
        """Delete every row, in one transaction; a tenant that is not there has none."""
        with self._database.writing() as session:
            for table in reversed(Model.metadata.sorted_tables):
                session.execute(delete(table).where(_of(table, tenant)))

    def overwrite(self) -> bool:
        """Have an SQLite file rewritten, so that nothing deleted is left in its free pages; whether it was.

        It is not while somebody else has the file open. A server does that by itself (autovacuum).
        """
        if not self._database.embedded:
            return True
        connection = self._database.engine.raw_connection()  # no transaction: `VACUUM` takes none
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        finally:
            connection.close()
        return not busy

    def tenants_left(self) -> frozenset[str]:
        """Tenants that any table names, whether or not they are tenants still."""
        found = set[str]()
        with translated(), self._database.reading() as session:
            for table in Model.metadata.sorted_tables:
                if "tenant" in table.columns:
                    named = select(table.c.tenant).where(table.c.tenant.is_not(None)).distinct()
                    found |= set(session.scalars(named))
        return frozenset(found)


def _of(table: Table, tenant: str) -> ColumnElement[bool]:
    """Whether a row is this tenant's."""
    if table.name == TenantRow.__tablename__:
        return table.c.name == tenant
    if "tenant" in table.columns:
        return table.c.tenant == tenant
    ways = []
    for key in table.foreign_key_constraints:
        theirs = select(*[element.column for element in key.elements]).where(_of(key.referred_table, tenant))
        ours = [element.parent for element in key.elements]
        ways.append(tuple_(*ours).in_(theirs) if len(ours) > 1 else ours[0].in_(theirs))
    if not ways:
        raise TypeError(f"nothing in table {table.name} says whose its rows are")
    return or_(*ways)


@cache
def naming_pictures() -> tuple[str, ...]:
    """The tables that name a tenant's blobs by their sha256, and whose rows do not expire by themselves."""
    return tuple(
        table.name
        for table in Model.metadata.sorted_tables
        if "sha256" in table.columns and table.name not in _EXPIRING
    )


_EXPIRING = frozenset({"sighted_pictures", "case_evidence", "picture_groups", "grouped_pictures"})
"""What they name is kept for as long as `catalog.retention` says."""


def owned(database: Database, tenant: str, digests: list[str]) -> set[str]:
    """Which of these pictures something names that does not expire: a reference, a mark, indexed media."""
    found = set[str]()
    with database.reading() as session:
        for name in naming_pictures():
            table = Model.metadata.tables[name]
            sha256 = table.c.sha256
            found |= set(session.scalars(select(sha256).where(_of(table, tenant), sha256.in_(digests))))
    return found
