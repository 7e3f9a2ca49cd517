"""Reverse image search of a reference: the one thing that sends one out, by its own permission alone."""

from catalog.blobs import BlobStore
from catalog.opt_ins import WebSearchPermit
from catalog.records import Catalog
from cluster.paid.desk import Asked, PaidDesk
from cluster.paid.outgoing import from_reference
from cluster.views import open_reference
from scoring.brand import Reference
from scoring.errors import SettingsError, UnavailableError
from scoring.features import VISION_WEB, Unavailable, WebMatch


def search_web(catalog: Catalog, blobs: BlobStore, desk: PaidDesk, reference_id: str) -> WebMatch | None:
    """What the web knows of a reference; None where it knows nothing.

    Raises `CatalogError` without the reference's own permission, `SettingsError` where web detection is
    off for the tenant, `UnavailableError` where there is no answer.
    """
    tenant = blobs.tenant
    permit = catalog.opt_ins.permit(tenant, reference_id)
    if VISION_WEB not in catalog.opt_ins.turned_on(tenant):
        raise SettingsError(
            f"web detection is not turned on for tenant {tenant!r}.",
            hint=f"Turn it on: counterfoil paid on --helper web --tenant {tenant}.",
        )
    reference = _reference(catalog, tenant, permit)
    picture = open_reference(blobs.get(reference.sha256), reference.name)
    (told,) = desk.ask([Asked(from_reference(picture, permit), (VISION_WEB,))], tenant=tenant)
    found = told.values[VISION_WEB]
    if isinstance(found, Unavailable):
        raise UnavailableError(f"there is no answer: {found.reason}.")
    return next((match for match in found if isinstance(match, WebMatch)), None)


def _reference(catalog: Catalog, tenant: str, permit: WebSearchPermit) -> Reference:
    return next(it for it in catalog.references.of(tenant) if it.id == permit.reference_id)
