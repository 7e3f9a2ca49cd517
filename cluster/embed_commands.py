"""`counterfoil embed`: the vectors themselves, for whoever wants to do something else with them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cluster.commands import AsJson


def embed(
    paths: Annotated[list[str], typer.Argument(metavar="PATHS…", help="Pictures, folders, or globs.")],
    out: Annotated[Path, typer.Option("--out", help="The Parquet file: columns path and vector.")],
    encoder: Annotated[
        str | None, typer.Option("--encoder", help="By which encoder; default: the settings', else builtin.")
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Pictures through the model at once.")] = 16,
    as_json: AsJson = False,
) -> None:
    """Embed pictures into a Parquet file. What cannot be read is named and skipped."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from cluster.embedding import Listeners, Sizes, count_files, embed_files
    from cluster.encoders import load_encoder
    from cluster.settings import Settings
    from vision.checkpoint_files import BUILTIN

    settings = Settings.load()
    model = load_encoder(settings, encoder or settings.encoder or BUILTIN)
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=as_json) as progress:
        task = progress.add_task("Embedding", total=count_files(paths))
        listeners = Listeners(
            lambda done: progress.update(task, completed=done),
            lambda why: console.print(f"Skipped {why}", markup=False, highlight=False, soft_wrap=True),
        )
        done = embed_files(paths, model, out, sizes=Sizes(batch=batch), listeners=listeners)
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{done.written} vectors of {done.size} by {done.encoder} in {out}; {done.skipped} skipped.")
