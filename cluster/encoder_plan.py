"""Which encoder compares a listing's pictures, and what its cosines are worth there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from catalog.encoder_choices import EncoderChoice, Place, chosen
from scoring.features import APPEARANCE, AppearanceMatch, Features, FeatureValue, Unavailable
from scoring.listing import Listing
from scoring.territories import marketplace_country
from vision.calibration import Calibration
from vision.known_models import full_name

if TYPE_CHECKING:  # workers are handed a plan and never open the stores
    from cluster.state import State

EVERYWHERE = Place()
NO_ENCODER_HERE = Unavailable("no encoder is chosen for this category and marketplace", because="not_set_up")


def place_of(listing: Listing) -> Place:
    """The category that a listing names, and the country of its marketplace."""
    return Place.of(listing.category, marketplace_country(listing))


@dataclass(frozen=True, slots=True)
class EncoderPlan:
    """A tenant's encoders and its own calibrations. Small: it travels with the library."""

    default: str | None = None
    """What the settings name, for wherever the tenant chose nothing."""
    choices: tuple[EncoderChoice, ...] = ()
    calibrations: tuple[tuple[str | None, Calibration], ...] = ()
    """The tenant's own, each with the category that it holds in (None: all)."""

    @classmethod
    def of(cls, state: "State", tenant: str) -> "EncoderPlan":
        """As the catalogue has it now."""
        return cls(
            _default(state),
            state.catalog.encoder_choices.of(tenant),
            tuple(
                (stored.category, Calibration.model_validate(stored.document))
                for stored in state.catalog.calibrations.of(tenant)
            ),
        )

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that a listing may be compared by."""
        general = any(it.category is None and it.region is None for it in self.choices)
        first = () if general or self.default is None else (self.default,)
        return tuple(dict.fromkeys((*first, *(it.model for it in self.choices))))

    @property
    def digest(self) -> str:
        """Another text for other choices; calibrations are not in it, for nothing is measured by them."""
        return sha256(
            repr((self.default, [(it.model, it.category, it.region) for it in self.choices])).encode()
        ).hexdigest()

    def model(self, place: Place) -> str | None:
        """The one for a listing there; None where nobody chose one."""
        return chosen(self.choices, place, otherwise=self.default)

    def feature(self, place: Place) -> str:
        """What a scan calls the appearance of a picture by that model: pictures are shared by listings."""
        model = self.model(place)
        return APPEARANCE if model is None else appearance_by(model)

    def select(self, features: Features, place: Place) -> dict[str, FeatureValue]:
        """A picture's features with the appearance that counts there, and no other."""
        model = self.model(place)
        kept = {name: value for name, value in features.items() if not is_appearance(name)}
        if model is None:
            return kept | {APPEARANCE: NO_ENCODER_HERE}
        if (measured := appearance_by(model)) in features:
            return kept | {APPEARANCE: features[measured]}
        # A picture that cannot be read has no appearance by any model, and says why under the plain name.
        return kept | ({APPEARANCE: features[APPEARANCE]} if APPEARANCE in features else {})

    def worth(self, value: FeatureValue, place: Place) -> FeatureValue:
        """Appearance with the probabilities of the tenant's own calibration, where it has one there."""
        if isinstance(value, Unavailable) or not self.calibrations:
            return value
        return tuple(
            replace(match, probability=own.probability(match.cosine))
            if isinstance(match, AppearanceMatch) and (own := self.calibration(match.encoder, place))
            else match
            for match in value
        )

    def calibration(self, encoder: str, place: Place) -> Calibration | None:
        """The tenant's own map for an encoder there: the category's, else the one for all of its listings."""
        fitting: Mapping[str | None, Calibration] = {
            category: it for category, it in self.calibrations if it.encoder == encoder
        }
        return fitting.get(place.category) or fitting.get(None)


NO_ENCODERS = EncoderPlan()
"""Of a tenant that chose none, where the settings name none either."""


def appearance_by(model: str) -> str:
    """The appearance of a picture by one model, in a scan's journal.

    >>> appearance_by("builtin")
    'appearance:2f017719'
    """
    return f"{APPEARANCE}:{sha256(model.encode()).hexdigest()[:8]}"


def is_appearance(name: str) -> bool:
    """Whether a feature is appearance, by whatever model."""
    return name == APPEARANCE or name.startswith(f"{APPEARANCE}:")


def chosen_models(state: "State") -> tuple[str, ...]:
    """Every model that the settings or a tenant of the catalogue name."""
    tenants = state.catalog.tenants.names()
    named = [it.model for tenant in tenants for it in state.catalog.encoder_choices.of(tenant)]
    default = _default(state)
    return tuple(dict.fromkeys(([default] if default else []) + named))


def _default(state: "State") -> str | None:
    """The settings' encoder by its full name, so that its short one is no second model."""
    return None if state.settings.encoder is None else full_name(state.settings.encoder)
