"""Alembic migrations of the record store, carried inside the package and run by `catalog.schema`."""
