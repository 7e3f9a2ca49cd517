"""Commands on the records as a whole: `counterfoil catalogue …`."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from catalog.database import Database

catalogue = typer.Typer(help="The records: their tables, and moving them to a server.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@catalogue.command("upgrade")
def upgrade(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="Default: COUNTERFOIL_DATABASE_URL.")
    ] = None,
) -> None:
    """Bring a record store's tables to this version, before its workers start."""
    from catalog import schema
    from cluster.settings import Settings

    database = _opened(url or Settings.load().resolved_database_url())
    schema.upgrade(database)
    typer.echo(f"{database.shown} is at this version.", err=True)


@catalogue.command("copy")
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A URL, or an SQLite file.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same; it must not hold records yet.")],
    as_json: AsJson = False,
) -> None:
    """Copy all records into an empty store, in one transaction, and compare what arrived."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from catalog.copying import copy_catalog

    with Progress(console=Console(stderr=True), disable=as_json) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(table: str, done: int, of: int) -> None:
            if table not in tasks:
                tasks[table] = progress.add_task(table, total=of)
            progress.update(tasks[table], completed=done)

        copied = copy_catalog(_opened(source, exists=True), _opened(target), tell=tell)
    if as_json:
        typer.echo(json.dumps({"rows": copied}, indent=2))
        return
    typer.echo(f"{sum(copied.values())} records in {len(copied)} tables, each compared after it was written.")


def _opened(place: str, *, exists: bool = False) -> "Database":
    from pathlib import Path

    from catalog.database import connect
    from scoring.errors import CatalogError

    if "://" in place:
        return connect(place)
    if exists and not Path(place).is_file():
        raise CatalogError(f"There is no file {place}.", hint="Name a catalogue.sqlite, or a URL.")
    return connect(Path(place))
