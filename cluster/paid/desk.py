"""Where a worker asks paid services: opt-ins, caps and costs are settled here, whichever path it is on."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from catalog.records import Catalog
from catalog.usage import Grant
from cluster.kill_switch import KillSwitchWatch
from cluster.paid.outgoing import Outgoing
from cluster.paid.terms import not_on
from cluster.settings import GoogleVision, Settings
from cluster.state import State
from scoring.errors import CounterfoilError, ImageError, RetryError, SettingsError
from scoring.features import FeatureValue, Unavailable

if TYPE_CHECKING:  # Google's libraries take a second to import, and most workers never need them
    from connectors.google_vision import VisionClient

_REST = 5.0
"""Seconds for which nobody asks again after a service stayed away in spite of the client's patience."""
_LONG_REST = 60.0
"""The same where a person has to mend something."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture, or why it cannot leave, and the features wanted of it."""

    picture: Outgoing | Unavailable
    features: Sequence[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    values: dict[str, FeatureValue] = field(default_factory=dict)
    """Every feature that was wanted, or why it cannot be had."""
    billed: list[str] = field(default_factory=list)
    """The features whose price may be asked; each is one unit of the tenant's usage."""


class PaidDesk:
    """One for each process, safe to share between threads. Nothing is opened before something is asked."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        settings: GoogleVision,
        *,
        client: Callable[[], "VisionClient"],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_catalog = catalog
        self._open_client = client
        self._settings = settings
        self._clock = clock
        self._opening = Lock()
        self._opened_catalog: Catalog | None = None
        self._opened_client: VisionClient | None = None
        self._switch = KillSwitchWatch(lambda: self._catalog.kill_switch.standing())  # noqa: PLW0108 - as above
        self._rests_until = 0.0
        self._why = ""

    @classmethod
    def of(cls, settings: Settings) -> "PaidDesk":
        """The desk of the stores and the service that the settings name."""
        return cls(
            lambda: State(settings).catalog,
            settings.google_vision,
            client=lambda: _client(settings.google_vision),
        )

    def ask(self, asked: Sequence[Asked], *, tenant: str) -> list[Told]:
        """Measure paid features of pictures, all of a picture's together; never raises.

        A feature that somebody turned off since, or whose cap is spent, is not sent; nor is anything that the
        kill switch stops.
        """
        told = [Told() for _ in asked]
        if not any(one.features for one in asked):
            return told
        try:
            self._ask(asked, told, tenant)
        except Exception as error:  # noqa: BLE001 - what fails makes its signal abstain, never the scan
            why = Unavailable(
                str(error) if isinstance(error, CounterfoilError) else f"{type(error).__name__}: {error}"
            )
            for one, answer in zip(asked, told, strict=True):
                answer.values.update({name: why for name in one.features if name not in answer.values})
        return told

    def _ask(self, asked: Sequence[Asked], told: Sequence[Told], tenant: str) -> None:
        on = self._catalog.opt_ins.turned_on(tenant)
        resting = Unavailable(self._why) if self._clock() < self._rests_until else None
        wanting: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(asked):
            for feature in one.features:
                stays = None if feature in on else not_on(feature, tenant)
                stays = stays or self._switch.stops_measuring(tenant, feature)
                stays = stays or (one.picture if isinstance(one.picture, Unavailable) else None) or resting
                if stays is not None:
                    told[number].values[feature] = stays
                else:
                    wanting[feature].append(number)
        if wanting:
            client = self._client  # first: what cannot be asked must not be taken from the cap
            grants = self._take(wanting, told, tenant)
            self._send(asked, told, client, grants)

    def _take(self, wanting: Mapping[str, list[int]], told: Sequence[Told], tenant: str) -> dict[str, Grant]:
        """Units for each feature; the last pictures go without where the cap does not hold all of them."""
        grants = {}
        for feature, numbers in wanting.items():
            grant = self._catalog.usage.take(
                tenant,
                feature,
                len(numbers),
                unit_micros=self._settings.unit_micros(feature),
                default_cap=self._settings.daily_units,
            )
            grants[feature] = grant
            for number in numbers[: grant.units]:
                told[number].billed.append(feature)
            for number in numbers[grant.units :]:
                told[number].values[feature] = Unavailable(
                    f"tenant {tenant!r} has spent its cap of {grant.cap} {feature} for {grant.day} (UTC)",
                    because="cap_spent",
                )
        return grants

    def _send(
        self,
        asked: Sequence[Asked],
        told: Sequence[Told],
        client: "VisionClient",
        grants: Mapping[str, Grant],
    ) -> None:
        from connectors.google_vision import EXTRACTORS, Question, Refusal, matches_of  # noqa: PLC0415

        leaving = [
            (one.picture, answer)
            for one, answer in zip(asked, told, strict=True)
            if answer.billed and isinstance(one.picture, Outgoing)
        ]
        questions = [
            Question(picture.content, tuple(EXTRACTORS[feature].asks for feature in answer.billed))
            for picture, answer in leaving
        ]
        unused: Counter[str] = Counter()
        for (picture, answer), said in zip(leaving, client.annotate(questions), strict=True):
            if isinstance(said, Refusal):
                self._note(said.error)
                answer.values.update(dict.fromkeys(answer.billed, Unavailable(str(said.error))))
                if not said.billed:
                    unused.update(answer.billed)
                    answer.billed.clear()
            else:
                size = (picture.width, picture.height)
                answer.values.update({name: matches_of(name, said, size) for name in answer.billed})
        for feature, units in unused.items():
            self._catalog.usage.give_back(grants[feature], units)

    def _note(self, error: CounterfoilError) -> None:
        """Nobody is asked for a while where the next would only wait for the same."""
        if isinstance(error, ImageError):
            return
        rest = (error.retry_after or _REST) if isinstance(error, RetryError) else _LONG_REST
        self._why = str(error)
        self._rests_until = self._clock() + rest

    @property
    def _catalog(self) -> Catalog:
        with self._opening:
            if self._opened_catalog is None:
                self._opened_catalog = self._open_catalog()
            return self._opened_catalog

    @property
    def _client(self) -> "VisionClient":
        with self._opening:
            if self._opened_client is None:
                self._opened_client = self._open_client()
            return self._opened_client


def _client(settings: GoogleVision) -> "VisionClient":
    from connectors.google_vision import Patience, open_client  # noqa: PLC0415

    credentials = settings.credentials.get_secret_value() if settings.credentials else None
    if credentials is None and settings.credentials_file is not None:
        try:
            credentials = settings.credentials_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{settings.credentials_file} cannot be read: {error}.",
                hint="Name the JSON key of a service account in COUNTERFOIL_GOOGLE_VISION__CREDENTIALS_FILE.",
            ) from error
    return open_client(
        endpoint=settings.endpoint, credentials=credentials, patience=Patience(seconds=settings.seconds)
    )
