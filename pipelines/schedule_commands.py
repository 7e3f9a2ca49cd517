"""`counterfoil schedule …`: work that begins by itself."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cluster.commands import open_state, whoever
from pipelines.commands import AsJson, Tenant

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.schedules import Schedule

schedule = typer.Typer(help="Scans and other work that begin by themselves.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The schedule's name.")]
Out = Annotated[Path, typer.Option("--out", help="A folder; each run's results lie below, by its due time.")]


@schedule.callback()
def _schedule() -> None:
    """Scans and other work that begin by themselves."""


@schedule.command()
def add(
    name: Name,
    tenant: Tenant,
    cron: Annotated[str, typer.Option(help='When: "0 3 * * *" is every night at three.')],
    kind: Annotated[str, typer.Option(help="The command to run: scan, or another that can be.")] = "scan",
    source: Annotated[
        list[str] | None, typer.Option("--source", help="What to scan, as for `scan`; repeat it.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="What else the command is told; repeat it."),
    ] = None,
    zone: Annotated[str, typer.Option(help="The time zone of --cron, as in Europe/Berlin.")] = "UTC",
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: whoever runs this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Scan, or do other work, regularly. `schedule run` runs what is due, or Kubernetes (`manifests`)."""
    from catalog.schedules import Task, When
    from pipelines.kinds import work_for

    task = Task(kind=kind, sources=tuple(source or ()), options=dict(map(_pair, option or ())))
    work_for(task).check()  # what is wrong is to be told now, not at three in the night
    state = open_state()
    added = state.catalog.schedules.add(tenant, name, When(cron, zone), task=task, by=by or whoever())
    if as_json:
        typer.echo(json.dumps(_row(added, state.catalog.clock()), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{name}: first due at {added.next_due():%Y-%m-%d %H:%M} UTC.")


@schedule.command("list")
def show(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Whose; default: everybody's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every schedule, when it is due next and whether it runs."""
    state = open_state()
    now = state.catalog.clock()
    rows = [_row(it, now) for it in state.catalog.schedules.of(tenant)]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(
            f"{row['tenant']:<16} {row['name']:<20} {row['cron']:<14} {row['zone']:<16} "
            f"{row['state']:<10} next {row['next_due'][:16].replace('T', ' ')} UTC   "
            f"{_said(row)}"
        )
    if not rows:
        typer.echo("No schedules. Add one: counterfoil schedule add NAME --tenant T --cron … --source …")


@schedule.command()
def remove(name: Name, tenant: Tenant) -> None:
    """Forget a schedule; results stay, and a run under way goes on to its end."""
    open_state().catalog.schedules.remove(tenant, name)
    typer.echo(f"{name}: removed.")


@schedule.command()
def run(
    name: Annotated[str | None, typer.Argument(help="One schedule, once; default: all, for ever.")] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="Whose schedule NAME is.")] = None,
    out: Out = Path("results"),
    now: Annotated[bool, typer.Option("--now", help="Run NAME although it is not due.")] = False,
    at_once: Annotated[int, typer.Option(min=1, help="Runs at the same time, where all are run.")] = 1,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between looks, where all are run.")] = 15.0,
    as_json: AsJson = False,
) -> None:
    """Run what is due. A missed run is caught up once; one that was interrupted is gone on with."""
    from pipelines.progress import Reporter
    from pipelines.scheduler import Scheduler, in_a_process
    from scoring.errors import SettingsError

    if name is None:
        if tenant is not None or now:
            raise SettingsError(
                "--tenant and --now go with one schedule.", hint="Name it, or leave them out."
            )
        state = open_state()
        typer.echo("Running what is due, until interrupted (Ctrl-C).", err=True)
        scheduler = Scheduler(
            state.catalog.schedules,
            in_a_process(out),
            at_once,
            clock=state.catalog.clock,
            tell=lambda text: typer.echo(text, err=True),
        )
        try:
            scheduler.forever(every_seconds=every)
        except KeyboardInterrupt:
            typer.echo("Stopped. What was under way goes on with the next `schedule run`.", err=True)
        return
    if tenant is None:
        raise SettingsError(f"whose schedule is {name!r}?", hint="Say it with --tenant.")
    from pipelines.schedules import NothingToRunError, run_schedule

    try:
        state = open_state()
        summary = run_schedule(
            state,
            state.catalog.schedules.get(tenant, name),
            out=out,
            reporter=Reporter(quiet=as_json),
            at_once=now,
        )
    except NothingToRunError as error:
        typer.echo(f"Nothing to run: {error}", err=True)
        return
    typer.echo(
        json.dumps(summary, indent=2, ensure_ascii=False)
        if as_json
        else f"{name}: done; what came of it is in {summary['out']}"
    )


@schedule.command()
def manifests(
    tenant: Annotated[str | None, typer.Option("--tenant", help="Whose; default: everybody's.")] = None,
    out: Annotated[Path, typer.Option("--out", help="A folder for the manifests.")] = Path("manifests"),
    image: Annotated[str, typer.Option(help="The image of the pods.")] = "counterfoil",
) -> None:
    """Write a RayCronJob for each schedule, for a cluster that runs KubeRay instead of `schedule run`."""
    from pipelines.manifests import write_manifests

    written = write_manifests(open_state().catalog.schedules.of(tenant), out, image=image)
    for path in written:
        typer.echo(str(path))
    if not written:
        typer.echo("No schedules, so nothing was written.", err=True)


def _pair(said: str) -> tuple[str, str]:
    from scoring.errors import SettingsError

    name, equals, value = said.partition("=")
    if not name or not equals:
        raise SettingsError(f"--set {said!r} sets nothing.", hint="Write it as NAME=VALUE.")
    return name, value


def _said(row: dict[str, Any]) -> str:
    options = (f"{name}={value}" for name, value in row["options"].items())
    return " ".join((row["kind"], *row["sources"], *options))


def _row(it: "Schedule", now: "datetime") -> dict[str, Any]:
    state = (
        "running"
        if it.running(now)
        else "unfinished"
        if it.unfinished
        else "due"
        if it.due(now)
        else "waiting"
    )
    return {
        "tenant": it.tenant,
        "name": it.name,
        "cron": it.cron,
        "zone": it.zone,
        "kind": it.task.kind,
        "sources": list(it.task.sources),
        "options": dict(it.task.options),
        "state": state,
        "next_due": it.next_due().isoformat(),
        "runner": it.runner,
        "created_by": it.created_by,
    }
