"""`counterfoil submit …` and `counterfoil jobs …`: scans on a Ray cluster, from anywhere that reaches it."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands import AsJson

if TYPE_CHECKING:
    from pipelines.jobs import Job, Jobs

Ray = Annotated[
    str | None,
    typer.Option("--ray", metavar="URL", help="The cluster's job server; default: COUNTERFOIL_RAY_JOBS."),
]
JobId = Annotated[str, typer.Argument(metavar="ID", help="As `counterfoil jobs list` shows it.")]

jobs = typer.Typer(help="What runs on a Ray cluster.", no_args_is_help=True)


def submit(
    context: typer.Context,
    ray: Ray = None,
    job_id: Annotated[
        str | None, typer.Option("--id", help="The job's id; a second of the same is refused.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Show what it prints, until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a command on a Ray cluster: `counterfoil submit --follow scan --tenant acme --source … --out DIR`.

    Paths are the cluster's: its head must see the sources and keep the folder of results.
    """
    client = _client(ray)
    submitted = client.submit(context.args, job_id=job_id)
    if follow:
        _end(client.follow(submitted, lambda text: typer.echo(text, nl=False, err=as_json)), as_json=as_json)
        return
    if as_json:
        typer.echo(json.dumps({"id": submitted}))
        return
    typer.echo(f"Submitted as {submitted}. See it: counterfoil jobs follow {submitted}")


@jobs.callback()
def _jobs() -> None:
    """What runs on a Ray cluster."""


@jobs.command("list")
def show(ray: Ray = None, as_json: AsJson = False) -> None:
    """The jobs that were submitted, the newest first."""
    from pipelines.jobs import to_json

    found = _client(ray).all()
    if as_json:
        typer.echo(json.dumps([to_json(job) for job in found], indent=2, ensure_ascii=False))
        return
    for job in found:
        begun = f"{job.started_at:%Y-%m-%d %H:%M}" if job.started_at else "not begun"
        typer.echo(f"{job.id:<32} {job.status:<10} {begun:<17} {job.command}")
    if not found:
        typer.echo("No jobs.")


@jobs.command()
def follow(job_id: JobId, ray: Ray = None) -> None:
    """Show what a job prints, until it ends."""
    _end(_client(ray).follow(job_id, lambda text: typer.echo(text, nl=False)), as_json=False)


@jobs.command()
def logs(job_id: JobId, ray: Ray = None) -> None:
    """What a job has printed so far."""
    typer.echo(_client(ray).logs(job_id), nl=False)


@jobs.command()
def stop(job_id: JobId, ray: Ray = None) -> None:
    """Stop a job. A scan keeps what it has done, for `--resume`."""
    stopped = _client(ray).stop(job_id)
    typer.echo(f"{job_id}: asked to stop." if stopped else f"{job_id}: had ended.")


def _client(ray: str | None) -> "Jobs":
    from cluster.settings import Settings
    from pipelines.jobs import Jobs
    from scoring.errors import SettingsError

    address = ray or Settings.load().ray_jobs
    if address is None:
        raise SettingsError(
            "which cluster?", hint="Name its dashboard: --ray http://HEAD:8265, or COUNTERFOIL_RAY_JOBS."
        )
    return Jobs(address)


def _end(job: "Job", *, as_json: bool) -> None:
    from pipelines.jobs import to_json

    if as_json:
        typer.echo(json.dumps(to_json(job), indent=2, ensure_ascii=False))
    if job.status != "SUCCEEDED":
        typer.echo(f"{job.id}: {job.status.lower()}. {job.message}", err=True)
        raise typer.Exit(1)
