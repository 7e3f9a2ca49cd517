"""Other people's tables and JSON, read by a mapping file: which of their names means which of ours."""

from connectors.mapping.dumps import read_dump, rows_of
from connectors.mapping.rules import Actor, Mapping, load, shipped

__all__ = ["Actor", "Mapping", "load", "read_dump", "rows_of", "shipped"]
