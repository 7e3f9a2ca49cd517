"""Text towers: what they need, what they say of pictures, and captions. The weights are random."""

import json

import numpy as np
import open_clip
import pytest
import torch

from scoring.errors import EncoderError
from tests.vision.drawn_pictures import poster
from tests.vision.tiny_checkpoint import CAPTIONS, CONFIG, WORDS, write_tiny_checkpoint
from vision.captions import MOST_WORDS, Captioner
from vision.checkpoint import EncoderSpec
from vision.encoder import Encoder
from vision.words import Categories


def load(folder, *, words=True):
    return Encoder.load(EncoderSpec(model=str(folder), device="cpu"), offline=True, words=words)


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    return load(write_tiny_checkpoint(tmp_path_factory.mktemp("words"), 3, WORDS))


@pytest.fixture(scope="module")
def captioning(tmp_path_factory):
    return load(write_tiny_checkpoint(tmp_path_factory.mktemp("captions"), 3, CAPTIONS))


def test_words_become_vectors_as_open_clip_makes_them(reading):
    texts = ["a red bag", "shoes", "x " * 100]
    vectors = reading.read(texts)
    assert vectors.shape == (3, reading.size)
    with torch.inference_mode():
        theirs = reading.network.encode_text(
            open_clip.SimpleTokenizer(context_length=16)(texts), normalize=True
        )
    assert np.allclose(vectors, theirs.numpy(), atol=1e-6)
    assert np.allclose(reading.read(["shoes"] * 70)[69], vectors[1], atol=1e-5), "in batches too"


def test_pictures_are_the_same_with_and_without_words(reading, tmp_path):
    alone = load(write_tiny_checkpoint(tmp_path, 3, WORDS), words=False)
    assert alone.key == reading.key
    picture = reading.prepare(poster(1))
    assert (alone.embed([picture]) == reading.embed([picture])).all()
    with pytest.raises(EncoderError, match="for pictures alone"):
        alone.read(["shoes"])


def test_a_category_is_the_sentence_nearest_to_all_pictures(reading):
    labels = ["shoes", "bags", "watches"]
    categories = Categories(reading.words, labels, prompt="{}")
    for label, vector in zip(labels, reading.read(labels), strict=True):
        assert categories.guess(vector[None]).label == label
    shoes, bags = reading.read(labels)[:2]
    both = categories.guess(np.stack([shoes, shoes, bags]))
    assert both.label == "shoes"
    assert 1 / 3 < both.probability < categories.guess(shoes[None]).probability <= 1
    with pytest.raises(EncoderError, match="no choice"):
        Categories(reading.words, ["shoes"])


UNREADABLE = [
    ({}, "knows pictures alone", "a text tower of 64 words: a stub"),
    ({"hf_model_name": "xlm-roberta-base"}, "another library's model", "a tower that open_clip borrows"),
    ({"hf_tokenizer_name": "timm/ViT-B-16-SigLIP"}, "transformers", "a tokenizer that is not installed"),
]


@pytest.mark.parametrize(("more", "says", "reason"), UNREADABLE, ids=[row[2] for row in UNREADABLE])
def test_a_checkpoint_that_reads_no_words_says_so_before_it_is_loaded(tmp_path, more, says, reason):
    folder = write_tiny_checkpoint(tmp_path)
    config = json.loads(json.dumps(CONFIG))
    config["model_cfg"]["text_cfg"] |= more
    (folder / "open_clip_config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(EncoderError, match=says):
        load(folder)
    assert load(folder, words=False).size == 32, reason


def test_captions_are_the_likeliest_words_and_always_the_same(captioning):
    pictures = np.stack([captioning.prepare(poster(seed)) for seed in (1, 2)])
    captioner = Captioner(captioning)
    both = captioner.captions(pictures)
    assert len(both) == 2
    assert all(both), "random weights write nonsense, but they write"
    assert captioner.captions(pictures[1:]) == both[1:], "whatever else is in the batch"
    assert captioner.captions(pictures[:0]) == []
    first = captioning.network(
        captioning.batch(pictures[:1]),
        torch.tensor([[captioning.words.tokenizer.sot_token_id]]),
        output_labels=False,
    )["logits"][0, -1]
    expected = captioning.words.tokenizer.decode([int(first.argmax())]).strip()
    assert both[0].startswith(expected)
    assert len(captioning.words.tokenizer.encode(both[0])) <= 2 * MOST_WORDS


def test_an_encoder_without_a_decoder_writes_no_captions(reading):
    with pytest.raises(EncoderError, match="writes no captions"):
        Captioner(reading)
