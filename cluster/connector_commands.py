"""Commands on marketplaces: `counterfoil connectors …` and `counterfoil sandbox`. Slow imports wait."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cluster.commands import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors import Access, Source, SourceRow
    from connectors.web import Json

connectors = typer.Typer(help="The marketplaces that can be read.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As `counterfoil connectors list` shows it.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose caps the call counts against.")]


@connectors.callback()
def _connectors() -> None:
    """The marketplaces that can be read."""


@connectors.command("list")
def list_connectors(as_json: AsJson = False) -> None:
    """What each can be asked for, what it cannot see, and whether its credentials are set."""
    from cluster.settings import Settings
    from connectors import SOURCES

    told = Settings.load().connectors.root
    rows = [_row(name, source, set(told.get(name, {}))) for name, source in SOURCES.items()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, default=str))
        return
    for row in rows:
        for line in _told(row):
            typer.echo(line)


def _told(row: dict[str, Any]) -> "Iterator[str]":
    """A source in a few lines, what it lacks last."""
    missing = f"; not set: {', '.join(row['missing'])}" if row["missing"] else ""
    yield f"{row['name']}:{row['example']}{missing}"
    quota = f"{row['daily_quota']:,} calls a day" if row["daily_quota"] else "no limit of calls a day"
    pace = f", {row['requests_per_second']:g} a second" if row["requests_per_second"] else ""
    depth = f", {row['depth_limit']:,} a query" if row["depth_limit"] else ""
    sunset = f"; ends on {row['sunset']}" if row["sunset"] else ""
    by = ", ".join(row["searches"]) or "nothing: it is read whole"
    yield f"    by {by}; {quota}{pace}; {row['page_size']} listings a page{depth}{sunset}"
    yield f"    tells {', '.join(row['fields'])}"
    if row["details"] is not None:
        adds = f", which adds {', '.join(row['details'])}" if row["details"] else ""
        yield f"    looks single listings up{adds}"
    yield from (f"    cannot see {gap}" for gap in row["cannot_see"])
    yield from (f"    unverified: {doubt}" for doubt in row["unverified"])
    if row["documented"]:
        yield f"    documented at {row['documented']}"


@connectors.command("check")
def check(
    name: Name,
    tenant: Tenant,
    query: Annotated[
        str | None, typer.Option("--query", help="What to ask instead; a search may cost money.")
    ] = None,
) -> None:
    """Make a cheap call or two, and say what is wrong if something is."""
    from cluster.access import access_of
    from cluster.settings import Settings
    from cluster.state import State

    access = access_of(State(Settings.load()), tenant)
    for line in told_by(name, _source(name), access, query=query):
        typer.echo(f"{name}: {line}")


def told_by(name: str, source: "Source", access: "Access", *, query: str | None) -> "Sequence[str]":
    """What a check finds. Raises as connectors do, and once for all credentials that are missing."""
    from scoring.errors import SettingsError, SourceError

    missing = [it for it in source.credentials if not access.has(name, it)]
    if missing:
        variables = ", ".join(f"COUNTERFOIL_CONNECTORS__{name.upper()}__{it.upper()}" for it in missing)
        raise SettingsError(f"{name} needs credentials that are not set.", hint=f"Set {variables}.")
    if query is None and (source.anyones or source.offline is not None):
        raise SourceError(
            f"{name}: has nothing to check by itself.", hint=f"Name one: --query {source.example}."
        )
    if query is None and source.probe is not None:
        return source.probe(access, None)
    asked = source.example if query is None else query
    rows, _ = next(iter(source.open(asked, access, None).pages()))
    unread = sum(row.listing is None for row in rows)
    return (
        f"{len(rows)} listings in the first page of {name}:{asked}",
        *((f"{unread} of them could not be read, {rows[0].errors[0]}",) if unread == len(rows) > 0 else ()),
    )


@connectors.command("translate")
def translate(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A source, a shipped mapping, or a mapping's .yaml file.")
    ],
    page: Annotated[
        Path, typer.Argument(metavar="PAGE.json", help="An answer of the platform's, kept; or a dump.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the listings go, as JSONL.")],
) -> None:
    """Turn a recorded page, or a dump that a mapping file explains, into listings, offline."""
    written = failed = 0
    with out.open("w", encoding="utf-8") as file:
        for row in translated(name, page):
            if row.listing is None:
                failed += 1
                typer.echo(f"item {row.number}: {'; '.join(row.errors)}", err=True)
            else:
                written += 1
                file.write(row.listing.model_dump_json(exclude_none=True) + "\n")
    typer.echo(f"{written} listings in {out}" + (f"; {failed} items could not be read" if failed else ""))


def translated(name: str, page: Path) -> "Iterator[SourceRow]":
    """The rows of a platform's kept page, or of a dump by a mapping of that name or file."""
    from datetime import UTC, datetime

    from connectors import SOURCES
    from connectors.mapping import load, rows_of, shipped
    from scoring.errors import SourceError

    now = datetime.now(UTC)
    if name in SOURCES:
        translate = SOURCES[name].translate
        if translate is None:
            raise SourceError(f"{name} has no pages to translate.", hint="Scan it: file:PATH reads files.")
        return translate(_json(page), now)
    mapping = shipped().get(name) or (Path(name) if Path(name).suffix == ".yaml" else None)
    if mapping is None:
        known = ", ".join((*SOURCES, *shipped()))
        raise SourceError(
            f"there is no source or mapping {name!r}.", hint=f"Known are {known}; or name a .yaml file."
        )
    return rows_of(load(mapping), page, observed_at=now)


