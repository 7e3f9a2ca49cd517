"""Marketplaces that play themselves on this machine, by their published formats: for tests, demo and load."""

from connectors.sandbox.catalogue import Catalogue, Item
from connectors.sandbox.faults import Faults
from connectors.sandbox.server import CREDENTIALS, Sandbox, addresses, build, running

__all__ = ["CREDENTIALS", "Catalogue", "Faults", "Item", "Sandbox", "addresses", "build", "running"]
