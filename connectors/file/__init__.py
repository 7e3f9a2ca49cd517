"""Listings from a file: JSONL, CSV or Parquet."""

from connectors.file.connector import FileConnector

__all__ = ["FileConnector"]
