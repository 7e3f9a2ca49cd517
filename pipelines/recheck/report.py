"""How every case stands, and how fast each platform takes down: in words, as a table and as data."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.rechecks import CaseState, ComeBack
from catalog.sightings import ListingKey
from pipelines.recheck.clocks import Clock, clock_of
from pipelines.recheck.watched import Case

WITHIN_DAYS = (1, 3, 7)
_MOMENT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        ("tenant", pa.string()),
        ("platform", pa.string()),
        ("listing_id", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("seller_id", pa.string()),
        ("decided", pa.bool_()),
        ("state", pa.string()),
        ("started_at", _MOMENT),
        ("last_there_at", _MOMENT),
        ("gone_at", _MOMENT),
        ("back_at", _MOMENT),
        ("hours", pa.float64()),
        ("hours_at_least", pa.float64()),
        ("asked_at", _MOMENT),
        ("unanswered", pa.string()),
        ("come_backs", pa.list_(pa.string())),
    ]
)
"""One row of `cases.parquet` for each case; `come_backs` are `platform:id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTold:
    """How one case stands."""

    platform: str
    listing_id: str
    url: str | None
    title: str
    seller_id: str | None
    decided: bool
    state: CaseState | None
    clock: Clock
    asked_at: datetime | None
    unanswered: str | None

    @property
    def key(self) -> ListingKey:
        """As `Listing.key`."""
        return (self.platform, self.listing_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of those whose clock has run that long were gone by then."""

    of: int
    gone: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where no clock has run that long."""
        return self.gone / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What became of a platform's cases."""

    platform: str
    cases: int
    states: dict[str, int]
    """By how they stand now; `unknown` where nobody has seen them yet."""
    taken_down: int
    """Those that were ever seen to be gone."""
    back: int
    """Those of them that are there again."""
    back_as_another: int
    """Those whose picture came again in another listing."""
    median_hours: float | None
    """Of those taken down, from the decision to the look-up that found them gone: an upper bound."""
    gone_within_days: dict[int, Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where everything stands after a run."""

    tenant: str
    at: datetime
    cases: tuple[CaseTold, ...]
    come_backs: tuple[ComeBack, ...]
    asked: dict[str, int]
    """This run's look-ups, by what they said."""
    waiting: int
    """Listings whose turn it was, beyond the most of a run."""
    not_asked: dict[str, str]
    """By source, why look-ups were left out."""
    cleared: int
    """New listings with such a picture that are no return: an authorised seller's, or dismissed."""
    official: int
    """Pairs that share only the brand's own photograph."""

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """One for each platform, by name."""
        names = sorted({it.platform for it in self.cases})
        return tuple(self._platform(name) for name in names)

    def _platform(self, name: str) -> Platform:
        cases = [it for it in self.cases if it.platform == name]
        hours = [it.clock.hours for it in cases if it.clock.hours is not None]
        returned = {it.key for it in self.come_backs}
        return Platform(
            platform=name,
            cases=len(cases),
            states=dict(Counter(it.state or "unknown" for it in cases)),
            taken_down=len(hours),
            back=sum(it.clock.back_at is not None for it in cases),
            back_as_another=sum(it.key in returned for it in cases),
            median_hours=median(hours) if hours else None,
            gone_within_days={days: _gone_within(cases, days, self.at) for days in WITHIN_DAYS},
        )

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            "tenant": self.tenant,
            "at": self.at.isoformat(),
            "asked": self.asked,
            "waiting": self.waiting,
            "not_asked": self.not_asked,
            "cleared": self.cleared,
            "official": self.official,
            "platforms": [_platform_json(it) for it in self.platforms],
            "cases": [_moments(_row(it, self)) for it in self.cases],
            "come_backs": [_moments(asdict(it)) for it in self.come_backs],
        }

    def to_text(self) -> str:
        """Everything that matters, for a person."""
        if not self.cases:
            return "No case is watched: record decisions with counterfoil case decide or case import."
        lines = [
            f"{'platform':<16}{'cases':>7}{'there':>7}{'gone':>7}{'back':>7}{'as other':>10}{'unseen':>8}"
            f"{'median h':>10}" + "".join(f"{f'≤ {days} d':>8}" for days in WITHIN_DAYS)
        ]
        for it in self.platforms:
            shares = (it.gone_within_days[days].share for days in WITHIN_DAYS)
            lines.append(
                f"{it.platform:<16}{it.cases:>7}{it.states.get('there', 0):>7}{it.states.get('gone', 0):>7}"
                f"{it.back:>7}{it.back_as_another:>10}{it.states.get('not_found_again', 0):>8}"
                f"{'–' if it.median_hours is None else f'{it.median_hours:.1f}':>10}"
                + "".join(f"{'–' if share is None else f'{share:.0%}':>8}" for share in shares)
            )
        lines.append(
            "Hours run from the decision to the look-up that found it gone. Unseen: not found again by a "
            "scan, on a platform that nobody can ask; no more is claimed."
        )
        lines += [_in_words(it) for it in self.come_backs]
        said = (
            ", ".join(f"{number} {what}" for what, number in sorted(self.asked.items())) or "nothing was due"
        )
        lines.append(f"Looked up: {said}; {self.waiting} more are waiting for the next run.")
        if self.cleared or self.official:
            lines.append(
                f"No returns: {self.cleared} listings of authorised sellers or dismissed ones, and "
                f"{self.official} that share only the brand's own photograph."
            )
        lines += [f"Not asked through {source}: {why}" for source, why in self.not_asked.items()]
        return "\n".join(lines)

    def write(self, out: Path) -> None:
        """`cases.parquet` and `recheck.json` in a folder."""
        out.mkdir(parents=True, exist_ok=True)
        rows = [_row(it, self) | {"tenant": self.tenant} for it in self.cases]
        unfinished = out / "cases.parquet.part"
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), unfinished, compression="zstd")
        unfinished.replace(out / "cases.parquet")
        told = out / "recheck.json.part"
        told.write_text(json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
        told.replace(out / "recheck.json")


def told_of(case: Case) -> CaseTold:
    """A case as it is reported."""
    listing = case.listing
    return CaseTold(
        platform=listing.platform,
        listing_id=listing.listing_id,
        url=listing.url,
        title=listing.title,
        seller_id=listing.seller.id if listing.seller else None,
        decided=case.decided,
        state=case.followed.state,
        clock=clock_of(case.started_at, case.followed.history),
        asked_at=case.followed.asked_at,
        unanswered=case.followed.unanswered,
    )


def _gone_within(cases: Sequence[CaseTold], days: int, now: datetime) -> Share:
    """Of those that somebody can be asked about, and whose clock has run for so long."""
    least = timedelta(days=days)
    ran = [
        it for it in cases if it.state not in (None, "not_found_again") and now - it.clock.started_at >= least
    ]
    gone = sum(it.clock.gone_at is not None and it.clock.gone_at - it.clock.started_at <= least for it in ran)
    return Share(of=len(ran), gone=gone)


def _platform_json(it: Platform) -> dict[str, Any]:
    shares = {days: asdict(share) | {"share": share.share} for days, share in it.gone_within_days.items()}
    return asdict(it) | {"gone_within_days": shares}


def _row(it: CaseTold, report: Report) -> dict[str, Any]:
    clock = it.clock
    return {name: getattr(it, name) for name in CaseTold.__dataclass_fields__ if name != "clock"} | {
        "started_at": clock.started_at,
        "last_there_at": clock.last_there_at,
        "gone_at": clock.gone_at,
        "back_at": clock.back_at,
        "hours": clock.hours,
        "hours_at_least": clock.hours_at_least,
        "come_backs": [
            f"{at.as_platform}:{at.as_listing_id}" for at in report.come_backs if at.key == it.key
        ],
    }


def _moments(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _in_words(it: ComeBack) -> str:
    same = "the same picture" if it.bits == 0 else f"nearly the same picture ({it.bits} of 128 bits differ)"
    when = "" if it.certain else ", perhaps before that one went"
    seller = f" of {it.seller_id}" if it.seller_id else ""
    return (
        f"{it.platform}:{it.listing_id} is back as {it.as_platform}:{it.as_listing_id}{seller} ({it.kind}), "
        f"first seen {it.first_seen_at:%Y-%m-%d %H:%M}{when}: {same}."
    )
