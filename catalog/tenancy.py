"""How a tenant may be called: its name is part of paths, URLs and point ids."""

import re

from scoring.errors import CatalogError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


SHARED = "_shared"
"""Whose everybody's things are in the blob store: no tenant can be called so."""


def check_owner(name: str) -> str:
    """A tenant's name, or `SHARED`."""
    return name if name == SHARED else check_tenant(name)


def check_tenant(name: str) -> str:
    """The name itself, or a `CatalogError` where it could not be a folder on every file system.

    Lower case only, because macOS and Windows take `Acme` and `acme` for one folder.

    >>> check_tenant("acme")
    'acme'
    """
    if _NAME.fullmatch(name):
        return name
    usable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63] or "acme"
    raise CatalogError(
        f"{name!r} cannot name a tenant.",
        hint=f"Use 1 to 63 of a-z, 0-9, - and _, not starting with - or _, such as {usable!r}.",
    )
