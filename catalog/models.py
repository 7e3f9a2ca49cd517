"""The tables of the record store, as SQLAlchemy sees them.

A change here needs a migration: `python -m catalog.migrations revision "what changed"` writes it, and a test
fails until models and migrations agree. Column types are those that SQLite and PostgreSQL share.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the hook's signature
        """To UTC; a moment without a time zone could mean any, so it is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the hook's signature
        """UTC again, whether the database kept the zone or not."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """The base of all tables. Constraints are named, because Alembic changes them by name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),  # nothing is NULL, not the JSON text `null`
        list[str]: JSON,
        str: Text,
    }


class TenantRow(Table):
    """Whoever protects brands here, and sees only what is theirs."""

    __tablename__ = "tenants"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    without_pictures: Mapped[str] = mapped_column(server_default="refuse")
    """What a request gets whose pictures may not be measured: `refuse`, or `text`."""
    keep_pictures: Mapped[str | None]
    """Which pictures of listings are kept (`catalog.tenants`); None: as the settings say."""


class BrandRow(Table):
    """What a brand has told us, as one document; `version` counts its changes from 1."""

    __tablename__ = "brands"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class ReferenceRow(Table):
    """A genuine image; its bytes lie in the blob store. `references` is a reserved word in SQL."""

    __tablename__ = "brand_references"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "brand"], ["brands.tenant", "brands.name"], ondelete="CASCADE"),
        Index(None, "tenant", "brand"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    brand: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    imported_at: Mapped[datetime]
    quality: Mapped[dict[str, Any]]


class DetectorRow(Table):
    """A version of a mark's detector; its arrays lie in the blob store. The highest version is in use."""

    __tablename__ = "mark_detectors"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "brand"], ["brands.tenant", "brands.name"], ondelete="CASCADE"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    brand: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    embedding: Mapped[str]
    worth: Mapped[dict[str, Any]]
    trained_at: Mapped[datetime]


class RecipeRow(Table):
    """A version of a tenant's recipe, as it was written. One of a tenant's is active."""

    __tablename__ = "recipes"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str]
    created_at: Mapped[datetime]
    active: Mapped[bool]


class RecipeChangeRow(Table):
    """Who put which recipe of a tenant's to use, and when. Only ever added to."""

    __tablename__ = "recipe_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), index=True)
    version: Mapped[str | None]
    at: Mapped[datetime]
    by: Mapped[str]


class CategoryRecipeRow(Table):
    """Which of a tenant's recipes judges a category's listings; all others are judged by the active one."""

    __tablename__ = "category_recipes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "version"], ["recipes.tenant", "recipes.version"], ondelete="CASCADE"
        ),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[str]


class ScanRow(Table):
    """One run over a tenant's sources."""

    __tablename__ = "scans"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    sources: Mapped[list[str]]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    summary: Mapped[dict[str, Any] | None]


class ScheduleRow(Table):
    """Work that begins by itself. At most one runner holds it, and says so while it is at work."""

    __tablename__ = "schedules"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    cron: Mapped[str]
    zone: Mapped[str]
    sources: Mapped[list[str]]
    kind: Mapped[str] = mapped_column(server_default="scan")
    options: Mapped[dict[str, Any] | None]
    """None in schedules made before there were any: PostgreSQL cannot compare a JSON default."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    settled_until: Mapped[datetime]
    unfinished: Mapped[datetime | None]
    runner: Mapped[str | None]
    beat_at: Mapped[datetime | None]


class SeenListingRow(Table):
    """A listing that a source of a tenant's held when it was last read whole."""

    __tablename__ = "seen_listings"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str | None]
    title: Mapped[str]
    seller_id: Mapped[str | None]
    scan_id: Mapped[str]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class SightedListingRow(Table):
    """A listing as a tenant's scans have last seen it."""

    __tablename__ = "sighted_listings"
    __table_args__ = (Index(None, "tenant", "seen_at"), Index(None, "tenant", "platform", "seller_id"))

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    seller_id: Mapped[str | None]
    document: Mapped[str]
    scan_id: Mapped[str]
    first_seen_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    tier: Mapped[int | None]
    score: Mapped[float | None]
    route: Mapped[str | None]
    brand: Mapped[str | None]
    reference_id: Mapped[str | None]
    recipe_version: Mapped[str | None]
    encoder: Mapped[str | None]
    judged_by: Mapped[str | None]


