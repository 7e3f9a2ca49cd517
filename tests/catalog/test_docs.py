"""The examples in the catalogue's docstrings hold."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name", ["catalog.tenancy", "catalog.references", "catalog.blobs.store", "catalog.vectors.points"]
)
def test_examples_hold(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0
