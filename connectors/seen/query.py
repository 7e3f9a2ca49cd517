"""Which of the listings that were seen are read again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from scoring.errors import SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenQuery:
    """All of them, or fewer.

    >>> SeenQuery.read("changed,since=2026-11-01")
    SeenQuery(changed=True, since=datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc))
    >>> SeenQuery.read("*")
    SeenQuery(changed=False, since=None)
    """

    changed: bool = False
    """Only those last judged by other references, another recipe or another encoder than today's."""
    since: datetime | None = None
    """Only those seen then or later."""

    @classmethod
    def read(cls, written: str) -> Self:
        """What stands behind `seen:`; `SourceError` for what is no such thing."""
        said: dict[str, bool | datetime] = {}
        for word in [] if written.strip() == "*" else written.split(","):
            name, _, value = word.strip().partition("=")
            if name == "changed" and not value:
                said["changed"] = True
            elif name == "since":
                said["since"] = moment(value)
            else:
                raise SourceError(
                    f"{word.strip()!r} does not say what of the listings seen to read.",
                    hint="Write seen:*, seen:changed, seen:since=2026-11-01, or both with a comma.",
                )
        return cls(**said)  # type: ignore[arg-type]  # each by its own name, above

    @property
    def written(self) -> str:
        """As it stands behind `seen:`."""
        words = ["changed"] * self.changed
        return ",".join([*words, *([f"since={self.since.isoformat()}"] if self.since else [])]) or "*"


def moment(written: str) -> datetime:
    """A day, or a moment; without a time zone it is UTC's. `SourceError` where it is neither.

    >>> moment("2026-11-01T08:00:00+01:00").isoformat()
    '2026-11-01T08:00:00+01:00'
    """
    try:
        read = datetime.fromisoformat(written)
    except ValueError as error:
        raise SourceError(
            f"{written!r} is no day: {error}.",
            hint="Write it as in 2026-11-01, or 2026-11-01T08:00:00+01:00.",
        ) from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)
