"""serve.yaml: the one file that says how large everything is.

`deployments` sizes the online replicas, in Serve's words. `args` holds settings by name, among them the
pools of the bulk path, so that a cluster's GPUs are shared out in one place. Serve hands `args` to the
application; every other command reads them here.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from scoring.errors import SettingsError

NAME = "counterfoil"
"""The application's name in the file."""

CONFIG = Path(__file__).parents[1] / "deployments" / "serve.yaml"
"""The file that is read where COUNTERFOIL_CONFIG names no other; serve.yaml at the top is a link to it."""


def settings_in(path: Path) -> dict[str, Any]:
    """The settings that a serve.yaml holds; `SettingsError` where it cannot be read.

    >>> sorted(settings_in(CONFIG))
    ['pools']
    """
    try:
        return _settings_in(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", hint="Check COUNTERFOIL_CONFIG."
        ) from error


@lru_cache(maxsize=4)
def _settings_in(path: Path, changed_ns: int) -> dict[str, Any]:  # noqa: ARG001 - a file that changed is read again
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is no YAML: {error}") from error
    for app in _applications(written):
        if app.get("name") == NAME:
            args = app.get("args") or {}
            if not isinstance(args, dict):
                raise SettingsError(
                    f"{path}: `args` of {NAME!r} are settings by name, not {type(args).__name__}.",
                    hint=f"Compare it with {CONFIG}.",
                )
            return args
    raise SettingsError(f"{path} has no application {NAME!r}.", hint=f"Compare it with {CONFIG}.")


def _applications(written: object) -> list[dict[str, Any]]:
    found = written.get("applications") if isinstance(written, dict) else None
    return [app for app in found if isinstance(app, dict)] if isinstance(found, list) else []
