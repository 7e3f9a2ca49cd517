"""Commands on marks: `counterfoil mark …`. What is slow to import is imported where it is used."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import AsJson

if TYPE_CHECKING:
    from catalog.detectors import StoredDetector

mark = typer.Typer(help="Detectors of a brand's marks, trained on its own photographs.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option("--tenant", help="Whose it is.")]


@mark.callback()
def _mark() -> None:
    """Detectors of a brand's marks, trained on its own photographs."""


@mark.command("train")
def train_mark(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The mark: the folder's name below marks/ in the kit.")
    ],
    tenant: Tenant,
    kit: Annotated[
        Path, typer.Option("--kit", help="The brand kit with marks/NAME/*.jpg and, beside them, boxes.jsonl.")
    ],
    brand: Annotated[
        str | None, typer.Option("--brand", help="The imported brand; default: the kit's.")
    ] = None,
    negatives: Annotated[
        list[Path] | None,
        typer.Option(
            "--negatives",
            help="A folder of pictures that do not show the mark: what it is sold among, and other brands' "
            "marks. May be given several times.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train a detector on 10 to 50 photographs, and say what cross-validation found it worth."""
    from cluster.mark_training import TrainingRequest, run_training
    from cluster.settings import Settings

    folders = tuple(negatives or ())
    request = TrainingRequest(mark=name, tenant=tenant, kit=kit, brand=brand, negatives=folders)
    stored = run_training(request, Settings.load())
    _say([stored], as_json=as_json)


@mark.command("list")
def list_marks(
    tenant: Tenant,
    every: Annotated[bool, typer.Option("--all", help="Older versions too.")] = False,
    as_json: AsJson = False,
) -> None:
    """The trained marks, with their precision and recall."""
    from cluster.settings import Settings
    from cluster.state import State

    detectors = State(Settings.load()).catalog.detectors
    stored = detectors.history(tenant) if every else detectors.of(tenant)
    if not stored and not as_json:
        typer.echo("No mark is trained: counterfoil mark train NAME --kit DIR")
        return
    _say(stored, as_json=as_json)


def _say(stored: "list[StoredDetector] | tuple[StoredDetector, ...]", *, as_json: bool) -> None:
    if as_json:
        rows = [asdict(one) for one in stored]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
        return
    for one in stored:
        worth = one.worth
        typer.echo(
            f"{one.id:<32} precision {worth['precision']:.2f}, recall {worth['recall']:.2f}: found on "
            f"{worth['found']} of "
            f"{worth['photographs']} photographs held back, and on {worth['false_alarms']} of "
            f"{worth['negatives']} pictures without it; {one.trained_at:%Y-%m-%d}, on {one.embedding}"
        )
