"""A PostgreSQL server as the records need it: a small pool a process, and waits that end."""

from pydantic import BaseModel, Field
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL


class PoolSizes(BaseModel, frozen=True, extra="forbid"):
    """Connections to a record store on a server, of each process: every worker and replica has a pool.

    A server's `max_connections` (100 unless set) must hold all of them. Most processes ask now and then, so
    few connections are kept and more are made when many threads ask at once.
    """

    size: int = Field(default=2, ge=1, description="connections that stay open")
    overflow: int = Field(default=8, ge=0, description="further ones, closed as soon as they are idle")
    wait_seconds: float = Field(default=15.0, gt=0, description="how long a thread waits for one")
    recycle_seconds: int = Field(
        default=1800, ge=1, description="then one is made anew: firewalls drop what is old"
    )


LOCK_SECONDS = 15
"""How long a writer waits for another; as long as on SQLite."""

_CONNECT_SECONDS = 10
_LOST_SECONDS = 30
"""A server that vanished without a word is given up after this long; TCP itself would wait for 15 minutes."""

_DEFAULTS = {
    "application_name": "counterfoil",
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": _LOST_SECONDS * 1000,
    "options": f"-c timezone=UTC -c lock_timeout={LOCK_SECONDS}s",
}
"""What libpq is told unless the URL says otherwise."""


def open_postgres(url: URL, *, pool: PoolSizes) -> Engine:
    """An engine on the server. Nothing is connected yet.

    A connection is asked for a sign of life before it is used (0.1 ms beside the server), so that those which
    a restart of the server has cut are replaced before anybody notices.
    """
    return create_engine(
        url,
        pool_size=pool.size,
        max_overflow=pool.overflow,
        pool_timeout=pool.wait_seconds,
        pool_recycle=pool.recycle_seconds,
        pool_pre_ping=True,
        connect_args={name: value for name, value in _DEFAULTS.items() if name not in url.query},
    )
