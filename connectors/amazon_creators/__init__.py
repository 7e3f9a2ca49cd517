"""Amazon, through the Creators API that affiliates have: the way in for who is no seller there."""

from connectors.amazon_creators.client import DAILY
from connectors.amazon_creators.connector import AmazonCreatorsConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    AmazonCreatorsConnector,
    example="steel bottle",
    items=("searchResult", "items"),
    credentials=("credential_id", "credential_secret", "partner_tag"),
    daily=DAILY,
)

__all__ = ["SOURCE", "AmazonCreatorsConnector"]
