"""A brand kit into the catalogue: every picture looked at, judged, kept or refused, and reported."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catalog.blobs import BlobStore
from catalog.judgement import Seen, beside, on_its_own
from catalog.kit import KitFile, Stray, read_kit
from catalog.quality import Finding, Inspection, Quality
from catalog.records import Catalog
from catalog.references import StoredReference, reference_id
from scoring.brand import Reference, ReferenceKind
from scoring.errors import CatalogError, ImageError

Inspect = Callable[[bytes, str], Inspection]
"""Looks at a picture's bytes, with its file's name; raises `ImageError` where it is not a usable picture."""

MAX_BYTES = 20 * 1024 * 1024
"""Of one reference: the same as of a listing's picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one picture of a kit."""

    place: str
    """Where it lies in the kit."""
    kind: ReferenceKind
    reference_id: str | None
    """None where it was not stored."""
    change: str
    """`added`, `updated`, `unchanged`, `same_file` (as another of its kind) or `refused`."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitReport:
    """What an import did. Nothing in the kit is left out: pictures in `files`, the rest in `strays`."""

    tenant: str
    tenant_added: bool
    brand: str
    brand_version: int
    brand_changed: bool
    files: tuple[FileReport, ...]
    removed: tuple[str, ...]
    """References that the catalogue had and the kit has no more, by their place in the kit."""
    strays: tuple[Stray, ...]
    references: int
    """How many references the brand has now."""

    @property
    def changed(self) -> bool:
        """Whether the catalogue is another one than before."""
        moved = any(file.change in {"added", "updated"} for file in self.files)
        return self.tenant_added or self.brand_changed or moved or bool(self.removed)


def import_kit(
    catalog: Catalog, blobs: BlobStore, folder: Path, tenant: str, *, inspect: Inspect
) -> KitReport:
    """Make the catalogue hold exactly what the kit holds, for this brand of this tenant.

    The tenant is made where it is missing. Importing the same kit again changes nothing. A picture
    that cannot be read is reported and not stored; any other is stored with what speaks against it.
    Pixels are vision's business, so the caller hands `inspect` over.

    Raises `BrandKitError` where the kit as a whole cannot be used; then nothing was changed.
    """
    if blobs.tenant != tenant:
        raise CatalogError(
            f"The blobs are for tenant {blobs.tenant!r}, and the kit for {tenant!r}.",
            hint="Open both for one tenant.",
        )
    kit = read_kit(folder)
    added_tenant = catalog.tenants.ensure(tenant)
    others = _of_other_brands(catalog, tenant, kit.brand.name)
    stored: dict[str, StoredReference] = {}
    seen: list[Seen] = []
    rows: list[tuple[KitFile, str | None, tuple[Finding, ...]]] = []
    for file in kit.files:
        data, inspection, refused = _looked_at(file, inspect)
        if inspection is None:
            rows.append((file, None, refused))
            continue
        digest = blobs.put(data)
        identifier = reference_id(tenant, kit.brand.name, kind=file.kind, sha256=digest)
        here = Seen(file.place, digest, inspection)
        findings = (*on_its_own(inspection), *beside(here, seen, others))
        rows.append((file, identifier, findings))
        seen.append(here)
        if identifier not in stored:
            reference = Reference(
                id=identifier,
                tenant=tenant,
                brand=kit.brand.name,
                kind=file.kind,
                name=file.name,
                sha256=digest,
                width=inspection.width,
                height=inspection.height,
                imported_at=catalog.clock(),
            )
            stored[identifier] = StoredReference(reference, Quality(inspection, findings))
    brand = catalog.brands.save(tenant, kit.brand)
    replaced = catalog.references.replace(tenant, kit.brand.name, list(stored.values()))

    def change(file: KitFile, identifier: str | None) -> str:
        if identifier is None:
            return "refused"
        if stored[identifier].reference.name != file.name:
            return "same_file"
        if identifier in replaced.added:
            return "added"
        return "updated" if identifier in replaced.updated else "unchanged"

    return KitReport(
        tenant=tenant,
        tenant_added=added_tenant,
        brand=kit.brand.name,
        brand_version=brand.version,
        brand_changed=brand.changed,
        files=tuple(
            FileReport(
                place=file.place,
                kind=file.kind,
                reference_id=identifier,
                change=change(file, identifier),
                findings=findings,
            )
            for file, identifier, findings in rows
        ),
        removed=tuple(f"references/{gone.kind}/{gone.name}" for gone in replaced.removed),
        strays=kit.strays,
        references=len(stored),
    )


def _looked_at(file: KitFile, inspect: Inspect) -> tuple[bytes, Inspection | None, tuple[Finding, ...]]:
    try:
        size = file.path.stat().st_size
        if size > MAX_BYTES:
            reason = f"{size:,} bytes, more than {MAX_BYTES:,}: export it smaller"
            return b"", None, (Finding("unreadable", reason),)
        data = file.path.read_bytes()
        return data, inspect(data, file.name), ()
    except ImageError as error:
        return b"", None, (Finding("unreadable", str(error)),)
    except OSError as error:
        return b"", None, (Finding("unreadable", f"the file cannot be read: {error.strerror}"),)


def _of_other_brands(catalog: Catalog, tenant: str, brand: str) -> list[Seen]:
    return [
        Seen(
            f"references/{it.reference.kind}/{it.reference.name} of {it.reference.brand}",
            it.reference.sha256,
            it.quality.inspection,
        )
        for it in catalog.references.stored(tenant)
        if it.reference.brand != brand
    ]
