"""serve.yaml: how many replicas of what size, in the words that Serve reads on a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from ray.serve.schema import DeploymentSchema, ServeDeploySchema

from cluster.config_file import CONFIG, NAME
from scoring.errors import SettingsError

DEPLOYED: tuple[str, ...] = ("Api", "Scorer", "EncoderReplica")

Sizes = Mapping[str, dict[str, Any]]
"""By deployment: Serve's options for it, as serve.yaml has them."""


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """As much of a serve.yaml as one machine needs; it has a host and a port of its own."""

    sizes: Sizes
    request_seconds: float | None
    """After which Serve gives up on a request."""


def read_config(path: Path = CONFIG) -> ServeConfig:
    """A serve.yaml; `SettingsError` where Serve would not take it, or would pass over something in it."""
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
        document = ServeDeploySchema.model_validate(written)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except (yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"{path} is no Serve config: {error}") from error
    apps = [app for app in document.applications if app.name == NAME]
    if not apps:
        raise SettingsError(f"{path} has no application {NAME!r}.", hint=f"Compare it with {CONFIG}.")
    _check_spelling(path, written)
    sizes = {it.name: it.model_dump(exclude_unset=True, exclude={"name"}) for it in apps[0].deployments}
    return ServeConfig(sizes, document.http_options.request_timeout_s)


def _check_spelling(path: Path, written: dict[str, Any]) -> None:
    """Serve passes over what it does not know; a misspelt number of replicas would be no number at all."""
    (app,) = (it for it in written["applications"] if it["name"] == NAME)
    for options in app.get("deployments", []):
        if options["name"] not in DEPLOYED:
            unknown, known = options["name"], DEPLOYED
        elif strange := sorted(options.keys() - DeploymentSchema.model_fields.keys()):
            unknown, known = strange[0], tuple(DeploymentSchema.model_fields)
        else:
            continue
        raise SettingsError(
            f"{path} names {unknown!r}, which is not known.", hint=f"Known: {', '.join(known)}."
        )
