"""What Alembic runs: the migrations, on the connection that `catalog.schema` hands over."""

from typing import Literal

from alembic import context

from catalog.models import Table, UtcDateTime


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    # A migration stands by itself: it must still mean the same when the models have moved on.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_item=_render,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,  # the caller's transaction holds every step: all of them, or none
)
with context.begin_transaction():
    context.run_migrations()
