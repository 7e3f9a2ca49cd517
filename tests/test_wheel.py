"""A built wheel is whole: it works from another directory, without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKS = """
import catalog.records, deployments.app, pathlib, samples, scoring, sys
from catalog.records import open_catalog
from scoring.recipe import Recipe
assert pathlib.Path(scoring.__file__).is_relative_to(sys.argv[1]), scoring.__file__
open_catalog(pathlib.Path("catalogue.sqlite")).tenants.ensure("acme")
print(Recipe.default().id)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tracked files and unpacked somewhere else."""
    source, wheels, unpacked = (tmp_path_factory.mktemp(name) for name in ("source", "wheels", "unpacked"))
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(wheels)!r})"
    subprocess.run([sys.executable, "-W", "ignore", "-c", build], cwd=source, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(unpacked)
    return unpacked


def run(*arguments: str, unpacked: Path, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_it_reads_is_in_it(unpacked: Path, tmp_path: Path) -> None:
    said = run("-c", WORKS, str(unpacked), unpacked=unpacked, folder=tmp_path)
    assert said.strip().endswith("default@1")
    assert (tmp_path / "catalogue.sqlite").exists()


def test_the_command_knows_its_commands(unpacked: Path, tmp_path: Path) -> None:
    said = run("-m", "counterfoil", "--help", unpacked=unpacked, folder=tmp_path)
    for command in ("demo", "brand", "scan", "evaluate", "serve"):
        assert command in said
