"""The online path as one Serve application, for a cluster and for this machine."""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ray
import typer
from ray import serve
from ray.serve import Application
from ray.serve.config import BackpressureConfig, HTTPOptions, RequestRouterConfig
from ray.serve.schema import LoggingConfig

from cluster.config_file import NAME
from cluster.encoder_plan import chosen_models
from cluster.encoders import find_encoder
from cluster.session import session
from cluster.settings import Settings
from cluster.state import State
from deployments.api import Api
from deployments.config import Sizes, read_config
from deployments.encoder import EncoderReplica
from deployments.scorer import Scorer
from scoring.errors import SettingsError, UnavailableError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_ATTEMPTS = 3
"""How often a replica that fails to start is started: it fails for a reason that a person must mend."""

_QUIET = LoggingConfig(enable_access_log=False)
"""Our own log has a line for each request, without its query; Serve would write one more in each process."""

_STEADY: dict[str, Any] = {
    "max_constructor_retry_count": _ATTEMPTS,
    # What Serve itself turns away, before our own code is asked, is turned away as we do it.
    "backpressure_config": BackpressureConfig(status_code=429, retry_after_s=1),
    # A new version starts before the old one stops; one replica would otherwise leave nobody meanwhile.
    "max_surge_percent": 100,
    # Serve looks for room in full replicas ever more seldom, up to twice a second: half of a replica's places
    # were empty while callers queued for them.
    "request_router_config": RequestRouterConfig.model_validate({"max_backoff_s": 0.05}),
    # A replica that was killed is missed within seconds; Serve's default is 10.
    "health_check_period_s": 2,
    # As long as a request may take: one that is under way when its replica is replaced is answered.
    "graceful_shutdown_timeout_s": 60,
    "logging_config": _QUIET,
}
"""What keeps answers coming; serve.yaml may say otherwise."""


def build(args: dict[str, Any]) -> Application:
    """The application for `serve deploy serve.yaml`, which sizes it itself.

    `args` are settings by name, instead of the environment's.
    """
    return application(Settings.load(**args))


def application(settings: Settings, sizes: Sizes | None = None, *, open_access: bool = False) -> Application:
    """Api → Scorer → EncoderReplica; without the last where neither settings nor a tenant name an encoder.

    With `open_access` it answers everybody on this machine for as long as no API key was made.
    """
    # Replicas start in another folder than ours.
    settings = settings.model_copy(update={"home": settings.home.resolve()})
    api, scorer, encoder = (
        serve.deployment(name=kind.__name__, **_STEADY)(kind).options(**(sizes or {}).get(kind.__name__, {}))
        for kind in (serve.ingress()(Api), Scorer, EncoderReplica)
    )
    beside = (encoder.bind(settings),) if chosen_models(State(settings)) else ()
    return api.bind(scorer.bind(settings, *beside), settings, open_access=open_access)


@contextmanager
def serving(settings: Settings, *, host: str = "127.0.0.1", port: int = 8000) -> Iterator[str]:
    """Serve for as long as the block lasts, which is given the address.

    Raises:
        SetupError: the port is taken, or the config, the catalogue or the encoder cannot be used.
        UnavailableError: the replicas do not start.
    """
    sized = read_config(settings.config)
    # What a person must mend is told of here, in one line, and not by replicas that fail to start.
    state = State(settings)
    for model in chosen_models(state):
        find_encoder(settings, model)
    state.catalog.close()
    if _open(settings) and host not in _LOOPBACK:
        raise SettingsError(
            f"nobody has made an API key, and {host} can be reached by others.",
            hint="Make one first (counterfoil key create --tenant T --role scorer), or listen on 127.0.0.1.",
        )
    _check_free(host, port)
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    joined = ray.is_initialized()
    with session(settings):
        http = HTTPOptions(host=host, port=port, request_timeout_s=sized.request_seconds)
        serve.start(http_options=http, logging_config=_QUIET)
        try:
            try:
                app = application(settings, sized.sizes, open_access=host in _LOOPBACK)
                serve.run(app, name=NAME, route_prefix="/")
            except RuntimeError as error:
                raise UnavailableError(f"the replicas do not start: {error}.") from error
            yield f"http://{host}:{port}"
        finally:
            if joined:
                serve.shutdown()  # type: ignore[no-untyped-call]
            else:  # the rest goes with our own Ray, or serves others on a cluster that is not ours
                serve.delete(NAME)


def serve_here(settings: Settings, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted (Ctrl-C, or SIGTERM, which Ray turns into SystemExit)."""
    with serving(settings, host=host, port=port) as address:
        typer.echo(
            f"Counterfoil listens on {address} (Ctrl-C stops it). What it can be asked: {address}/docs"
        )
        if host in _LOOPBACK and _open(settings):
            typer.echo(
                "No API key was made: it answers everybody on this machine, and nobody else. "
                "counterfoil key create makes one."
            )
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            typer.echo("Stopping …", err=True)


def _open(settings: Settings) -> bool:
    with State(settings).catalog as catalog:
        return settings.oidc.issuer is None and not catalog.keys.any()


def _check_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise SettingsError(
            f"port {port} of {host} cannot be used: {error.strerror}.", hint="Choose another with --port."
        ) from error
