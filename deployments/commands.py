"""Commands of the online path: `counterfoil serve`."""

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    config: Annotated[
        Path | None, typer.Option(help="A serve.yaml with other numbers of replicas; host and port stay.")
    ] = None,
) -> None:
    """Serve the scoring API until interrupted."""
    from cluster.settings import Settings
    from deployments.app import serve_here

    settings = Settings.load(**({"config": config} if config else {}))
    serve_here(settings, host=host, port=port)
