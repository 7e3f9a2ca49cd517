"""The cluster files are ones that Ray's launcher accepts, by Ray's own schema."""

from pathlib import Path

import pytest
import yaml
from jsonschema import ValidationError
from ray.autoscaler._private.util import prepare_config, validate_config

ROOT = Path(__file__).parents[2]
CLUSTER_FILE = ROOT / "ray-cluster.yaml"
FILES = sorted(file.name for file in ROOT.glob("ray-cluster*.yaml"))


def test_there_is_one_for_each_kind_of_machine() -> None:
    kinds = {yaml.safe_load((ROOT / name).read_text("utf-8"))["provider"]["type"] for name in FILES}
    assert kinds == {"aws", "gcp", "local"}


@pytest.mark.parametrize("name", FILES)
def test_the_launcher_accepts_it(name: str) -> None:
    config = prepare_config(yaml.safe_load((ROOT / name).read_text("utf-8")))
    validate_config(config)
    assert config["head_node_type"] in config["available_node_types"]


def test_the_schema_would_refuse_a_misspelt_key() -> None:
    config = yaml.safe_load(CLUSTER_FILE.read_text("utf-8"))
    config["max_wrokers"] = config.pop("max_workers")
    with pytest.raises(ValidationError, match="max_wrokers"):
        validate_config(config)
