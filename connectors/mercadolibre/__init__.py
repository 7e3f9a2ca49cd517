"""Mercado Libre, through its public API."""

from connectors.mercadolibre.connector import MercadoLibreConnector

__all__ = ["MercadoLibreConnector"]
