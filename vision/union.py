"""Union-find over arrays: which things belong together, four bytes each."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint32]


def roots(parents: Numbers, those: Numbers) -> Numbers:
    """The lowest number of each one's group; the way to it is shortened for next time."""
    found = parents[those]
    while True:
        further = parents[found]
        if np.array_equal(further, found):
            break
        found = further
    parents[those] = found
    return found


def unite(parents: Numbers, ones: Numbers, others: Numbers) -> None:
    """Put each of the ones into one group with its other, in place; a parent is never the higher number."""
    while len(ones):
        left, right = roots(parents, ones), roots(parents, others)
        apart = left != right
        ones, others = left[apart], right[apart]
        # Of several links from one root numpy keeps the last; the others are tried again.
        parents[np.maximum(ones, others)] = np.minimum(ones, others)


def forest(ones: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """The fewest links, (member, lowest of its group), that join what these links join."""
    names, found = np.unique(np.concatenate([ones, others]), return_inverse=True)
    parents = np.arange(len(names), dtype=np.uint32)
    places = found.astype(np.uint32)
    unite(parents, places[: len(ones)], places[len(ones) :])
    lowest = roots(parents, np.arange(len(names), dtype=np.uint32))
    member = lowest != np.arange(len(names))
    return names[member], names[lowest[member]]
