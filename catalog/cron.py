"""When a schedule is due: five-field cron expressions in a time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from scoring.errors import CatalogError

_MOST_CATCHING_UP = 100_000
"""Due moments that are looked through at once at most: a minutely schedule that was away for 69 days."""


def check_cron(expression: str, zone: str) -> None:
    """Raise `CatalogError` for an expression or a zone that cannot be read, and for one that is never due."""
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CatalogError(f"{zone!r} is no time zone.", hint="Name one as Europe/Berlin, or UTC.") from error
    if len(expression.split()) != 5:
        raise CatalogError(
            f"{expression!r} is no cron expression: it has five fields.",
            hint='Minute, hour, day, month, day of the week: "0 3 * * *" is every night at three.',
        )
    try:
        next(CronSim(expression, datetime.now(there)))
    except (CronSimError, StopIteration) as error:
        raise CatalogError(
            f"{expression!r} is never due: {error or 'no such day exists'}.",
            hint='Minute, hour, day, month, day of the week: "0 3 * * *" is every night at three.',
        ) from error


def next_due(expression: str, zone: str, after: datetime) -> datetime:
    """The first moment it is due after another, in UTC.

    Where clocks are put forward, what would be due within the missing hour is due right after it; where
    they are put back, what is due at one time of day is due once.

    >>> next_due("0 3 * * *", "Europe/Berlin", datetime(2026, 11, 24, 9, tzinfo=UTC)).isoformat()
    '2026-11-25T02:00:00+00:00'
    """
    return next(CronSim(expression, after.astimezone(ZoneInfo(zone)))).astimezone(UTC)


def last_due(expression: str, zone: str, *, after: datetime, until: datetime) -> datetime | None:
    """The last moment it was due after one and not after another: what a missed run is caught up for, once.

    >>> day = datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> last_due("0 * * * *", "UTC", after=day, until=day.replace(hour=12, minute=5)).isoformat()
    '2026-11-24T12:00:00+00:00'
    >>> last_due("0 * * * *", "UTC", after=day, until=day)
    """
    due = None
    for moment, _ in zip(
        CronSim(expression, after.astimezone(ZoneInfo(zone))), range(_MOST_CATCHING_UP), strict=False
    ):
        if moment > until:
            break
        due = moment
    return None if due is None else due.astimezone(UTC)
