"""The online path as one Serve application, for a cluster and for this machine."""

import logging
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
import typer
import yaml
from pydantic import ValidationError
from ray import serve
from ray.serve import Application
from ray.serve.config import HTTPOptions
from ray.serve.schema import DeploymentSchema, ServeDeploySchema

from cluster.encoders import find_encoder
from cluster.session import session
from cluster.settings import Settings
from cluster.state import State
from deployments.api import Api
from deployments.encoder import EncoderReplica
from deployments.scorer import Scorer
from scoring.errors import SettingsError, UnavailableError

NAME = "counterfoil"
CONFIG = Path(__file__).parent / "serve.yaml"
"""What `counterfoil serve` reads where it is told nothing else; serve.yaml at the top is a link to it."""

_ATTEMPTS = 3
"""How often a replica that fails to start is started: it fails for a reason that a person must mend."""

_DEPLOYED = tuple(kind.__name__ for kind in (Api, Scorer, EncoderReplica))

Sizes = Mapping[str, dict[str, Any]]
"""By deployment: Serve's options for it, as serve.yaml has them."""


def build(args: dict[str, str]) -> Application:
    """The application for `serve deploy serve.yaml`, which sizes it itself.

    `args` are settings by name, instead of the environment's.
    """
    return application(Settings.load(**args))


def application(settings: Settings, sizes: Sizes | None = None) -> Application:
    """Api → Scorer → EncoderReplica; without the last where no encoder is configured."""
    # Replicas start in another folder than ours.
    settings = settings.model_copy(update={"home": settings.home.resolve()})
    api, scorer, encoder = (
        serve.deployment(name=kind.__name__, max_constructor_retry_count=_ATTEMPTS)(kind).options(
            **(sizes or {}).get(kind.__name__, {})
        )
        for kind in (serve.ingress()(Api), Scorer, EncoderReplica)
    )
    beside = (encoder.bind(settings),) if settings.encoder else ()
    return api.bind(scorer.bind(settings, *beside))


def read_sizes(config: Path = CONFIG) -> Sizes:
    """The replicas' options in a serve.yaml; `SettingsError` where Serve would not take it."""
    try:
        written = yaml.safe_load(config.read_text("utf-8"))
        document = ServeDeploySchema.model_validate(written)
    except OSError as error:
        raise SettingsError(f"{config} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except (yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"{config} is no Serve config: {error}") from error
    found = [app for app in document.applications if app.name == NAME]
    if not found:
        raise SettingsError(f"{config} has no application {NAME!r}.", hint=f"Compare it with {CONFIG}.")
    sizes = {it.name: it.model_dump(exclude_unset=True) for it in found[0].deployments}
    for options in sizes.values():
        del options["name"]
    _check_spelling(config, written)
    return sizes


def _check_spelling(config: Path, written: dict[str, Any]) -> None:
    """Serve passes over what it does not know; a misspelt number of replicas would be no number at all."""
    (app,) = (it for it in written["applications"] if it["name"] == NAME)
    for options in app.get("deployments", []):
        if options["name"] not in _DEPLOYED:
            unknown, known = options["name"], _DEPLOYED
        elif strange := sorted(options.keys() - DeploymentSchema.model_fields.keys()):
            unknown, known = strange[0], tuple(DeploymentSchema.model_fields)
        else:
            continue
        raise SettingsError(
            f"{config} names {unknown!r}, which is not known.", hint=f"Known: {', '.join(known)}."
        )


@contextmanager
def serving(
    settings: Settings, *, host: str = "127.0.0.1", port: int = 8000, config: Path = CONFIG
) -> Iterator[str]:
    """Serve for as long as the block lasts, which is given the address.

    Raises:
        SetupError: the port is taken, or the config, the catalogue or the encoder cannot be used.
        UnavailableError: the replicas do not start.
    """
    sizes = read_sizes(config)
    # What a person must mend is told of here, in one line, and not by replicas that fail to start.
    State(settings).catalog.close()
    if settings.encoder is not None:
        find_encoder(settings)
    _check_free(host, port)
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    joined = ray.is_initialized()
    with session(settings):
        serve.start(http_options=HTTPOptions(host=host, port=port))
        try:
            try:
                serve.run(application(settings, sizes), name=NAME, route_prefix="/")
            except RuntimeError as error:
                raise UnavailableError(f"the replicas do not start: {error}.") from error
            yield f"http://{host}:{port}"
        finally:
            if joined:
                serve.shutdown()  # type: ignore[no-untyped-call]
            else:  # the rest goes with our own Ray, or serves others on a cluster that is not ours
                serve.delete(NAME)


def serve_here(
    settings: Settings, *, host: str = "127.0.0.1", port: int = 8000, config: Path = CONFIG
) -> None:
    """Serve until interrupted (Ctrl-C, or SIGTERM, which Ray turns into SystemExit)."""
    with serving(settings, host=host, port=port, config=config) as address:
        typer.echo(
            f"Counterfoil listens on {address} (Ctrl-C stops it). What it can be asked: {address}/docs"
        )
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            typer.echo("Stopping …", err=True)


def _check_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise SettingsError(
            f"port {port} of {host} cannot be used: {error.strerror}.", hint="Choose another with --port."
        ) from error
