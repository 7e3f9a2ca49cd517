"""Who is asking, and what they may: keys, ID tokens, or nobody in particular on one machine alone."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from catalog.keys import ROLES, ApiKey, Keys, Role
from deployments.answers import unknown_tenant
from deployments.buckets import TokenBuckets
from deployments.oidc import IdTokens, TokenError
from deployments.problems import ProblemError
from scoring.errors import CounterfoilError

logger = logging.getLogger(__name__)

_HOLDS = 1.0
"""Seconds for which a caller is known without asking the record store: how long a revoked key still works."""
_MOST = 10_000
"""Callers that are remembered at once."""
_NOTED = 60.0
"""Seconds between two notes that a key was used."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

BEARER = HTTPBearer(
    auto_error=False,
    description="An API key (`counterfoil key create`), or an ID token of the configured OIDC issuer.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with a role, in one tenant or (the operator) in all of them."""

    name: str
    """As logs and histories tell of them: never a secret."""
    role: Role
    tenant: str | None
    """None: every tenant."""
    key_id: str | None = None

    def may(self, role: Role) -> bool:
        """Whether their role holds another."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def tenant_of(self, asked: str | None) -> str | None:
        """The tenant that a request is about; what is not theirs does not exist for them."""
        if self.tenant is None or asked in {None, self.tenant}:
            return self.tenant or asked
        raise no_such_tenant(asked or "")

    def asks_about(self, request: Request, asked: str | None) -> str | None:
        """See `tenant_of`; the request's log line tells of that tenant too."""
        tenant: str | None = self.tenant_of(asked)
        request.state.tenant = tenant
        return tenant

    def require_operator(self, what: str) -> None:
        """Raise a 403 unless this is the operator."""
        if self.tenant is not None:
            raise _forbidden(f"{what} takes the operator's key: an admin's without a tenant.", "admin")


def no_such_tenant(name: str) -> ProblemError:
    """What everybody is told of a tenant that is not there or not theirs."""
    told = unknown_tenant(name)
    return ProblemError(
        "unknown-tenant", HTTPStatus.NOT_FOUND, told.message, title="There is no such tenant", hint=told.hint
    )


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The record store's keys, and the secret that their digests are keyed with; opened when first needed."""

    keys: Callable[[], Keys]
    pepper: Callable[[], bytes]

    def find(self, token: str) -> ApiKey | None:
        """The usable key whose text this is."""
        return self.keys().find(token, pepper=self.pepper())


class Gate:
    """Tells who is asking. Open to everybody only on the loopback address, and only while no key was made."""

    def __init__(
        self,
        ring: KeyRing,
        *,
        tokens: IdTokens | None,
        buckets: TokenBuckets,
        open_access: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring = ring
        self._tokens = tokens
        self._buckets = buckets
        self._open = open_access and tokens is None
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()
        self._looked_at = float("-inf")
        self._noted: dict[str, float] = {}
        self._noting: set[asyncio.Task[None]] = set()

    async def caller(
        self,
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    ) -> Caller:
        """Who is asking, within their rate; 401 for nobody, 429 where they ask too fast."""
        caller = await self._identified(request, credentials)
        request.state.caller = caller
        wait = self._buckets.wait(caller.name)
        if wait:
            raise ProblemError(
                "rate-limited",
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{caller.name} asks more often than {self._buckets.rate:g} times a second.",
                title="Too many requests",
                hint="Wait as long as Retry-After says, and spread requests over time.",
            ).along(Retry_After=str(wait))
        return caller

    async def _identified(self, request: Request, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        if credentials is None:
            if request.headers.get("authorization") is None and await self._is_open():
                _require_loopback(request)
                return Caller(name="anybody on this machine", role="admin", tenant=None)
            raise _unauthorised(
                "no API key was sent.", hint="Send one: Authorization: Bearer cf_… (counterfoil key create)."
            )
        token = credentials.credentials
        digest = sha256(token.encode("utf-8", "surrogateescape")).digest()
        at, known = self._known.get(digest, (float("-inf"), None))
        if known is None or self._clock() - at >= _HOLDS:
            known = await self._looked_up(token)
            self._known[digest] = (self._clock(), known)
            self._known.move_to_end(digest)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        if known.key_id is not None:
            self._note(known.key_id)
        return known

    async def _looked_up(self, token: str) -> Caller:
        if self._tokens is not None and token.count(".") == 2:
            try:
                claims = await self._tokens.read(token)
            except TokenError as error:
                raise _unauthorised(str(error), hint="Have the issuer make a new ID token.") from error
            return Caller(name=f"oidc {claims.subject}"[:120], role=claims.role, tenant=claims.tenant)
        key = await asyncio.to_thread(self._ring.find, token)
        if key is None:
            raise _unauthorised(
                "the API key is unknown, revoked or expired.", hint="Make a new one: counterfoil key create."
            )
        return Caller(name=f"key {key.id}", role=key.role, tenant=key.tenant, key_id=key.id)

    async def _is_open(self) -> bool:
        """Once a key was seen the door stays shut, whatever becomes of the key."""
        if self._open and self._clock() - self._looked_at >= _HOLDS:
            self._open = not await asyncio.to_thread(lambda: self._ring.keys().any())
            self._looked_at = self._clock()
        return self._open

    def _note(self, key_id: str) -> None:
        """Write down that a key is in use, now and then, beside the answer."""
        if self._clock() - self._noted.get(key_id, float("-inf")) < _NOTED:
            return
        self._noted[key_id] = self._clock()
        task = asyncio.create_task(self._write_note(key_id))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _write_note(self, key_id: str) -> None:
        try:
            await asyncio.to_thread(lambda: self._ring.keys().note_use({key_id}))
        except CounterfoilError as error:
            logger.warning("the use of key %s could not be noted: %s", key_id, error)


def requires(role: Role, gate: Gate) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency: the caller, who has at least this role."""

    async def check(caller: Annotated[Caller, Depends(gate.caller)]) -> Caller:
        if not caller.may(role):
            raise _forbidden(f"{caller.name} is a {caller.role}; this takes a {role}.", role)
        return caller

    return check


def _require_loopback(request: Request) -> None:
    """A web page must not reach an open service, be it by a name of its own that leads to this machine."""
    host = request.url.hostname or ""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).hostname not in _LOOPBACK:
        host = origin
    if host not in _LOOPBACK:
        raise _unauthorised(
            f"without a key this is answered on this machine only, not as {host[:100]}.",
            hint="Ask http://127.0.0.1, or make a key: counterfoil key create.",
        )


def _unauthorised(detail: str, *, hint: str) -> ProblemError:
    return ProblemError(
        "unauthorised",
        HTTPStatus.UNAUTHORIZED,
        detail,
        title="Who is asking is not known",
        hint=hint,
    ).along(WWW_Authenticate='Bearer realm="counterfoil"')


def _forbidden(detail: str, role: Role) -> ProblemError:
    return ProblemError(
        "forbidden",
        HTTPStatus.FORBIDDEN,
        detail,
        title="The caller may not do this",
        hint="Ask somebody who may, or for a key with another role.",
    ).along(WWW_Authenticate=f'Bearer realm="counterfoil", error="insufficient_scope", scope="{role}"')
