"""The catalogue as one marketplace shows it: some goods twice, others gone or new while it is read."""

import random
import threading
from collections.abc import Sequence

from connectors.sandbox.catalogue import Catalogue, Item
from connectors.sandbox.faults import Faults

_APART = 60
"""Places between an item and its double at most: some are on one page, some on two."""


class Shelf:
    """One marketplace's goods. Between two of its lists some may vanish, or a new one stand in front."""

    def __init__(self, catalogue: Catalogue, faults: Faults | None = None, *, platform: str = "") -> None:
        """`platform` is whose it is, for goods that are not sold everywhere."""
        self._catalogue = catalogue
        self._faults = faults or Faults()
        self._platform = platform
        self._chance = random.Random(f"{self._faults.seed}-{platform}")
        self._lock = threading.Lock()  # some routes run in threads
        self._gone: set[int] = set()
        self._new: list[Item] = []

    @property
    def held(self) -> frozenset[int]:
        """The numbers of what it sells by now."""
        return frozenset(it.number for it in self._stood([*self._new, *self._catalogue.items]))

    @property
    def items(self) -> Sequence[Item]:
        """A list of everything; behind it, things may move."""
        return self._shown(self._catalogue.items, "*")

    def find(self, words: str) -> list[Item]:
        """A list of what `Catalogue.find` finds; behind it, things may move."""
        return self._shown(self._catalogue.find(words), words)

    def showing(self, picture: bytes) -> list[Item]:
        """The items that have this very picture."""
        return self._stood(self._catalogue.showing(picture))

    def item(self, number: int) -> Item | None:
        """One item by its number, unless it has vanished."""
        found = self._catalogue.item(number)
        return found if found is not None and self._stood([found]) else None

    def _shown(self, found: Sequence[Item], words: str) -> list[Item]:
        with self._lock:
            new = [it for it in reversed(self._new) if it.holds(words)]
            listed = self._doubled(self._stood([*new, *found]))
            self._move()
            return listed

    def _stood(self, found: Sequence[Item]) -> list[Item]:
        return [it for it in found if it.number not in self._gone and it.platform in (None, self._platform)]

    def _doubled(self, listed: list[Item]) -> list[Item]:
        if not self._faults.doubled:
            return listed
        again: dict[int, list[Item]] = {}
        for place, it in enumerate(listed):
            chance = random.Random(f"{self._faults.seed}-{it.number}-again")
            if chance.random() < self._faults.doubled:
                again.setdefault(place + chance.randrange(_APART), []).append(it)
        shown = [one for place, it in enumerate(listed) for one in (it, *again.pop(place, ()))]
        return [*shown, *(one for left in again.values() for one in left)]

    def _move(self) -> None:
        there = self._stood(self._catalogue.items)
        if there and self._chance.random() < self._faults.vanishing:
            # Among the first: behind what has been read nothing would be passed over.
            self._gone.add(self._chance.choice(there[: len(there) // 4 + 1]).number)
        if self._chance.random() < self._faults.appearing:
            self._new.append(self._catalogue.another())
