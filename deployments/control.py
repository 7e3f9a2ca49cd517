"""What an operator and a tenant's admin see and change: usage, caps, choices, the kill switch."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query

from catalog.records import Catalog
from cluster.kill_switch import MEDIA_INDEX
from cluster.paid.account import cap_use, usage_report
from cluster.settings import Settings
from deployments.callers import Caller, Gate, no_such_tenant, requires
from deployments.control_models import (
    Cap,
    CapChanged,
    Caps,
    CapsWanted,
    Preferences,
    Stand,
    SwitchState,
    TurnWanted,
    UsageReport,
)
from deployments.problems import ProblemError, documented

PROBLEMS = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What a route answers that asks the record store."""

Name = Annotated[str, Path(description="The tenant.", examples=["acme"], max_length=63)]
Tenant = Annotated[
    str | None,
    Query(
        description="Whose. May be left out where the key is a tenant's.", examples=["acme"], max_length=63
    ),
]


class Controls:
    """The work behind the routes, on the record store; every call of it waits, so threads make them."""

    def __init__(self, catalog: Callable[[], Catalog], settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings

    def named(self, caller: Caller, asked: str | None) -> str:
        """The tenant that a request is about; 404 where there is none, or none for this caller."""
        tenant = caller.tenant_of(asked)
        known = self._catalog().tenants.names()
        if tenant is None and len(known) == 1:
            return known[0]
        if tenant is None:
            raise ProblemError(
                "tenant-not-named",
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "the request names no tenant, and there is not exactly one.",
                title="The tenant is not named",
                hint="Add ?tenant= to the address.",
            )
        if tenant not in known:
            raise no_such_tenant(tenant)
        return tenant

    def usage(self, caller: Caller, asked: str | None, days: int) -> UsageReport:
        """What a tenant used."""
        since = datetime.now(UTC).date() - timedelta(days=days - 1)
        report = usage_report(self._catalog(), self.named(caller, asked), since=since)
        return UsageReport.model_validate(report)

    def caps(self, caller: Caller, asked: str) -> Caps:
        """A tenant's caps."""
        tenant = self.named(caller, asked)
        catalog = self._catalog()
        own = catalog.usage.caps(tenant)
        used = {it.resource: it.units for it in catalog.usage.today(tenant)}
        known = cap_use(catalog, self._settings, tenant)
        known |= {
            name: {"used": used.get(name, 0), "cap": units}
            for name, units in own.items()
            if name not in known
        }
        if MEDIA_INDEX in used and MEDIA_INDEX not in known:
            known[MEDIA_INDEX] = {"used": used[MEDIA_INDEX], "cap": self._settings.limits.media_daily}
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        return Caps(
            tenant=tenant,
            caps=[
                Cap(
                    resource=name,
                    limit=it["cap"],
                    used=it["used"],
                    remaining=max(it["cap"] - it["used"], 0),
                    own=name in own,
                )
                for name, it in sorted(known.items())
            ],
            without_pictures=catalog.tenants.without_pictures(tenant),
            resets_at=datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC),
            changes=[
                CapChanged.model_validate(it, from_attributes=True)
                for it in catalog.usage.cap_changes(tenant)
            ],
        )

    def set_caps(self, caller: Caller, asked: str, wanted: CapsWanted) -> Caps:
        """Give a tenant other caps: they are what the operator pays for, so the operator alone does it."""
        tenant = self.named(caller, asked)
        caller.require_operator("Changing a cap")
        for resource, units in wanted.caps.items():
            self._catalog().usage.set_cap(tenant, resource, units, by=caller.name)
        return self.caps(caller, tenant)

    def prefer(self, caller: Caller, asked: str, wanted: Preferences) -> Caps:
        """Choose what a tenant gets without pictures."""
        tenant = self.named(caller, asked)
        self._catalog().tenants.prefer(tenant, wanted.without_pictures)
        return self.caps(caller, tenant)

    def switch(self, caller: Caller, asked: str | None) -> SwitchState:
        """How the kill switch stands for a caller."""
        tenant = self.named(caller, asked) if asked or caller.tenant else None
        switch = self._catalog().kill_switch
        mine = (None, tenant)
        return SwitchState(
            standing=[Stand.of(it) for it in switch.standing() if tenant is None or it.tenant in mine],
            history=[Stand.of(it) for it in switch.history(tenant=tenant)],
        )

    def turn(self, caller: Caller, wanted: TurnWanted) -> SwitchState:
        """Turn the kill switch: everybody's for the operator, a tenant's own for its admin."""
        if wanted.tenant is None:
            caller.require_operator("Turning everybody's kill switch")
        tenant = self.named(caller, wanted.tenant) if wanted.tenant is not None else None
        self._catalog().kill_switch.turn(
            on=wanted.on, tenant=tenant, resource=wanted.resource, why=wanted.why, by=caller.name
        )
        return self.switch(caller, tenant)


def add_control(app: FastAPI, gate: Gate, controls: Controls) -> None:
    """The routes of usage, caps, preferences and the kill switch."""
    scorer = Annotated[Caller, Depends(requires("scorer", gate))]
    admin = Annotated[Caller, Depends(requires("admin", gate))]

    async def waited(job: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - a relay
        return await asyncio.to_thread(job, *args)

    @app.get("/v1/usage", summary="What a tenant used, by day, resource and scan", responses=PROBLEMS)
    async def usage(
        caller: scorer,
        tenant: Tenant = None,
        days: Annotated[int, Query(ge=1, le=366, description="UTC days back, today included")] = 30,
    ) -> UsageReport:
        report: UsageReport = await waited(controls.usage, caller, tenant, days)
        return report

    @app.get("/v1/tenants/{tenant}/caps", summary="A tenant's caps and who changed them", responses=PROBLEMS)
    async def caps(caller: scorer, tenant: Name) -> Caps:
        there: Caps = await waited(controls.caps, caller, tenant)
        return there

    @app.put("/v1/tenants/{tenant}/caps", summary="Give a tenant other caps (operator)", responses=PROBLEMS)
    async def set_caps(caller: admin, tenant: Name, wanted: CapsWanted) -> Caps:
        there: Caps = await waited(controls.set_caps, caller, tenant, wanted)
        return there

    @app.put(
        "/v1/tenants/{tenant}/preferences",
        summary="What a tenant gets where its pictures may not be measured",
        responses=PROBLEMS,
    )
    async def prefer(caller: admin, tenant: Name, wanted: Preferences) -> Caps:
        there: Caps = await waited(controls.prefer, caller, tenant, wanted)
        return there

    @app.get("/v1/kill-switch", summary="What is stopped, and who stopped what when", responses=PROBLEMS)
    async def switch(caller: scorer, tenant: Tenant = None) -> SwitchState:
        state: SwitchState = await waited(controls.switch, caller, tenant)
        return state

    @app.put(
        "/v1/kill-switch",
        summary="Stop model and paid calls everywhere within a second, or let them go on",
        responses=PROBLEMS,
    )
    async def turn(caller: admin, wanted: TurnWanted) -> SwitchState:
        state: SwitchState = await waited(controls.turn, caller, wanted)
        return state
