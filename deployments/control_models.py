"""What the API's controls say and take: usage, caps, preferences, the kill switch."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from catalog.kill_switch import Turn
from catalog.tenants import WithoutPictures

RESOURCE = r"^[a-z][a-z0-9_]{0,63}$"
"""How a resource may be called."""
_MOST_UNITS = 2**53
"""Of a cap: what JSON's numbers hold exactly."""


class UsedOfDay(BaseModel):
    """Units of one resource in one UTC day."""

    day: date
    resource: str = Field(examples=["image_similarity"])
    units: int
    usd: float = Field(description="at list price")


class Receipt(BaseModel):
    """What one scan used."""

    scan_id: str
    started_at: datetime
    listings: int
    image_similarity: int = Field(description="listings whose pictures were measured, one unit each")
    image_similarity_free: int = Field(description="listings whose pictures were measured within 30 days")
    cache_hits: int = Field(description="model calls that were saved")
    paid_units: dict[str, int] = Field(description="units of paid services, by feature")
    usd: float


class UsageReport(BaseModel):
    """What a tenant used of everything that is capped or costs money."""

    tenant: str
    since: date
    usage: list[UsedOfDay]
    scans: list[Receipt]
    usd: float


class Cap(BaseModel):
    """A cap and what is left of it today."""

    resource: str
    limit: int = Field(description="units a UTC day")
    used: int
    remaining: int
    own: bool = Field(description="whether it is the tenant's own, not the settings'")


class CapChanged(BaseModel):
    """One change of a cap."""

    resource: str
    units: int | None = Field(description="null: the settings' cap holds again")
    at: datetime
    by: str


class Caps(BaseModel):
    """A tenant's caps, what it prefers where they are spent, and who changed them."""

    tenant: str
    caps: list[Cap]
    without_pictures: WithoutPictures
    resets_at: datetime
    changes: list[CapChanged]


class CapsWanted(BaseModel):
    """New caps by resource; null takes a tenant's own cap back. What is not named stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"caps": {"image_similarity": 5000}}]}
    )

    caps: dict[
        Annotated[str, Field(pattern=RESOURCE)], Annotated[int, Field(ge=0, le=_MOST_UNITS)] | None
    ] = Field(min_length=1, max_length=50)


class Preferences(BaseModel):
    """What a tenant prefers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"without_pictures": "text"}]})

    without_pictures: WithoutPictures = Field(
        description="where pictures may not be measured: an error (`refuse`), or a verdict without (`text`)"
    )


class Stand(BaseModel):
    """One turn of the kill switch."""

    on: bool
    tenant: str | None = Field(description="whose calls; null: everybody's")
    resource: str | None = Field(description="which calls; null: all")
    why: str
    at: datetime
    by: str

    @classmethod
    def of(cls, turn: Turn) -> "Stand":
        """A turn as the API shows it."""
        return cls.model_validate(turn, from_attributes=True)


class SwitchState(BaseModel):
    """What is stopped now, and every turn, the newest first."""

    standing: list[Stand]
    history: list[Stand]


class TurnWanted(BaseModel):
    """A turn of the kill switch."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"on": True, "tenant": "acme", "resource": None, "why": "a bill nobody understands"}]
        },
    )

    on: bool = Field(description="true stops calls, false lets them go on")
    tenant: str | None = Field(default=None, max_length=63, description="null: everybody's calls")
    resource: str | None = Field(
        default=None,
        pattern=RESOURCE,
        description="`image_similarity`, `paid`, a feature such as `marks`, or `calls_ebay`; null: all calls",
    )
    why: str = Field(default="", max_length=500, pattern=r"^[^\x00]*$")
