"""The network is the first part of the model in rapidocr's wheel, and says so where it cannot be."""

import numpy as np
import pytest

from scoring.errors import UnavailableError
from vision.marks.backbone import DEEP, FINE, layers, model_bytes, whitenings
from vision.marks.onnx_part import part_of


def test_a_part_is_smaller_and_leads_to_what_was_wanted():
    model = model_bytes()
    fine, deep = part_of(model, {FINE}), part_of(model, {DEEP})
    assert len(fine) < len(deep) < len(model)
    assert part_of(deep, {FINE}) != deep


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x3a\x7f\x00", "no ONNX model"),
        (b"\x0b", "no ONNX model"),
        (b"\x80", "no ONNX model"),
    ],
    ids=["cut short", "a group", "an endless number"],
)
def test_bytes_that_are_no_model_are_refused(data, said):
    with pytest.raises(UnavailableError, match=said):
        part_of(data, {FINE})


def test_another_model_is_told_from_this_one():
    with pytest.raises(UnavailableError, match="no tensor nowhere"):
        part_of(model_bytes(), {"nowhere"})


def test_a_picture_has_the_same_cells_in_any_batch():
    pictures = np.random.default_rng(0).integers(0, 256, (17, 48, 48, 3), np.uint8)
    together, alone = layers().fine(pictures), layers().fine(pictures[16:])
    assert together.shape == (17, 6, 6, 96)
    np.testing.assert_allclose(together[16], alone[0], atol=1e-4)


def test_the_statistics_are_this_network_s():
    fine, deep = whitenings()
    assert (fine.axes.shape, deep.axes.shape) == ((96, 32), (192, 64))