class SightedPictureRow(Table):
    """A picture of such a listing; hashes are 64 bits, as signed integers."""

    __tablename__ = "sighted_pictures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "platform", "listing_id"],
            ["sighted_listings.tenant", "sighted_listings.platform", "sighted_listings.listing_id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant", "sha256"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    phash: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str]
    kept: Mapped[str | None]


class PictureGroupRow(Table):
    """Pictures that are copies of one: of that one, the anchor, with its hashes. A group taken in stays."""

    __tablename__ = "picture_groups"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    phash: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    into: Mapped[str | None]
    """The group that took it in."""
    role: Mapped[str]
    reference_id: Mapped[str | None]


class GroupedPictureRow(Table):
    """Which group a picture is in, by its sha256; its hashes, as signed integers."""

    __tablename__ = "grouped_pictures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "group_id"], ["picture_groups.tenant", "picture_groups.id"], ondelete="CASCADE"
        ),
        Index(None, "tenant", "group_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[str]
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    phash: Mapped[int | None] = mapped_column(BigInteger)


class GroupingRow(Table):
    """How far a tenant's sightings are grouped, and by what."""

    __tablename__ = "groupings"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    alike: Mapped[float]
    references: Mapped[str]
    """A digest of the references that pictures were compared with."""
    read_until: Mapped[datetime | None]


class UsageRow(Table):
    """What a tenant has used of one resource in one UTC day.

    Changed by single statements only, so that it is exact however many processes count.
    """

    __tablename__ = "usage"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    resource: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    units: Mapped[int] = mapped_column(BigInteger)
    cost_micros: Mapped[int] = mapped_column(BigInteger)


class CapRow(Table):
    """A tenant's own cap on a resource for each UTC day, instead of the settings'."""

    __tablename__ = "caps"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    resource: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class CapChangeRow(Table):
    """Who gave a tenant which cap, and when. Without `units` the settings' cap holds again. Only added to."""

    __tablename__ = "cap_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), index=True)
    resource: Mapped[str]
    units: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    by: Mapped[str]


class KillSwitchRow(Table):
    """A turn of the kill switch. The last of a scope says how it stands; all of them are the audit trail.

    A scope without a tenant is everybody's, one without a resource everything. A turn outlives its tenant,
    so `tenant` refers to nothing.
    """

    __tablename__ = "kill_switch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str | None]
    resource: Mapped[str | None]
    on: Mapped[bool]
    why: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]


class ApiKeyRow(Table):
    """A key to the API, of which only a digest is kept. Without a tenant it is the operator's own."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str | None] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    label: Mapped[str]
    digest: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    replaced_by: Mapped[str | None]
    last_used_at: Mapped[datetime | None]


class PaidFeatureRow(Table):
    """Whether a tenant has pictures of marketplaces measured by a paid service, and who said so last."""

    __tablename__ = "paid_features"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    feature: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class WebSearchRow(Table):
    """A reference that may be sent out for a reverse image search; the permission goes with the reference."""

    __tablename__ = "reference_web_searches"

    reference_id: Mapped[str] = mapped_column(
        ForeignKey("brand_references.id", ondelete="CASCADE"), primary_key=True
    )
    allowed_at: Mapped[datetime]
    allowed_by: Mapped[str]


class MediaRow(Table):
    """A picture of a tenant's own catalogue, to be found by search; its bytes lie in the blob store."""

    __tablename__ = "media"
    __table_args__ = (Index(None, "tenant", "indexed_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"))
    sha256: Mapped[str]
    name: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    indexed_at: Mapped[datetime]


