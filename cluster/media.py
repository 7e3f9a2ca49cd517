"""A tenant's indexed media: kept in the stores, and held by each process that searches them."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from catalog.media import MediaAsset, media_id
from catalog.retention import Ends
from catalog.vectors import VectorIndex, point_id
from cluster.library import LOCAL
from cluster.retention import defaults_of
from cluster.seen import KEPT_BY_PICTURE
from cluster.state import State
from cluster.views import dump_views, load_views
from vision.decode import Picture, decode
from vision.fingerprint import View, plain_views
from vision.geometry import LocalFeatures, describe
from vision.geometry_settings import DEFAULT_GEOMETRY
from vision.media_index import MediaIndex

_VIEWS = "media-views-1"
"""What is kept of a picture's views. Raise the number when `plain_views` changes."""


def keep_media(state: State, tenant: str, picture: Picture, data: bytes, *, name: str) -> bool:
    """Measure a picture and keep it with what it is found by; whether it is new.

    The record is written last: what is recorded is there.
    """
    derived = state.derived(tenant)
    views, local = plain_views(picture.pixels), describe_kept(picture)
    state.blobs(tenant).put(data)
    derived.put(picture.sha256, _VIEWS, dump_views(views))
    derived.put(picture.sha256, LOCAL, local.to_bytes())
    return state.catalog.media.add(tenant, picture.sha256, name=name, size=(picture.width, picture.height))


def forget_media(state: State, vectors: VectorIndex, tenant: str, identifier: str) -> MediaAsset | None:
    """Delete a picture that was indexed, with everything of it that nothing else needs; None: there is none.

    The record goes first. What a crash then leaves in the other stores, the next retention run sweeps.
    """
    gone = state.catalog.media.remove(tenant, identifier)
    if gone is None:
        return None
    retention, digest = state.catalog.retention, gone.sha256
    ends = Ends.of(retention.periods(tenant, defaults_of(state)), state.catalog.clock())
    if not retention.needed(tenant, [digest], ends, what="sightings"):
        for collection in vectors.collections():
            kind, _, model = collection.partition("--")
            if kind == "sightings":
                point = point_id(tenant, "sightings", sha256=digest, model=model)
                vectors.delete(collection, [point], tenant=tenant)
        state.derived(tenant).forget(digest, extractors=lambda it: it.startswith(KEPT_BY_PICTURE))
    if not retention.owned(tenant, [digest]):
        state.derived(tenant).forget(digest, extractors=lambda it: not it.startswith(KEPT_BY_PICTURE))
    blobs = state.blobs(tenant)
    if not retention.needed(tenant, [digest], ends, what="pictures"):
        data = blobs.get(digest) if blobs.exists(digest) else None
        blobs.delete(digest)
        if data is not None and retention.needed(tenant, [digest], ends, what="pictures"):
            blobs.put(data)  # somebody indexed it again in between, and found the bytes there
    return gone


def describe_kept(picture: Picture) -> LocalFeatures:
    """A picture's local features, as many as are kept of a reference."""
    return describe(picture.pixels).strongest(DEFAULT_GEOMETRY.reference_keypoints)


class MediaShelf:
    """One tenant's media in this process. What others index is there with the next `renew`."""

    def __init__(self, state: State, tenant: str) -> None:
        self.index = MediaIndex(self._features)
        self._state = state
        self._tenant = tenant
        self._sha256: dict[str, str] = {}
        self._stamp: tuple[int, datetime | None] = (0, None)
        self._turn = Lock()

    def renew(self) -> None:
        """Take in what was indexed since; one question to the record store where nothing was."""
        media = self._state.catalog.media
        with self._turn:
            stamp = media.stamp(self._tenant)
            if stamp == self._stamp:
                return
            there = media.ids(self._tenant)
            if not self.index.keys() <= set(there):  # the tenant was removed, and made again
                self.index = MediaIndex(self._features)
            missing = [key for key in there if key not in self.index]
            for key, asset in media.get(self._tenant, missing).items():
                self._sha256[key] = asset.sha256
            for key in missing:
                self.index.add(key, self._views(key), self._features(key))
            self._stamp = stamp

    def known(self, sha256: str) -> LocalFeatures | None:
        """A picture's local features where it is indexed: it need not be measured again."""
        key = media_id(self._tenant, sha256)
        return self._features(key) if key in self.index else None

    def _views(self, key: str) -> tuple[View, ...]:
        kept = self._state.derived(self._tenant).get(self._sha256[key], _VIEWS)
        return load_views(kept) if kept is not None else plain_views(self._picture(key).pixels)

    def _features(self, key: str) -> LocalFeatures:
        kept = self._state.derived(self._tenant).get(self._sha256[key], LOCAL)
        return LocalFeatures.from_bytes(kept) if kept is not None else describe_kept(self._picture(key))

    def _picture(self, key: str) -> Picture:
        """The derived store is a cache: what it has lost is measured again."""
        return decode(self._state.blobs(self._tenant).get(self._sha256[key]))


class MediaShelves:
    """Some tenants' shelves, the least recently used given up first."""

    def __init__(self, state: State, *, most: int = 16) -> None:
        self._state = state
        self._most = most
        self._shelves: OrderedDict[str, MediaShelf] = OrderedDict()
        self._turn = Lock()

    def of(self, tenant: str) -> MediaShelf:
        """A tenant's, with everything that is indexed by now."""
        with self._turn:
            shelf = self._shelves.setdefault(tenant, MediaShelf(self._state, tenant))
            self._shelves.move_to_end(tenant)
            while len(self._shelves) > self._most:
                self._shelves.popitem(last=False)
        shelf.renew()
        return shelf

    def named(self, tenant: str, ids: list[str]) -> dict[str, MediaAsset]:
        """What is recorded of some."""
        return self._state.catalog.media.get(tenant, ids)
