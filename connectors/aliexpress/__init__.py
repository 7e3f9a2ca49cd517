"""AliExpress, through its affiliate API."""

from connectors.aliexpress.connector import AliExpressConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    AliExpressConnector,
    example="steel bottle",
    items=("aliexpress_affiliate_product_query_response", "resp_result", "result", "products", "product"),
    credentials=("app_key", "app_secret", "tracking_id"),
)

__all__ = ["SOURCE", "AliExpressConnector"]
