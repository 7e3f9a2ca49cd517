"""Captions as evidence: written where a CoCa is configured, else an abstention that says so."""

import pytest
from open_clip.tokenizer import SimpleTokenizer
from safetensors.torch import load_file, save_file

from cluster.library import build_library
from cluster.measure import listing_features, measure
from cluster.state import State
from scoring.brand import Brand
from scoring.features import CAPTIONS, GEOMETRY, Caption, Unavailable, dump_features, load_features
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from scoring.recipe import Recipe
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, write_kit
from tests.vision.tiny_checkpoint import CAPTIONS as COCA
from tests.vision.tiny_checkpoint import WORDS, write_tiny_checkpoint
from vision.decode import decode

RECIPE = Recipe.model_validate(
    {
        "name": "captions",
        "version": 1,
        "steps": [["names_in_caption"]],
        "signals": {"names_in_caption": {"weight": 0.2, "auxiliary": True}},
    }
)
PIXELS = decode(jpeg(3)).pixels


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return write_kit(tmp_path_factory.mktemp("brand") / "kit", {"0.jpg": jpeg(0)})


def library_with(home, kit, captions):
    settings = settings_at(home, encoder="none", encoder_device="cpu", captions=captions)
    import_into(settings, kit)
    return build_library(State(settings), TENANT)


def judged(brand, features):
    listing = Listing(platform="ebay", listing_id="1", title="Bottle", images=("a.jpg",))
    verdict = Funnel(RECIPE).judge(listing, [brand], features, tenant=TENANT)
    assert not isinstance(verdict, Needs)
    return verdict


def saying(folder, word):
    """A CoCa of random weights but for the last layer, which always says one word."""
    weights = write_tiny_checkpoint(folder, config=COCA) / "open_clip_model.safetensors"
    (token,) = SimpleTokenizer().encode(word)
    state = load_file(weights)
    state["text_decoder.ln_final.weight"].zero_()
    state["text_decoder.ln_final.bias"].fill_(1)
    state["text_decoder.text_projection"].zero_()[:, token] = 1
    save_file(state, weights)
    return str(folder)


def test_a_caption_is_written_the_same_each_time_and_a_name_in_it_is_weak_evidence(tmp_path, kit):
    library = library_with(tmp_path / "home", kit, saying(tmp_path / "coca", "guitar"))
    assert CAPTIONS not in library.unavailable
    written = measure(CAPTIONS, PIXELS, library)
    assert not isinstance(written, Unavailable), written
    (caption,) = written
    assert caption.writer.startswith("tiny-captions-")
    assert measure(CAPTIONS, PIXELS, library) == written
    assert load_features(dump_features({CAPTIONS: written})) == {CAPTIONS: written}, "as a journal carries it"
    assert set(caption.caption.split()) == {"guitar"}
    verdict = judged(Brand(name="Guitar"), listing_features([{CAPTIONS: written}], library))
    assert 0 < verdict.score < 0.4, "no tier by itself"
    assert [it.signal for it in verdict.contributions] == ["names_in_caption"]
    assert verdict.tier == 4


UNWRITTEN = [
    (None, "set COUNTERFOIL_CAPTIONS", "nobody configured one"),
    ("words", "writes no captions", "an encoder that reads words and writes none"),
    ("gone", "no caption can be written", "a folder that is not there"),
]


@pytest.mark.parametrize(("model", "says", "reason"), UNWRITTEN, ids=[row[2] for row in UNWRITTEN])
def test_where_none_can_be_written_the_signal_abstains_with_the_reason(tmp_path, kit, model, says, reason):
    if model == "words":
        write_tiny_checkpoint(tmp_path / model, config=WORDS)
    library = library_with(tmp_path / "home", kit, None if model is None else str(tmp_path / model))
    measured = {} if model is None else {CAPTIONS: measure(CAPTIONS, PIXELS, library)}
    (abstained,) = judged(Brand(name="Northpine"), listing_features([measured], library)).abstentions
    assert says in abstained.reason, reason


def test_a_caption_is_no_other_match():
    """Matches are told apart by their fields: a caption has none that another must have."""
    caption = Caption(caption="a bottle", writer="e-1", image=2)
    assert load_features(dump_features({CAPTIONS: (caption,), GEOMETRY: ()}))[CAPTIONS] == (caption,)
