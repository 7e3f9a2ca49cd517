"""Which mistakes a person should see: the worst of each scenario before the second worst of any."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipelines.evaluate.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Listings to show, worst first; each is in one list only."""

    false_alarms: tuple[Outcome, ...]
    misses: tuple[Outcome, ...]
    misnamed: tuple[Outcome, ...]
    """Found, but under another brand's name."""


def worst(judged: Sequence[Outcome], *, most: int) -> Mistakes:
    """At most `most` of each sort."""
    return Mistakes(
        false_alarms=_chosen(
            (it for it in judged if it.false_alarm),
            lambda it: (it.tier, -it.score, it.number),
            most,
        ),
        misses=_chosen(
            (it for it in judged if it.label.infringing and not it.flagged),
            lambda it: (-it.tier, it.score, it.number),
            most,
        ),
        misnamed=_chosen(
            (it for it in judged if it.label.infringing and it.flagged and not it.rightly_named),
            lambda it: (it.tier, -it.score, it.number),
            most,
        ),
    )


def _chosen(
    candidates: Iterable[Outcome], badness: Callable[[Outcome], tuple[float, ...]], most: int
) -> tuple[Outcome, ...]:
    by_kind: defaultdict[str, list[Outcome]] = defaultdict(list)
    for it in sorted(candidates, key=badness):
        by_kind[it.label.kind].append(it)
    rounds = zip_longest(*by_kind.values())
    return tuple([it for some in rounds for it in some if it is not None][:most])
