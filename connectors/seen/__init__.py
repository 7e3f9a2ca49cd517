"""Everything that a tenant's scans have seen, to be judged again: `seen:*`. No marketplace is asked."""

from connectors.seen.connector import SeenConnector
from connectors.seen.query import SeenQuery
from connectors.source import Source
from connectors.web import Access
from scoring.errors import SourceError


def _open(written: str, access: Access, market: str | None) -> SeenConnector:
    if market is not None:
        raise SourceError(f"what was seen has no market {market!r}.", hint="Write seen:*.")
    return SeenConnector(SeenQuery.read(written), access)


SOURCE = Source(open=_open, example="*", offline=SeenConnector.can)

__all__ = ["SOURCE", "SeenConnector", "SeenQuery"]
