"""Marketplaces that play themselves on this machine, by their published formats: for tests, demo and load."""

from connectors.sandbox.catalogue import Catalogue, Item
from connectors.sandbox.faults import Faults
from connectors.sandbox.listed import ListedCatalogue
from connectors.sandbox.server import CREDENTIALS, Sandbox, addresses, build, running, settings_of

__all__ = [
    "CREDENTIALS",
    "Catalogue",
    "Faults",
    "Item",
    "ListedCatalogue",
    "Sandbox",
    "addresses",
    "build",
    "running",
    "settings_of",
]
