"""What connectors to marketplaces' APIs share: pace, patience, caps, credentials, and errors of ours."""

from connectors.web.access import Access, Meter, Unmetered
from connectors.web.connector import WebConnector
from connectors.web.details import LookUp, completed, one_by_one
from connectors.web.query import Query
from connectors.web.session import Call, GoneError, Json, Limits, WebSession
from connectors.web.tokens import Token

__all__ = [
    "Access",
    "Call",
    "GoneError",
    "Json",
    "Limits",
    "LookUp",
    "Meter",
    "Query",
    "Token",
    "Unmetered",
    "WebConnector",
    "WebSession",
    "completed",
    "one_by_one",
]
