"""A tenant goes, with everything of it in every store; and the proof of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.tenancy import check_tenant
from catalog.vectors import VectorIndex
from cluster.state import State

RECEIPT = ("usage", "caps", "cap_changes", "kill_switch")
"""What an operator may have to show for years: it is handed over, and nothing of it stays here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What a removal found, handed over and left."""

    tenant: str
    at: datetime
    found: dict[str, int]
    """What each store held, by its name."""
    left: dict[str, int]
    """The same afterwards."""
    receipt: dict[str, list[dict[str, Any]]]
    overwritten: bool
    """Whether nothing of it is left in the free pages of an embedded record store."""


def holdings(state: State, vectors: VectorIndex, tenant: str) -> dict[str, int]:
    """How much every store holds of a tenant's, by the store's name: each table, collection and folder."""
    check_tenant(tenant)
    counted = {f"records/{name}": n for name, n in state.catalog.erasure.remaining(tenant).items()}
    for collection in vectors.collections():
        counted[f"vectors/{collection}"] = vectors.count(collection, tenant=tenant)
    counted["blobs"] = sum(1 for _ in state.blobs(tenant).kept())
    counted["derived"] = sum(1 for _ in state.derived(tenant).kept())
    return counted


def remove_tenant(state: State, vectors: VectorIndex, tenant: str, *, by: str) -> Removal:
    """Delete everything of a tenant's; a removal that was interrupted is finished by another.

    The record that there is such a tenant goes last but one: until then whoever looks finds it and can remove
    it again. What somebody who was at work on it has still written meanwhile goes last.
    """
    catalog = state.catalog
    found = holdings(state, vectors, tenant)
    if not any(found.values()):
        catalog.tenants.require(tenant)
    if found["records/tenants"]:
        catalog.kill_switch.turn(on=True, by=by, tenant=tenant, why="the tenant is being removed")
    receipt = catalog.erasure.documents(tenant, RECEIPT)
    _empty(state, vectors, tenant)
    catalog.erasure.erase(tenant)
    _empty(state, vectors, tenant)
    overwritten = catalog.erasure.overwrite()
    return Removal(
        tenant=tenant,
        at=catalog.clock(),
        found=found,
        left=holdings(state, vectors, tenant),
        receipt=receipt,
        overwritten=overwritten,
    )


def _empty(state: State, vectors: VectorIndex, tenant: str) -> None:
    for collection in vectors.collections():
        vectors.erase(collection, tenant=tenant)
    state.blobs(tenant).erase()


def strays(state: State, vectors: VectorIndex) -> dict[str, dict[str, int]]:
    """Names that own something in some store and are no tenants: what an interrupted removal left."""
    known = set(state.catalog.tenants.names())
    named = (state.catalog.erasure.tenants_left() | set(state.blob_owners())) - known
    return {name: held for name in sorted(named) if any((held := holdings(state, vectors, name)).values())}
