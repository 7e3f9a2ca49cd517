"""Who shows the same picture: a tenant's sightings in groups, of which each run reads only what is new.

A group is an anchor and its copies: pictures within a few bits of it by both hashes, or as like it by
embedding as the tenant asks. Nothing joins because it is near what is near, so groups do not chain. A batch
is kept whole or not at all, and what is in a group is passed over, so a run that died is simply run again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from catalog.groups import Member, Standing
from catalog.shown_groups import Role
from catalog.sightings import SightedPicture
from cluster.library import extract_references
from cluster.negatives import KnownNegatives, gather_negatives
from cluster.state import State
from cluster.vectors import vectors_here
from pipelines.likenesses import Likenesses
from pipelines.placeholders import stands_for_everything
from pipelines.placing import Book, Placed
from pipelines.progress import Reporter
from scoring.brand import Reference
from vision.fingerprint import Fingerprint, View
from vision.fingerprint_index import FingerprintIndex

ALIKE = 0.92
"""The cosine from which on two pictures are one, where a tenant has not said another."""

_OVERLAP = timedelta(minutes=10)
"""What is read again: scans on other machines keep what they saw by clocks of their own."""
_PICTURES = 2_000
"""New pictures placed and kept at once."""
_LISTINGS = 500
MANY_SELLERS = 20
"""From so many sellers on a picture may be a placeholder, and its listings' titles are looked at."""
_TITLES = 500
"""Titles looked at, at most."""


Thing = TypeVar("Thing")


@dataclass(slots=True)
class _Tally:
    listings: int = 0
    pictures: int = 0
    made: int = 0
    taken_in: int = 0


def cluster(
    state: State,
    tenant: str,
    reporter: Reporter,
    *,
    alike: float | None = None,
    anew: bool = False,
) -> dict[str, Any]:
    """Group what a tenant's scans have seen since the last time; counts of what came of it.

    `alike` is the cosine that this tenant's pictures are joined at from now on; what is grouped stays
    unless everything is grouped `anew`. Raises `CatalogError` for an unknown tenant.
    """
    groups = state.catalog.groups
    begun = state.catalog.clock()
    before = groups.standing(tenant)
    if anew:
        groups.clear(tenant)
    standing = Standing(
        alike=alike if alike is not None else before.alike if before else ALIKE,
        references=before.references if before and not anew else "",
        read_until=before.read_until if before and not anew else None,
    )
    references = state.catalog.references.of(tenant)
    negatives = gather_negatives(state, tenant)
    compared = _digest([*(it.id for it in references), *negatives.names])
    known = _Known(state, tenant, references, negatives)
    # Until it has ended it has compared with nothing: a run that died may have placed what it did not mark.
    groups.settle(tenant, replace(standing, references=""))
    pruned = groups.prune(tenant)
    tally = _Tally()
    with _likenesses(state, tenant, standing.alike) as likenesses, reporter.stage("group pictures") as stage:
        book = Book(tenant, groups.anchors(tenant))
        for some in _batched(_unplaced(state, tenant, standing, tally), _PICTURES):
            placed = _place(state, tenant, book, some, likenesses)
            _mark_known(state, tenant, placed.members, known)
            tally.pictures += len(some)
            tally.made += len(placed.made)
            tally.taken_in += len(placed.bridges)
            stage.advance(len(some))
    if compared != standing.references:
        groups.forget_references(tenant)
        _mark_known(state, tenant, groups.members(tenant), known)
    common = _mark_common(state, tenant)
    groups.settle(tenant, replace(standing, references=compared, read_until=begun))
    return {
        "tenant": tenant,
        "alike": standing.alike,
        "listings_read": tally.listings,
        "pictures_new": tally.pictures,
        "pictures_gone": pruned,
        "groups_new": tally.made,
        "groups_taken_in": tally.taken_in,
        "groups_common": common,
        "seconds": round((state.catalog.clock() - begun).total_seconds(), 3),
    }


def _batched(those: Iterable[Thing], most: int) -> Iterator[list[Thing]]:
    waiting = iter(those)
    while some := list(islice(waiting, most)):
        yield some


def _digest(keys: Iterable[str]) -> str:
    return sha256("\x1e".join(sorted(keys)).encode()).hexdigest()


