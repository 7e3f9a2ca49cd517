"""What a tenant allows to be asked of paid services; it travels with the library."""

from dataclasses import dataclass

from scoring.features import PAID, Unavailable


@dataclass(frozen=True, slots=True)
class PaidTerms:
    """Nothing is allowed unless it is named here."""

    tenant: str
    on: frozenset[str] = frozenset()
    """The paid features that were turned on."""
    withheld: frozenset[str] = frozenset()
    """The sha256 of every reference's file: a picture with such bytes is never sent."""

    @property
    def off(self) -> dict[str, Unavailable]:
        """The features that stay unmeasured, and why."""
        return {feature: not_on(feature, self.tenant) for feature in PAID if feature not in self.on}


def not_on(feature: str, tenant: str) -> Unavailable:
    """Why a feature is not measured that nobody turned on.

    >>> not_on("vision_logo", "acme").reason
    "vision_logo is paid and not turned on for tenant 'acme'"
    """
    return Unavailable(f"{feature} is paid and not turned on for tenant {tenant!r}", because="not_set_up")
