"""Mercado Libre, through its public API."""

from connectors.mercadolibre.connector import MercadoLibreConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    MercadoLibreConnector,
    example="category:MLA3422",
    items=("results",),
    credentials=("client_id", "client_secret"),
)

__all__ = ["SOURCE", "MercadoLibreConnector"]
