"""The front door: one Typer app that mounts each folder's commands."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster import (
    case_commands,
    catalogue_commands,
    connector_commands,
    control_commands,
    embed_commands,
    index_commands,
    mark_commands,
    model_commands,
    recipe_commands,
    reference_commands,
    retention_commands,
    tenant_commands,
    word_commands,
)
from cluster import commands as cluster_commands
from cluster.paid import commands as paid_commands
from deployments import commands as deployment_commands
from pipelines import (
    calibrate_commands,
    group_commands,
    job_commands,
    learn_commands,
    recheck_commands,
    replay_commands,
    rescan_commands,
    schedule_commands,
)
from pipelines import commands as pipeline_commands
from pipelines.sellers import commands as seller_commands
from scoring.errors import CounterfoilError, SetupError

if TYPE_CHECKING:
    from samples import SampleSet

_PLAYED = ("ebay:*", "amazon_creators:*")
"""What the demo asks the sandbox's marketplaces for: everything they have."""

app = typer.Typer(
    name="counterfoil",
    help="Finds counterfeit listings on marketplaces.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cluster_commands.brand, name="brand")
app.add_typer(mark_commands.mark, name="mark")
app.add_typer(model_commands.models, name="models")
app.add_typer(paid_commands.paid, name="paid")
reference_commands.add_to(paid_commands.reference)
app.add_typer(paid_commands.reference, name="reference")
app.command()(paid_commands.usage)
app.add_typer(tenant_commands.tenant, name="tenant")
app.add_typer(tenant_commands.key, name="key")
app.add_typer(retention_commands.retention, name="retention")
app.add_typer(control_commands.caps, name="caps")
app.add_typer(control_commands.kill_switch, name="kill-switch")
app.add_typer(recipe_commands.recipe, name="recipe")
recipe_commands.recipe.command("test")(replay_commands.try_recipe)
app.add_typer(case_commands.case, name="case")
app.add_typer(learn_commands.learn, name="learn")
model_commands.models.command()(calibrate_commands.calibrate)
app.command()(calibrate_commands.calibrate)
app.command()(embed_commands.embed)
app.command()(word_commands.search)
app.command()(word_commands.categorise)
app.add_typer(catalogue_commands.catalogue, name="catalogue")
app.add_typer(index_commands.index, name="index")
app.command()(pipeline_commands.scan)
app.command()(pipeline_commands.evaluate)
app.command()(group_commands.cluster)
app.add_typer(seller_commands.sellers, name="sellers")
app.command()(recheck_commands.recheck)
app.command()(rescan_commands.rescan)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(job_commands.submit)
app.add_typer(job_commands.jobs, name="jobs")
app.add_typer(schedule_commands.schedule, name="schedule")
app.command()(deployment_commands.serve)
app.add_typer(connector_commands.connectors, name="connectors")
app.command()(connector_commands.sandbox)


@app.command()
def demo(as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False) -> None:
    """Draw the sample brands and marketplaces, import, scan, and show what was found."""
    from cluster.session import session  # noqa: PLC0415 - `--help` need not wait for Ray
    from cluster.settings import Settings  # noqa: PLC0415
    from connectors.sandbox import ListedCatalogue, build, running, settings_of  # noqa: PLC0415
    from pipelines.beginning import ScanRequest  # noqa: PLC0415
    from pipelines.commands import run_scan, show_results  # noqa: PLC0415
    from samples.marketplace import write_rest  # noqa: PLC0415

    home = Settings.load().home / "demo"
    settings = Settings.load(home=home)
    if not as_json:
        typer.echo("Drawing two sample brands and their marketplaces, and starting Ray …", err=True)
    with _drawing(home / "samples") as drawn, session(settings):
        samples = drawn.result()
        for kit in samples.brands:
            cluster_commands.run_import(kit, "demo", settings, quiet=as_json)
        out = _next_free(home / "results")
        sources = (*_PLAYED, f"file:{write_rest(samples.listings)}")
        with running(build(ListedCatalogue(samples.listings))) as address:
            reaching = settings.model_copy(
                update={
                    "connectors": type(settings.connectors).model_validate(settings_of(address)),
                    "private_addresses": True,  # the sandbox's pictures are on this machine
                }
            )
            summary = run_scan(ScanRequest(tenant="demo", sources=sources, out=out), reaching, quiet=as_json)
    if as_json:
        typer.echo(json.dumps({**summary, "out": str(out)}, indent=2, ensure_ascii=False))
        return
    show_results(out, summary)
    typer.echo("\neBay and Amazon were played by a sandbox on this machine, by their published formats:")
    for name, read in summary["read"].items():
        looked = f", {read['details']} of them looked up by themselves" if read["details"] else ""
        typer.echo(f"  {name}: {read['listings']} listings in {read['calls']} calls{looked}")
    typer.echo(f"\nBrand kits, listings and pictures: {samples.folder}")
    typer.echo("Next: counterfoil evaluate " + str(samples.listings) + " --tenant demo   (how right was it?)")


@contextmanager
def _drawing(folder: Path) -> Iterator["Future[SampleSet]"]:
    """The samples, drawn in a process of their own: that takes as long as Ray takes to start."""
    from samples import write_samples  # noqa: PLC0415

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as artist:
        yield artist.submit(write_samples, folder)


def _next_free(folder: Path) -> Path:
    number = 1
    while (path := folder / f"{number:03}").exists():
        number += 1
    return path


def main() -> None:
    """Run a command. Our own errors are one line on standard error: 2 where a person must act, else 1."""
    try:
        app()
    except CounterfoilError as error:
        sys.stderr.write(f"counterfoil: {error}\n")
        sys.exit(2 if isinstance(error, SetupError) else 1)


if __name__ == "__main__":
    main()
