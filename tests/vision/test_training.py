"""A training of a few steps, on pictures that are drawn here: whole, stopped and resumed, released."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from scoring.errors import EncoderError
from vision.checkpoint import EncoderSpec
from vision.encoder import Encoder
from vision.training.fit import Course, Lessons, contrast, fit
from vision.training.manifest import read_manifest
from vision.training.model import CONFIG, Student, normalised
from vision.training.pairs import write_pairs
from vision.training.release import release
from vision.training.settle import settle
from vision.training.teacher import WIDTH, whiten
from vision.training.views import SHARD, SIBLINGS, SIZE, VIEWS, Material, make_views, read_views

BRANDS = 6
COURSE = Course(steps=4, groups=6, warm_up=2, keep_every=2)
MARK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 2h20v20z"/></svg>'


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """As in the command: on one thread the same bits come again."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    make_views(folder, Material(), brands=BRANDS, seed=1)
    return folder


@pytest.fixture(scope="module")
def whole(views, tmp_path_factory):
    return fit(tmp_path_factory.mktemp("whole"), views, COURSE, tell=lambda *_: None)


def stop_at(step):
    def tell(now, losses):
        if now == step:
            raise KeyboardInterrupt

    return tell


def write_sources(place, **source):
    (place / "apples").mkdir(parents=True)
    for name, level in (("one.jpg", 40), ("two.jpg", 200)):
        Image.fromarray(np.full((40, 30, 3), level, np.uint8)).save(place / "apples" / name)
    (place / "apples" / "broken.jpg").write_bytes(b"no picture")
    (place / "mark.svg").write_text(MARK)
    manifest = place / "manifest.yaml"
    manifest.write_text(json.dumps([{"folder": str(place), "licence": "MIT", "identity": "folder"} | source]))
    return manifest


def test_a_run_that_was_stopped_goes_on_bit_for_bit(views, whole, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, views, COURSE, tell=stop_at(2))
    seen = []
    resumed = fit(tmp_path, views, COURSE, tell=lambda step, losses: seen.append(step))
    assert seen == [2, 3], "it goes on from the checkpoint after two steps"
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name


def test_training_changes_what_it_should(whole):
    torch.manual_seed(COURSE.seed)
    fresh = Student().state_dict()
    moved = {name for name, tensor in whole.state_dict().items() if not torch.equal(tensor, fresh[name])}
    assert any(name.startswith("clip.visual.head") for name in moved)
    assert not any(name.startswith("clip.transformer") for name in moved), "nobody trains the text tower"


def test_another_course_does_not_go_on_from_this_ones_checkpoint(views, tmp_path):
    fit(tmp_path, views, Course(steps=1, groups=6), tell=lambda *_: None)
    with pytest.raises(EncoderError, match="was begun with another course"):
        fit(tmp_path, views, Course(steps=1, groups=6, seed=2), tell=lambda *_: None)


def test_what_is_released_loads_like_any_checkpoint(whole, views, tmp_path):
    encoder = Encoder.load(
        EncoderSpec(model=str(release(whole, settle(whole, views), tmp_path)), device="cpu"), offline=True
    )
    assert (encoder.size, encoder.shape) == (256, (3, SIZE, SIZE))
    picture = np.array(read_views(views)[0][0][0, 0])
    np.testing.assert_allclose(
        encoder.prepare(picture), normalised(torch.from_numpy(picture[None]))[0], atol=1e-6,
        err_msg="training must see what the product shows the network",
    )  # fmt: skip


def test_the_settled_layer_makes_pictures_of_one_product_differ_alike_in_every_direction(whole, views):
    """Within a product, no direction is wider than the others once the ridge is let go."""
    (shard,), _ = read_views(views)
    head = settle(whole, views)
    with torch.inference_mode():
        trunk = whole.eval().clip.visual.trunk
        shown = normalised(torch.from_numpy(np.array(shard).reshape(-1, SIZE, SIZE, 3)))
        features = trunk.forward_head(trunk.forward_features(shown)) @ head.weight.T + head.bias
    features = features.reshape(len(shard), VIEWS, -1).numpy()
    apart = (features - features.mean(1, keepdims=True)).reshape(-1, features.shape[2])
    assert np.linalg.eigvalsh(np.cov(apart.T)).max() < 1.05
    np.testing.assert_allclose(features.mean((0, 1)), 0, atol=1e-3)


