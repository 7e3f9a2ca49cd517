"""The cluster file is one that Ray's launcher accepts, by Ray's own schema."""

from pathlib import Path

import pytest
import yaml
from jsonschema import ValidationError
from ray.autoscaler._private.util import prepare_config, validate_config

CLUSTER_FILE = Path(__file__).parents[2] / "ray-cluster.yaml"


def test_the_launcher_accepts_it() -> None:
    config = yaml.safe_load(CLUSTER_FILE.read_text("utf-8"))
    validate_config(prepare_config(config))
    assert config["head_node_type"] in config["available_node_types"]


def test_the_schema_would_refuse_a_misspelt_key() -> None:
    config = yaml.safe_load(CLUSTER_FILE.read_text("utf-8"))
    config["max_wrokers"] = config.pop("max_workers")
    with pytest.raises(ValidationError, match="max_wrokers"):
        validate_config(config)
