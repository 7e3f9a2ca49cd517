"""Commands on the vector index: `counterfoil index …`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

index = typer.Typer(help="The index of embeddings.", no_args_is_help=True)


@index.callback()
def _index() -> None:
    """The index of embeddings."""


@index.command("push")
def push_index(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Only this one's. Default: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy the embedded index to the server COUNTERFOIL_QDRANT_URL; again, where it was interrupted."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from catalog.vectors.edge import EdgeIndex
    from catalog.vectors.push import push
    from cluster.settings import Settings
    from cluster.state import State
    from cluster.vectors import open_vectors
    from scoring.errors import SettingsError

    settings = Settings.load()
    if settings.qdrant_url is None:
        raise SettingsError(
            "no server is named that the index could be copied to.", hint="Set COUNTERFOIL_QDRANT_URL."
        )
    catalog = State(settings).catalog
    if tenant is not None:
        catalog.tenants.require(tenant)
    tenants = (tenant,) if tenant is not None else catalog.tenants.names()
    tasks: dict[str, TaskID] = {}
    with (
        Progress(console=Console(stderr=True), disable=as_json) as progress,
        EdgeIndex((settings.home / "vectors").resolve()) as source,
        open_vectors(settings) as target,
    ):

        def tell(collection: str, done: int, of: int) -> None:
            if collection not in tasks:
                tasks[collection] = progress.add_task(collection, total=of)
            progress.update(tasks[collection], completed=done)

        pushed = push(source, target, tenants, tell=tell)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in pushed], indent=2))
        return
    for one in pushed:
        typer.echo(f"{one.collection} of {one.tenant}: {one.written} written, {one.there} there already.")
    if not pushed:
        typer.echo(f"{settings.home / 'vectors'} holds no collection.")
