"""Keys to the API: made once, shown once, kept as a digest."""

import base64
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import ApiKeyRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

Role = Literal["scorer", "reviewer", "admin"]
"""What somebody may do, each one all that the one before it may."""

ROLES: tuple[Role, ...] = get_args(Role)

_SECRET_BYTES = 32
"""Random bytes of a secret. Nobody guesses 256 bits: a fast digest keeps them as well as a slow one."""
_ID_BYTES = 10

_TOKEN = re.compile(r"cf_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as people may see it."""

    id: str
    """Its public part: what a list shows, and what the record is found by."""
    tenant: str | None
    """Whose data it opens; None: the operator's key, to every tenant's."""
    role: Role
    label: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None
    """The id of the key that it was rotated into."""
    last_used_at: datetime | None

    def usable(self, now: datetime) -> bool:
        """Whether it opens anything at a moment: from its expiry on it does not."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a new key is to open."""

    tenant: str | None
    role: Role
    label: str = ""
    lifetime: timedelta | None = None
    """None: until it is revoked."""


class Keys:
    """Every key that was made. The secret of none of them is in here.

    `pepper` keys the digests, so that whoever reads the record store alone cannot even check a guess.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def make(self, terms: KeyTerms, *, by: str, pepper: bytes) -> tuple[ApiKey, str]:
        """A new key and the text that its owner sends, which nobody can show again."""
        if terms.tenant is None and terms.role != "admin":
            raise CatalogError(
                f"A key with the role {terms.role} needs a tenant.",
                hint="Name it: --tenant T. Only an admin's may go without.",
            )
        with self._database.writing() as session:
            if terms.tenant is not None:
                require_tenant(session, terms.tenant)
            row, token = self._made(terms, by=by, pepper=pepper)
            session.add(row)
            return _key(row), token

    def rotate(
        self, key_id: str, *, by: str, pepper: bytes, overlap: timedelta, lifetime: timedelta | None = None
    ) -> tuple[ApiKey, str]:
        """A key in the place of another, which goes on working for the overlap and no longer."""
        now = self._clock()
        with self._database.writing() as session:
            old = _require(session, key_id)
            if not _key(old).usable(now):
                raise CatalogError(
                    f"Key {key_id} does not work any more.", hint="Make a new one: counterfoil key create."
                )
            if old.replaced_by is not None:
                raise CatalogError(
                    f"Key {key_id} was rotated into {old.replaced_by} already.", hint="Rotate that one."
                )
            terms = KeyTerms(tenant=old.tenant, role=_role(old.role), label=old.label, lifetime=lifetime)
            row, token = self._made(terms, by=by, pepper=pepper)
            session.add(row)
            old.replaced_by = row.id
            old.expires_at = min(now + overlap, old.expires_at or now + overlap)
            return _key(row), token

    def revoke(self, key_id: str) -> ApiKey:
        """Let a key open nothing from now on. One that is revoked already stays as it was."""
        with self._database.writing() as session:
            row = _require(session, key_id)
            row.revoked_at = row.revoked_at or self._clock()
            return _key(row)

    def of(self, tenant: str | None = None) -> tuple[ApiKey, ...]:
        """A tenant's keys, or without one all of them, the newest first."""
        query = select(ApiKeyRow).order_by(ApiKeyRow.created_at.desc(), ApiKeyRow.id)
        with self._database.reading() as session:
            if tenant is not None:
                require_tenant(session, tenant)
                query = query.where(ApiKeyRow.tenant == tenant)
            return tuple(_key(row) for row in session.scalars(query))

    def any(self) -> bool:
        """Whether a key was ever made, be it revoked by now: then the API is not open to everybody."""
        with self._database.reading() as session:
            return session.scalar(select(ApiKeyRow.id).limit(1)) is not None

    def find(self, token: str, *, pepper: bytes) -> ApiKey | None:
        """The key whose text this is, usable at this moment; None for anything else, whatever is wrong."""
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return None
        key_id, secret = parts.groups()
        with self._database.reading() as session:
            row = session.get(ApiKeyRow, key_id)
            known = row.digest if row is not None else ""
        same = hmac.compare_digest(_digest(key_id, secret, pepper), known)
        if row is None or not same:
            return None
        key = _key(row)
        return key if key.usable(self._clock()) else None

    def note_use(self, key_ids: set[str]) -> None:
        """Remember that these keys were used just now."""
        with self._database.writing() as session:
            session.execute(
                update(ApiKeyRow).where(ApiKeyRow.id.in_(key_ids)).values(last_used_at=self._clock())
            )

    def _made(self, terms: KeyTerms, *, by: str, pepper: bytes) -> tuple[ApiKeyRow, str]:
        key_id = base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower()
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        now = self._clock()
        row = ApiKeyRow(
            id=key_id,
            tenant=terms.tenant,
            role=terms.role,
            label=terms.label,
            digest=_digest(key_id, secret, pepper),
            created_at=now,
            created_by=by,
            expires_at=now + terms.lifetime if terms.lifetime is not None else None,
            revoked_at=None,
            replaced_by=None,
            last_used_at=None,
        )
        return row, f"cf_{key_id}_{secret}"


def _digest(key_id: str, secret: str, pepper: bytes) -> str:
    return hmac.new(pepper, f"{key_id}\x1f{secret}".encode(), sha256).hexdigest()


def _role(text: str) -> Role:
    return next(role for role in ROLES if role == text)


def _require(session: Session, key_id: str) -> ApiKeyRow:
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        raise CatalogError(f"There is no key {key_id[:40]!r}.", hint="List them: counterfoil key list.")
    return row


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant=row.tenant,
        role=_role(row.role),
        label=row.label,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
        last_used_at=row.last_used_at,
    )
