"""`counterfoil models …`: which encoders there are, bringing one here, and using it for a tenant."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster.commands import AsJson, whoever

if TYPE_CHECKING:
    from cluster.encoder_use import Change
    from cluster.model_listing import Listed
    from vision.model_store import Manifest

models = typer.Typer(help="Encoders: what compares pictures by their looks.", no_args_is_help=True)


@models.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show the built-in encoder, those that were pulled, and published ones that suit."""
    from cluster.model_listing import list_models
    from cluster.settings import Settings
    from cluster.state import State

    listed = list_models(State(Settings.load()))
    if as_json:
        typer.echo(json.dumps([asdict(it) for it in listed], indent=2, ensure_ascii=False))
        return
    for it in listed:
        typer.echo(_line(it))


@models.command()
def pull(
    model: Annotated[
        str, typer.Argument(help="A name of `models list`, ARCHITECTURE/TAG, hf-hub:OWNER/NAME, or a path.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="What a checkpoint from a path is to be called.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Replace what was pulled before.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a model into the store, once: every load after that is offline, and checked by hash."""
    from cluster.encoders import load_encoder, model_store
    from cluster.settings import Settings
    from scoring.errors import SettingsError
    from vision.hub import Hub
    from vision.known_models import full_name
    from vision.pulling import pull as pull_named
    from vision.pulling import pull_local

    settings = Settings.load()
    store = model_store(settings)
    local = model.startswith(("/", ".", "~", "local-dir:"))
    if local and not name:
        raise SettingsError("a checkpoint from a path needs a name.", hint="Give one with --name.")
    if name and not local:
        raise SettingsError("only a checkpoint from a path is given a name.", hint="Leave out --name.")
    called = name or full_name(model)
    kept = store.get(called) if not again else None
    fresh = kept is None
    if kept is None and local:
        kept = pull_local(Path(model.removeprefix("local-dir:")).expanduser(), called, store)
    elif kept is None:
        kept = pull_named(called, store, Hub(endpoint=settings.hub))
    encoder = load_encoder(settings, called)  # proves the hashes, and that it embeds a picture
    said = {"key": encoder.key, "size": encoder.size, "calibrated": encoder.calibration is not None}
    if as_json:
        typer.echo(json.dumps({**kept.model_dump(mode="json"), **said, "fresh": fresh}, indent=2))
        return
    typer.echo(_pulled(kept, fresh=fresh))
    typer.echo(f"It embeds: vectors of {encoder.size}, key {encoder.key}.")
    if encoder.calibration is None:
        typer.echo(_uncalibrated())


@models.command()
def use(
    tenant: Annotated[str, typer.Option("--tenant", help="Whose pictures it is to compare.")],
    model: Annotated[str | None, typer.Argument(help="An encoder's name; none with --drop.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Only in this category.")] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="Only on marketplaces of this country (DE, JP …).")
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Take the choice there back.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: whoever runs this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a tenant's pictures by this encoder: its references are embedded first, then it takes over."""
    from catalog.encoder_choices import Place
    from cluster.encoder_use import Switch, drop_choice
    from cluster.settings import Settings
    from cluster.state import State
    from cluster.vectors import vectors_here
    from scoring.errors import SettingsError
    from scoring.territories import country

    if (model is None) != drop:
        raise SettingsError("one encoder can be used.", hint="Name it, or take a choice back with --drop.")
    if region is not None and country(region) is None:
        raise SettingsError(f"{region!r} is no country.", hint="Write a code of two letters such as DE.")
    place = Place.of(category, country(region) if region else None)
    state = State(Settings.load())
    state.catalog.tenants.require(tenant)
    if drop:
        now = drop_choice(state, tenant, place)
        typer.echo(json.dumps({"now": now}) if as_json else f"Now {now or 'no encoder'} compares there.")
        return
    with vectors_here(state.settings) as vectors:
        switch = Switch(state, vectors)
        change, embedder = switch.plan(tenant, model or "", place)
        if not as_json:
            typer.echo(_planned(change), err=True)
        if not yes and not as_json and change.missing:
            typer.confirm("Go on?", abort=True, err=True)
        with _progress(quiet=as_json) as tell:
            switch.make(change, embedder, by=by or whoever(), tell=tell)
    if as_json:
        typer.echo(json.dumps({**asdict(change), "key": embedder.key}, indent=2))
        return
    typer.echo(
        f"{tenant} is compared by {embedder.key} from now on: online within seconds, in bulk "
        "from the next scan."
    )
    if not change.calibrated:
        typer.echo(_uncalibrated())


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("Embedding references", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _planned(change: "Change") -> str:
    where = " ".join(it for it in (change.place.category, change.place.region) if it) or "everywhere"
    before = f"instead of {change.before}" if change.before else "where nothing did before"
    if not change.missing:
        work = f"all {change.references} references are embedded by it already"
    else:
        work = (
            f"{change.missing} of {change.references} references are to be embedded, about "
            f"{change.seconds:.0f} s at {change.missing / max(change.seconds, 1e-9):.1f} a second"
        )
    return f"{change.model} will compare {change.tenant}'s pictures ({where}) {before}: {work}."


def _pulled(manifest: "Manifest", *, fresh: bool) -> str:
    weights = manifest.files[manifest.weights]
    did = "Pulled" if fresh else "Was here already (--again replaces it):"
    return f"{did} {manifest.name} from {manifest.source}, {manifest.weights} sha256 {weights[:12]}…"


def _uncalibrated() -> str:
    return (
        "It has no calibration: the published thresholds (0.94, 0.92, 0.88) count, and verdicts say so. "
        "Fit one: counterfoil calibrate PAIRS.jsonl."
    )


def _line(it: "Listed") -> str:
    name = f"{it.name} ({it.alias})" if it.alias else it.name
    here = "here" if it.here else "known"
    told = f"{it.size:>5} wide {it.megabytes:>7.0f} MB  {it.about}"
    licence = (
        f"licence: {it.licence} ({it.licence_from})"
        if it.licence
        else "licence: unknown here, read its card before use"
    )
    size = "" if it.here else f"; size: {it.megabytes_from}"
    state = f"calibrated: {it.calibrated}; used by {', '.join(it.used_by) or 'nobody'}"
    return f"{here:<6}{name:<58}{told}\n{'':<6}{licence}{size}\n{'':<6}{state}"
