"""Titles and descriptions that say nearly the same, and who shows the same pictures with them.

datasketch's MinHash looks at shingles of five letters, so a changed price or a swapped word leaves most of
them. What its LSH brings up is compared again by the estimated share of shingles, and confirmed groups
are joined with the groups of pictures: one product story, told by several sellers.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from datasketch import MinHash, MinHashLSH

from vision.union import Numbers, roots, unite

_PERMUTATIONS = 64
_LETTERS = 5
SIMILAR = 0.8
"""Share of shingles in common from which on two texts are taken for one; chosen, not tuned."""


def near_texts(texts: Mapping[int, str], *, similar: float = SIMILAR) -> Iterator[tuple[int, int]]:
    """(later, earlier) numbers of texts that are nearly the same; equal texts are collapsed first.

    Texts shorter than two shingles are left out: they are alike by being short. A pair at the limit is
    found more often than not, one well above it nearly always: LSH and the estimate both go by chance.
    """
    lsh = MinHashLSH(threshold=similar, num_perm=_PERMUTATIONS)
    known: dict[str, int] = {}
    sketches: dict[int, MinHash] = {}
    for number, text in texts.items():
        plain = _plain(text)
        if len(plain) <= _LETTERS:
            continue
        if (first := known.setdefault(plain, number)) != number:
            yield number, first
            continue
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch({plain[at : at + _LETTERS].encode() for at in range(len(plain) - _LETTERS + 1)})
        for other in lsh.query(sketch):
            if sketch.jaccard(sketches[other]) >= similar:
                yield number, other
        lsh.insert(number, sketch)
        sketches[number] = sketch


def joined(
    pictures: Sequence[Iterable[int]], groups: Numbers, texts: Iterable[tuple[int, int]]
) -> dict[int, list[int]]:
    """Listings that share a group of pictures or a text, by the lowest; those alone are left out.

    `pictures` names each listing's pictures, `groups` each picture's group, `texts` pairs of listings.
    """
    count = len(pictures)
    shown = [(listing, int(groups[one])) for listing, own in enumerate(pictures) for one in own]
    first: dict[Hashable, int] = {}
    links = [(listing, first.setdefault(group, listing)) for listing, group in shown]
    parents = np.arange(count, dtype=np.uint32)
    ones = np.array([*links, *texts], np.uint32).reshape(-1, 2)
    unite(parents, ones[:, 0], ones[:, 1])
    found: dict[int, list[int]] = {}
    for listing, root in enumerate(roots(parents, np.arange(count, dtype=np.uint32)).tolist()):
        found.setdefault(root, []).append(listing)
    return {root: members for root, members in found.items() if len(members) > 1}


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
