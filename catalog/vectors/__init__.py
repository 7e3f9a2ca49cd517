"""Embeddings by nearness. The implementations are imported by name: `edge`, `server`."""

from catalog.vectors.interface import Page, Point, ScoredPoint, VectorIndex, Where
from catalog.vectors.points import collection_name, point_id

__all__ = ["Page", "Point", "ScoredPoint", "VectorIndex", "Where", "collection_name", "point_id"]
