"""ID tokens of one OIDC issuer (https://openid.net/specs/openid-connect-core-1_0.html, section 3.1.3.7)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from catalog.keys import ROLES, Role
from catalog.tenancy import check_tenant
from cluster.settings import Oidc
from scoring.errors import CatalogError, SettingsError, UnreachableError

ALGORITHMS = ("RS256", "ES256")
"""What tokens may be signed with. `none` and the symmetric ones are not among them, whatever a token says."""

_LEEWAY = 30
"""Seconds by which the issuer's clock may differ from ours."""
_AGAIN = 10.0
"""Seconds between two looks at the issuer's keys that tokens with unknown keys cause."""
_STALE = 3600.0
"""Seconds for which known keys are trusted further while the issuer does not answer."""
_MOST_BYTES = 16_384
"""Of a token; an issuer's with many groups takes about 4,000."""
_OPERATOR = "*"
"""What the tenant claim says of an admin of all tenants."""


class TokenError(Exception):
    """A token that identifies nobody, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a valid token says."""

    subject: str
    tenant: str | None
    role: Role


class IdTokens:
    """Reads tokens. The issuer's keys are fetched when first needed, and anew when they rotate."""

    def __init__(
        self,
        settings: Oidc,
        *,
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._client = client or httpx.AsyncClient(timeout=5.0, follow_redirects=False)
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    @classmethod
    def of(cls, settings: Oidc) -> "IdTokens | None":
        """Of the issuer that the settings name; None where they name none."""
        if settings.issuer is None:
            return None
        for url in (settings.issuer, settings.jwks_url):
            if url is not None and not _trusted(url):
                raise SettingsError(
                    f"{url} is no address to trust tokens by.",
                    hint="COUNTERFOIL_OIDC__ISSUER and …__JWKS_URL must be https (http only here).",
                )
        return cls(settings)

    async def read(self, token: str) -> Claims:
        """Who a token is about; `TokenError` says why nobody, `UnreachableError` that it cannot be told."""
        if len(token) > _MOST_BYTES:
            raise TokenError("the ID token is too long.")
        key_id = _key_id(token)
        keys = await self._keys_with(key_id)
        try:
            decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY,
                iss={"essential": True, "value": str(self._settings.issuer)},
                aud={"essential": True, "value": self._settings.audience},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise TokenError(f"the ID token is not valid: {error}.") from error
        return self._claims(decoded.claims)

    def _claims(self, claims: dict[str, Any]) -> Claims:
        authorised = claims.get("azp")
        if authorised is not None and authorised != self._settings.audience:
            raise TokenError("the ID token was made for another application (azp).")
        role = next((it for it in ROLES if it == claims.get(self._settings.role_claim)), None)
        tenant = claims.get(self._settings.tenant_claim)
        if role is None:
            raise TokenError(f"the ID token's {self._settings.role_claim} is none of {', '.join(ROLES)}.")
        if tenant == _OPERATOR and role == "admin":
            return Claims(subject=str(claims["sub"]), tenant=None, role=role)
        try:
            return Claims(subject=str(claims["sub"]), tenant=check_tenant(str(tenant)), role=role)
        except CatalogError as error:
            raise TokenError(f"the ID token's {self._settings.tenant_claim} names no tenant.") from error

    async def _keys_with(self, key_id: str | None) -> KeySet:
        """The issuer's keys, with this one among them if it has it by now."""
        if self._wants(key_id):
            async with self._fetching:
                if self._wants(key_id):
                    await self._fetch()
        if self._keys is None:
            raise UnreachableError(
                "The keys of the OIDC issuer cannot be had.",
                hint="Check COUNTERFOIL_OIDC__ISSUER.",
                retry_after=5,
            )
        return self._keys

    def _wants(self, key_id: str | None) -> bool:
        now = self._clock()
        if self._keys is None:
            return now - self._tried_at >= 1.0
        if now - self._fetched_at >= self._settings.keys_seconds:
            return now - self._tried_at >= _AGAIN
        known = {key.kid for key in self._keys.keys}
        return key_id is not None and key_id not in known and now - self._tried_at >= _AGAIN

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            url = self._settings.jwks_url or await self._discovered()
            answer = await self._client.get(url)
            answer.raise_for_status()
            self._keys = KeySet.import_key_set(answer.json())
            self._fetched_at = self._clock()
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError):
            if self._clock() - self._fetched_at > self._settings.keys_seconds + _STALE:
                self._keys = None

    async def _discovered(self) -> str:
        issuer = str(self._settings.issuer)
        answer = await self._client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        answer.raise_for_status()
        said = answer.json()
        url = str(said["jwks_uri"])
        if said.get("issuer") != issuer or not _trusted(url):
            raise ValueError(f"the discovery of {issuer} is another's")
        return url


def _trusted(url: str) -> bool:
    parts = urlsplit(url)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and loopback)


def _key_id(token: str) -> str | None:
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise TokenError("the ID token is none.") from error
    if header.get("alg") not in ALGORITHMS:
        raise TokenError(f"the ID token is signed with {str(header.get('alg'))[:20]}, not RS256 or ES256.")
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else None
