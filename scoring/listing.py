"""What a marketplace shows: a listing with its offer, its seller and its pictures."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Currency = Annotated[str, AfterValidator(str.upper), StringConstraints(pattern=r"^[A-Za-z]{3}$")]
Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Count = Annotated[int, Field(ge=0, lt=2**53, description="a whole number that JSON keeps exactly")]
Platform = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1)]


class Noun(BaseModel):
    """The settings every noun shares: immutable, and unknown fields are the connector's to report."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Money(Noun):
    """An amount that never loses its currency (ISO 4217)."""

    amount: Annotated[
        Decimal, Field(ge=0, le=Decimal("1e15"), description="no price in any currency is larger")
    ]
    currency: Currency


class Stock(Noun):
    """How many a seller has, as exactly as the platform says it."""

    kind: Literal["exact", "at_least", "range", "in_stock", "unknown"] = "unknown"
    min: Count | None = None
    max: Count | None = None
    observed_at: datetime | None = None

    @model_validator(mode="after")
    def _bounds_fit_the_kind(self) -> Self:
        if self.kind in ("exact", "at_least", "range") and self.min is None:
            raise ValueError(f"stock of kind {self.kind!r} needs `min`")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError(f"stock has max {self.max} below min {self.min}")
        return self


class Seller(Noun):
    """Who offers it, under the platform's own identifier."""

    id: Identifier
    name: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2")
    rating: float | None = Field(default=None, description="percent positive, 0 to 100")
    feedback_count: Count | None = None


class Listing(Noun):
    """One listing as a connector hands it over (DESIGN section 8).

    `images` and `video` are URLs, or paths that the connector has already made absolute
    (`file:///…`) and checked to lie inside its own folder.
    """

    platform: Platform
    listing_id: Identifier
    url: str | None = None
    title: str = ""
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    condition: str | None = None
    price: Money | None = None
    stock: Stock = Stock()
    seller: Seller | None = None
    images: tuple[str, ...] = ()
    video: str | None = None
    observed_at: datetime = Field(default_factory=lambda: datetime.now(UTC))

    @property
    def key(self) -> tuple[str, str]:
        """The pair that identifies a listing: platform and the platform's own id."""
        return (self.platform, self.listing_id)
