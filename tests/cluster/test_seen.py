"""What was measured lately holds for thirty days, for one tenant, one encoder, and the same references."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cluster.encoder_plan import EncoderPlan
from cluster.library import Owner, build_library
from cluster.seen import Seen
from cluster.state import State
from scoring.brand import ReferenceKind
from scoring.features import CERTIFICATIONS, GEOMETRY, MARKS, PATTERNS, TEXT, TextLine, Unavailable
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, write_kit

DIGEST = "ab" * 32
QUAD = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
READ = (TextLine(text="Northpine", confidence=0.912345678901, quad=QUAD),)


class Clock:
    now = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seen")
    settings = settings_at(folder / "home")
    import_into(settings, write_kit(folder / "kit", {"a.jpg": jpeg(0), "b.jpg": jpeg(1)}))
    return settings


@pytest.fixture
def state(settings, tmp_path):
    """The same catalogue with a blob store of the test's own."""
    return State(settings)


@pytest.fixture
def seen(state, tmp_path):
    def make(library=None, clock=None, **changes):
        settings = state.settings.model_copy(update={"blob_url": str(tmp_path / "blobs"), **changes})
        known = library or build_library(state, TENANT)
        known = replace(known, encoders=EncoderPlan.of(State(settings), TENANT))
        return Seen(State(settings).derived(known.tenant), known, settings, clock=clock or Clock())

    return make


def test_what_was_measured_comes_back_as_it_was(seen):
    seen().put(DIGEST, {TEXT: READ})
    seen().put(DIGEST, {GEOMETRY: (), MARKS: Unavailable("it failed")})
    sighting = seen().get(DIGEST)
    assert sighting.features == {TEXT: READ, GEOMETRY: ()}, "what failed is tried again"
    assert seen().get("cd" * 32) is None


def test_it_holds_for_thirty_days(seen):
    clock = Clock()
    seen(clock=clock).put(DIGEST, {TEXT: READ})
    clock.now += timedelta(days=30) - timedelta(seconds=1)
    seen(clock=clock).put(DIGEST, {GEOMETRY: ()})
    assert set(seen(clock=clock).get(DIGEST).features) == {TEXT, GEOMETRY}
    clock.now += timedelta(seconds=1)
    assert seen(clock=clock).get(DIGEST) is None, "being looked up does not lengthen it"


def test_another_encoder_has_seen_nothing(seen):
    seen(encoder="builtin").put(DIGEST, {TEXT: READ})
    assert seen(encoder="ViT-B-32/openai").get(DIGEST) is None
    assert seen(encoder="builtin").get(DIGEST) is not None


def test_other_references_are_compared_anew_and_cost_no_unit(seen, state):
    library = build_library(state, TENANT)
    seen(library).put(DIGEST, {TEXT: READ, GEOMETRY: ()})
    owners = dict(list(library.owners.items())[:1])
    sighting = seen(replace(library, owners=owners)).get(DIGEST)
    assert sighting is not None
    assert set(sighting.features) == {TEXT}, "a text is a text whatever the references are"


NEW = (
    (ReferenceKind.PHOTO, {TEXT, MARKS, PATTERNS, CERTIFICATIONS}, "only geometry looks for photographs"),
    (ReferenceKind.LOGO, {TEXT, MARKS, PATTERNS, CERTIFICATIONS}, "its artwork is a mark of its own, below"),
    (ReferenceKind.PATTERN, {TEXT, MARKS, CERTIFICATIONS}, "a pattern is looked for as such, too"),
    (ReferenceKind.CERTIFICATION, {TEXT, MARKS, PATTERNS}, "so is a mark of certification"),
)


@pytest.mark.parametrize(("kind", "hold", "why"), NEW, ids=[str(row[0]) for row in NEW])
def test_a_new_reference_is_looked_for_where_its_kind_matters(seen, state, kind, hold, why):
    library = build_library(state, TENANT)
    measured = {TEXT: READ, **dict.fromkeys((GEOMETRY, MARKS, PATTERNS, CERTIFICATIONS), ())}
    seen(library).put(DIGEST, measured)
    more = replace(library, owners=library.owners | {"new": Owner("Northpine", kind)})
    assert set(seen(more).get(DIGEST).features) == hold, why
    assert set(seen(library).get(DIGEST).features) == set(measured)


def test_a_new_mark_is_looked_for(seen, state):
    library = build_library(state, TENANT)
    seen(library).put(DIGEST, {MARKS: (), GEOMETRY: ()})
    names = {**library.marks.names, "new": "a mark"}
    more = replace(library, marks=replace(library.marks, names=names))
    assert set(seen(more).get(DIGEST).features) == {GEOMETRY}


def test_it_can_be_turned_off(seen):
    seen().put(DIGEST, {TEXT: READ})
    assert seen(embedding_days=0).get(DIGEST) is None


def test_a_store_that_fails_costs_only_the_saving(seen, tmp_path):
    (tmp_path / "blobs").write_text("not a folder")
    seen().put(DIGEST, {TEXT: READ})
    assert seen().get(DIGEST) is None