def sandbox(
    port: Annotated[int, typer.Option("--port", help="On the loopback address.")] = 9000,
    items: Annotated[int, typer.Option("--items", min=1, help="How many listings it holds.")] = 1000,
    faults: Annotated[
        bool,
        typer.Option(
            "--faults",
            help="A bad day: limits, failures, cut answers, goods that come, go or are shown twice.",
        ),
    ] = False,
) -> None:
    """Play marketplaces on this machine, by their published formats, until interrupted."""
    import shlex
    import time

    from connectors.sandbox import Catalogue, Faults, build, running, settings_of

    with running(build(Catalogue(items), faults=Faults.usual() if faults else None), port=port) as address:
        typer.echo(f"{items} listings at {address} (Ctrl-C stops it). To read them:", err=True)
        for platform, names in settings_of(address).items():
            for name, value in names.items():
                variable = f"COUNTERFOIL_CONNECTORS__{platform.upper()}__{name.upper()}"
                typer.echo(f"export {variable}={shlex.quote(value)}")
        typer.echo("export COUNTERFOIL_PRIVATE_ADDRESSES=true")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            typer.echo("Stopping …", err=True)


def _row(name: str, source: "Source", told: set[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "example": source.example,
        "missing": [it for it in source.credentials if it not in told],
    }
    capable = source.capabilities
    return row | {
        "searches": sorted(capable.searches),
        "fields": sorted(capable.fields),
        "page_size": capable.page_size,
        "depth_limit": capable.depth_limit,
        "requests_per_second": capable.requests_per_second,
        "daily_quota": capable.daily_quota,
        "sunset": capable.sunset,
        "details": None if capable.details is None else sorted(capable.details),
        "cannot_see": list(capable.cannot_see),
        "documented": capable.documented,
        "unverified": list(capable.unverified),
    }


def _source(name: str) -> "Source":
    from connectors import SOURCES
    from scoring.errors import SourceError

    if name not in SOURCES:
        raise SourceError(f"there is no source {name!r}.", hint=f"Known are {', '.join(SOURCES)}.")
    return SOURCES[name]


def _json(path: Path) -> "Json":
    from scoring.errors import SourceError

    try:
        page = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as JSON: {error}.", hint="Name a kept answer.") from error
    if not isinstance(page, dict):
        raise SourceError(f"{path} holds no JSON object.", hint="Name a whole answer of the platform's.")
    return page