class _Known:
    """What must never match, and a tenant's references, read when a picture is first compared with them."""

    def __init__(
        self, state: State, tenant: str, references: Sequence[Reference], negatives: KnownNegatives
    ) -> None:
        self._negatives = negatives
        self._state = state
        self._tenant = tenant
        self._references = references

    @cached_property
    def _views(self) -> FingerprintIndex:
        index = FingerprintIndex()
        for reference, extracted in extract_references(self._state, self._tenant, self._references):
            index.add(reference.id, extracted.views)
        return index

    def role_of(self, member: Member) -> tuple[Role, str] | None:
        """What a picture is, and its key: cropped, framed and mirrored ones too."""
        if member.dhash is None or member.phash is None:
            return None
        views = (View("whole", Fingerprint(member.dhash, member.phash)),)
        own = self._views.search(views) if self._references else ()
        never = self._negatives.search(views)
        if never and not (own and own[0].distance < never[0].distance):
            return Role.NEGATIVE, never[0].reference_id
        return (Role.REFERENCE, own[0].key) if own else None


@contextmanager
def _likenesses(state: State, tenant: str, alike: float) -> Iterator[Likenesses]:
    with vectors_here(state.settings) as vectors:
        yield Likenesses(vectors, tenant, alike)


def _unplaced(state: State, tenant: str, standing: Standing, tally: _Tally) -> Iterator[SightedPicture]:
    """Pictures that are in no group, each once, of listings seen since."""
    since = None if standing.read_until is None else standing.read_until - _OVERLAP
    told: set[str] = set()
    for some in _batched(state.catalog.sightings.all(tenant, since=since), _LISTINGS):
        tally.listings += len(some)
        shown = {it.sha256: it for sighting in some for it in sighting.pictures}
        placed = state.catalog.groups.of_pictures(tenant, shown)
        fresh = [it for digest, it in shown.items() if digest not in placed and digest not in told]
        told.update(it.sha256 for it in fresh)
        yield from fresh


def _place(
    state: State, tenant: str, book: Book, pictures: Sequence[SightedPicture], likenesses: Likenesses
) -> Placed:
    groups = state.catalog.groups
    placed = book.place(pictures, likenesses, lambda those: _anchors_of(state, tenant, book, those))
    unions, touched = set[tuple[str, str]](), set[str]()
    for first, other in sorted(placed.bridges):
        # What was made one in this batch is not kept yet: it may become one with a third the next time.
        if first not in book or other not in book or touched & {first, other}:
            continue
        here = [it for it in placed.members if it.group == other]
        if book.may_become_one(first, [*groups.members(tenant, other), *here]):
            unions.add((first, other))
            touched |= {first, other}
    groups.keep(tenant, placed.made, placed.members, unions=unions)
    for first, other in unions:
        book.take_in(first, other)
    into = {other: first for first, other in unions}
    placed.members = [replace(it, group=into.get(it.group, it.group)) for it in placed.members]
    placed.bridges = unions
    return placed


def _anchors_of(state: State, tenant: str, book: Book, digests: Iterable[str]) -> dict[str, str]:
    placed = state.catalog.groups.of_pictures(tenant, digests)
    return {it: book.anchor_of[group] for it, group in placed.items() if group in book.anchor_of}


def _mark_known(state: State, tenant: str, members: Iterable[Member], known: _Known) -> None:
    """Say which groups hold a picture of the brand's own, or one that must never match."""
    roles: dict[str, tuple[Role, str | None]] = {}
    for it in members:
        if it.group not in roles and (role := known.role_of(it)) is not None:
            roles[it.group] = role
    state.catalog.groups.name_roles(tenant, roles)


def _mark_common(state: State, tenant: str) -> int:
    """Look at what very many sellers show; how many groups stand for nothing."""
    roles: dict[str, tuple[Role, str | None]] = {}
    wide = [
        it
        for it in state.catalog.groups.of(tenant, least_sellers=MANY_SELLERS)
        if it.role in {Role.COPIES, Role.COMMON}
    ]
    for some in _batched(wide, 20):
        for group, listings in state.catalog.groups.shown_by(tenant, [it.id for it in some]).items():
            told = state.catalog.sightings.get(tenant, list(listings)[:_TITLES])
            common = stands_for_everything(it.listing.title for it in told.values())
            roles[group] = (Role.COMMON if common else Role.COPIES, None)
    state.catalog.groups.name_roles(tenant, roles)
    return Counter(role for role, _ in roles.values())[Role.COMMON]
