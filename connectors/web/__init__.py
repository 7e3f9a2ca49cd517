"""What connectors to marketplaces' APIs share: pace, patience, caps, credentials, and errors of ours."""

from connectors.web.access import Access, Meter, Unmetered
from connectors.web.connector import WebConnector
from connectors.web.query import Query
from connectors.web.session import Call, GoneError, Json, Limits, WebSession

__all__ = [
    "Access",
    "Call",
    "GoneError",
    "Json",
    "Limits",
    "Meter",
    "Query",
    "Unmetered",
    "WebConnector",
    "WebSession",
]