class EncoderChoiceRow(Table):
    """Which encoder a tenant's pictures are compared by; an empty category or region stands for any."""

    __tablename__ = "encoder_choices"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str]
    key: Mapped[str]
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[str]


class CalibrationRow(Table):
    """What an encoder's cosines are worth for a tenant; an empty category stands for all of its listings."""

    __tablename__ = "calibrations"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    encoder: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    fitted_at: Mapped[datetime]
    fitted_by: Mapped[str]


class AdapterRow(Table):
    """A version of a projection on an encoder's vectors, learned from a tenant's decisions."""

    __tablename__ = "adapters"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model: Mapped[str]
    key: Mapped[str]
    document: Mapped[dict[str, Any]]
    worth: Mapped[dict[str, Any]]
    learned_at: Mapped[datetime]
    learned_by: Mapped[str]


class DecisionRow(Table):
    """A reviewer's decision on a listing, with what it rested on. Only ever added to: the latest stands."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "tenant", "platform", "listing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"))
    platform: Mapped[str]
    listing_id: Mapped[str]
    brand: Mapped[str | None]
    ruling: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    scan_id: Mapped[str]
    basis: Mapped[dict[str, Any]]


class CaseStateRow(Table):
    """What was seen of a listing that is watched, whenever that was something new. Only ever added to."""

    __tablename__ = "case_states"
    __table_args__ = (Index(None, "tenant", "platform", "listing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"))
    platform: Mapped[str]
    listing_id: Mapped[str]
    state: Mapped[str]
    at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    seen_by: Mapped[str]
    seller_id: Mapped[str | None]


class RecheckRow(Table):
    """How far the watching of a listing is."""

    __tablename__ = "rechecks"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    searched_until: Mapped[datetime | None]
    unanswered: Mapped[str | None]


class ComeBackRow(Table):
    """A listing that shows the picture of one that had been taken down before it was first seen."""

    __tablename__ = "come_backs"

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    as_platform: Mapped[str] = mapped_column(primary_key=True)
    as_listing_id: Mapped[str] = mapped_column(primary_key=True)
    seller_id: Mapped[str | None]
    kind: Mapped[str]
    certain: Mapped[bool]
    bits: Mapped[int]
    picture: Mapped[str]
    as_picture: Mapped[str]
    first_seen_at: Mapped[datetime]
    found_at: Mapped[datetime]


class RetentionChangeRow(Table):
    """Who set how long something of a tenant's is kept. The latest holds; without `days` the settings'."""

    __tablename__ = "retention_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), index=True)
    what: Mapped[str]
    days: Mapped[int | None]
    at: Mapped[datetime]
    by: Mapped[str]


class LegalHoldRow(Table):
    """Who put a case on hold, so that nothing of it is deleted, or let it go. The latest of a case holds."""

    __tablename__ = "legal_holds"
    __table_args__ = (Index(None, "tenant", "platform", "listing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"))
    platform: Mapped[str]
    listing_id: Mapped[str]
    on: Mapped[bool]
    why: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]


class NegativeRow(Table):
    """A picture that must never match; without a tenant it is everybody's. Its bytes are a blob."""

    __tablename__ = "negative_references"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str | None] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    why: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class ReferenceStandingRow(Table):
    """That a reference was quarantined, released or made negative, by whom. Only added to: the latest stands.

    It refers to no reference: importing a kit anew must not forget what somebody decided.
    """

    __tablename__ = "reference_standings"
    __table_args__ = (Index(None, "tenant", "reference_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"))
    reference_id: Mapped[str]
    standing: Mapped[str]
    why: Mapped[str]
    figures: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str]


class CaseEvidenceRow(Table):
    """A picture that is kept because a person has to look at its listing; listings change their pictures."""

    __tablename__ = "case_evidence"
    __table_args__ = (Index(None, "tenant", "sha256"),)

    tenant: Mapped[str] = mapped_column(ForeignKey("tenants.name", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    scan_id: Mapped[str]
    kept_at: Mapped[datetime]