def test_views_are_the_same_again_and_go_on_where_they_stopped(views, tmp_path):
    make_views(tmp_path, Material(), brands=BRANDS, seed=1)
    (first,), groups = read_views(tmp_path)
    np.testing.assert_array_equal(first, read_views(views)[0][0])
    assert first.shape == (BRANDS * SIBLINGS, VIEWS, SIZE, SIZE, 3)
    assert len(np.unique(groups[:, 0])) == BRANDS * SIBLINGS
    assert len(np.unique(groups[:, 1])) == BRANDS
    stamp = (tmp_path / "views-00000.npy").stat().st_mtime_ns
    make_views(tmp_path, Material(), brands=BRANDS, seed=1)
    assert (tmp_path / "views-00000.npy").stat().st_mtime_ns == stamp


def test_siblings_differ_and_views_differ(views):
    (shard,), _ = read_views(views)
    assert len({group[0].tobytes() for group in shard}) == BRANDS * SIBLINGS
    assert len({view.tobytes() for view in shard[0]}) == VIEWS


def test_incomplete_views_are_not_trained_on(views, tmp_path):
    np.save(tmp_path / "groups.npy", np.zeros((SHARD + 1, 2), np.int64))
    with pytest.raises(EncoderError, match="not complete"):
        Lessons(tmp_path, COURSE)


def test_a_batch_holds_whole_families_and_two_views_of_each_group(views):
    lesson = Lessons(views, COURSE)[0]
    labels, counts = np.unique(lesson.labels, return_counts=True)
    assert (len(labels), set(counts)) == (6, {2})
    assert len({label // SIBLINGS for label in labels.tolist()}) == 2, "two brands, three siblings each"
    np.testing.assert_array_equal(Lessons(views, COURSE)[0].views, lesson.views)


def test_every_source_says_what_is_one_product(tmp_path):
    material = Material.read(read_manifest(write_sources(tmp_path / "a")))
    assert (material.identities, len(material.refused)) == (["0/apples", "0/apples"], 1)
    assert "broken.jpg" in material.refused[0]
    labels = {group.label for group in material.plan(brands=1) if group.kind == "picture"}
    assert len(labels) == 1, "both pictures show one product"
    apart = Material.read(read_manifest(write_sources(tmp_path / "b", identity="picture")))
    assert len({group.label for group in apart.plan(brands=1) if group.kind == "picture"}) == 2
    drawn = Material.read(read_manifest(write_sources(tmp_path / "c", identity="artwork")))
    assert [(mask.shape, int(mask.max())) for mask in drawn.emblems] == [((128, 128), 255)]
    left = Material.read(
        read_manifest(write_sources(tmp_path / "d", **{"except": ["apples/t*", "*broken*"]}))
    )
    assert (len(left.pictures), left.refused) == (1, [])


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"licence": "CC-BY-NC-4.0"}, "a licence that does not allow a model to be given away"),
        ({"folder": "/nowhere/at/all"}, "no such folder"),
        ({"colour": "red"}, "an entry that nobody knows"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_told(tmp_path, source, why):
    with pytest.raises(EncoderError, match="manifest"):
        read_manifest(write_sources(tmp_path / "it", **source))


def test_contrast_rewards_what_is_together():
    near = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1, 0], [0, 1], [0.1, 1]]), dim=-1)
    together, apart = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
    assert contrast(near, together, 0.1) < 0.1
    assert contrast(near, apart, 0.1) > 5


def test_whitened_lessons_are_of_length_one():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(400, 300)) @ np.diag(np.linspace(1, 20, 300))
    white = whiten(features.astype(np.float32))
    assert white.shape == (400, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(white, axis=1), 1, atol=1e-5)


def test_the_config_is_what_open_clip_can_build_without_a_network():
    assert CONFIG["model_cfg"]["vision_cfg"]["timm_model_pretrained"] is False


def test_pairs_to_calibrate_on_are_as_rare_as_in_a_catalogue(tmp_path):
    material = Material.read(read_manifest(write_sources(tmp_path / "a", identity="picture")))
    pairs = write_pairs(tmp_path / "pairs", material, number=1, seed=7)
    lines = [json.loads(line) for line in pairs.read_text().splitlines()]
    references = {line["b"] for line in lines}
    assert len(references) == 12 + 2, "packages, and both pictures; there are no emblems"
    assert all(name.endswith("-0.png") for name in references)
    assert sum(line["same"] for line in lines) == len(lines) / len(references)
    assert all((pairs.parent / line[side]).is_file() for line in lines for side in "ab")
