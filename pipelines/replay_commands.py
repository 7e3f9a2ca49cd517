"""`counterfoil recipe test`: what a recipe would change, before it is put to use."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import AsJson, Tenant


def try_recipe(
    candidate: Annotated[str, typer.Argument(help="The recipe to try: a file, or a kept version's number.")],
    labelled: Annotated[Path, typer.Argument(metavar="LABELLED.jsonl", help="Listings with a `label`.")],
    tenant: Tenant,
    as_json: AsJson = False,
) -> None:
    """Judge a labelled set by the active recipe and by another, and say what would change."""
    from cluster.recipes import find_recipe
    from cluster.settings import Settings
    from cluster.state import State
    from pipelines.progress import Reporter
    from pipelines.replay import replay

    settings = Settings.load()
    state = State(settings)
    state.catalog.tenants.require(tenant)
    chosen = find_recipe(state, tenant, candidate)
    result = replay(labelled, tenant, chosen, settings, Reporter(quiet=as_json))
    typer.echo(json.dumps(result.to_json(), indent=2, ensure_ascii=False) if as_json else result.to_text())
