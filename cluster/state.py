"""The stores that the settings name, opened in this process."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from catalog.blobs import BlobStore, DerivedStore, Files
from catalog.records import Catalog, open_catalog
from catalog.tenancy import SHARED
from cluster.settings import Settings
from scoring.brand import Brand
from scoring.recipe import Recipe


@dataclass(frozen=True)
class State:
    """Records and blobs. Cheap to open anywhere; the vector index is opened by `open_vectors`."""

    settings: Settings
    reads_only: bool = False
    """Whether the records are opened so that the store itself refuses to change them."""

    @cached_property
    def catalog(self) -> Catalog:
        """The record store; an embedded one is made where it is missing."""
        if self.settings.database_url is None:
            self.settings.home.mkdir(parents=True, exist_ok=True)
        url, pool = self.settings.resolved_database_url(), self.settings.database_pool
        if self.reads_only:
            return open_catalog(self.settings.database_reader_url or url, pool=pool, read_only=True)
        return open_catalog(url, pool=pool)

    @cached_property
    def _files(self) -> Files:
        return Files(self.settings.resolved_blob_url(), options=self.settings.blob_options())

    def blobs(self, tenant: str) -> BlobStore:
        """A tenant's pictures."""
        return BlobStore(self._files, tenant=tenant)

    def shared_blobs(self) -> BlobStore:
        """Everybody's pictures: those that must never match, whoever is looking."""
        return BlobStore(self._files, tenant=SHARED)

    def shared_derived(self) -> DerivedStore:
        """What was computed from those."""
        return DerivedStore(self._files, tenant=SHARED)

    def blob_owners(self) -> tuple[str, ...]:
        """Every name that the blob store keeps something under, tenant or not; everybody's apart."""
        return tuple(name for name in self._files.folders() if name != SHARED)

    def derived(self, tenant: str) -> DerivedStore:
        """What was computed from a tenant's pictures."""
        return DerivedStore(self._files, tenant=tenant)

    def brands(self, tenant: str) -> tuple[Brand, ...]:
        """A tenant's brands; `CatalogError` for an unknown tenant."""
        return tuple(stored.brand for stored in self.catalog.brands.of(tenant))

    def recipe(self, tenant: str) -> Recipe:
        """A tenant's own recipe, or the default."""
        stored = self.catalog.recipes.active(tenant)
        return Recipe.default() if stored is None else Recipe.from_yaml(stored.document)

    def category_recipes(self, tenant: str) -> dict[str, Recipe]:
        """The recipes of those of a tenant's categories that have their own."""
        found = self.catalog.recipes.by_category(tenant)
        return {category: Recipe.from_yaml(stored.document) for category, stored in found.items()}

    def stamp(self, tenant: str) -> str:
        """Another text whenever anything of a tenant's changes that verdicts rest on.

        That is its brands, references and how they stand, what must never match, trained marks, recipe,
        opt-ins, choices, encoders and calibrations.

        Taken before something is built from them, it says whether that still holds.
        Raises `CatalogError` for an unknown tenant.
        """
        known = sha256()
        for stored in self.catalog.brands.of(tenant):
            known.update(f"brand\x1f{stored.brand.name}\x1f{stored.version}\x1e".encode())
        references = self.catalog.references.of(tenant)
        for reference in references:
            known.update(f"reference\x1f{reference.id}\x1e".encode())
        for detector in self.catalog.detectors.of(tenant):
            known.update(f"detector\x1f{detector.id}\x1f{detector.sha256}\x1e".encode())
        recipe = self.catalog.recipes.active(tenant)
        known.update(f"recipe\x1f{recipe.version if recipe else ''}".encode())
        for category, own in self.catalog.recipes.by_category(tenant).items():
            known.update(f"recipe\x1f{category}\x1f{own.version}\x1e".encode())
        known.update(f"without\x1f{self.catalog.tenants.without_pictures(tenant)}".encode())
        known.update(f"paid\x1f{sorted(self.catalog.opt_ins.turned_on(tenant))}".encode())
        for choice in self.catalog.encoder_choices.of(tenant):
            known.update(f"encoder\x1f{choice}\x1e".encode())
        for fitted in self.catalog.calibrations.of(tenant):
            known.update(f"calibration\x1f{fitted}\x1e".encode())
        for negative in self.catalog.negatives.for_(tenant):
            known.update(f"negative\x1f{negative.id}\x1f{negative.name}\x1e".encode())
        for reference_id, standing in sorted(self.catalog.standings.of(tenant).items()):
            known.update(f"standing\x1f{reference_id}\x1f{standing.standing}\x1e".encode())
        return known.hexdigest()
