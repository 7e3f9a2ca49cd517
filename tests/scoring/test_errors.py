"""The error tree: drawn as it is, and whole after a journey between processes."""

import pickle
import re

import pytest

from scoring import errors


def tree(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]


ALL = [error for error in tree(errors.CounterfoilError) if error.__module__ == errors.__name__]


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_survives_pickle_with_its_hint(error: type[errors.CounterfoilError]) -> None:
    raised = error("it broke.", hint="Mend it.")
    again = pickle.loads(pickle.dumps(raised))
    assert (type(again), str(again), again.hint) == (error, "it broke. Mend it.", "Mend it.")


def test_retry_after_survives_too() -> None:
    again = pickle.loads(pickle.dumps(errors.RateLimitedError("slow down", retry_after=2.5)))
    assert again.retry_after == 2.5


def test_the_drawing_shows_every_error() -> None:
    drawn = set(re.findall(r"[A-Z]\w+Error", errors.__doc__ or ""))
    assert drawn == {error.__name__ for error in ALL}
