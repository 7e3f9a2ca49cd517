"""`counterfoil embed`: which files, what is skipped, and what is in the file."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cluster import embedding
from cluster.embedding import Listeners, Sizes, count_files, embed_files
from counterfoil import app
from scoring.errors import SettingsError
from tests.pipelines.markets import jpeg
from tests.vision.tiny_checkpoint import write_tiny_checkpoint
from vision.checkpoint import EncoderSpec
from vision.decode import decode
from vision.encoder import Encoder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def encoder(checkpoint):
    return Encoder.load(EncoderSpec(model=str(checkpoint), device="cpu"), offline=True)


@pytest.fixture
def pictures(tmp_path):
    """Three in two folders, one broken, and files that are no pictures."""
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for seed, name in enumerate(("b.jpg", "a.JPEG", "deeper/c.png")):
        (folder / name).write_bytes(jpeg(seed))
    (folder / "broken.jpg").write_bytes(jpeg(9)[:500])
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden" / "d.jpg").write_bytes(jpeg(7))
    return folder


def test_each_picture_of_a_folder_has_its_vector_and_the_rest_its_reason(pictures, encoder, tmp_path):
    skipped, progress = [], []
    out = tmp_path / "new" / "vectors.parquet"
    listeners = Listeners(progress.append, skipped.append)
    done = embed_files([str(pictures)], encoder, out, sizes=Sizes(batch=2), listeners=listeners)
    assert (done.written, done.skipped) == (3, 1)
    assert skipped == done.reasons
    assert skipped[0].startswith(str(pictures / "broken.jpg"))
    assert progress[-1] == count_files([str(pictures)]) == 4
    table = pq.read_table(out)
    assert table.column_names == ["path", "vector"]
    assert table.schema.metadata[b"encoder"].decode() == encoder.key
    names = [str(pictures / name) for name in ("a.JPEG", "b.jpg", "deeper/c.png")]
    assert table["path"].to_pylist() == names
    for name, vector in zip(names, table["vector"].to_pylist(), strict=True):
        alone = encoder.embed([encoder.prepare(decode(Path(name).read_bytes()).pixels)])[0]
        assert np.allclose(vector, alone, atol=1e-5)


NAMED = [
    (["{}/*.jpg"], ["b.jpg", "broken.jpg"], "a glob"),
    (["{}/**/*.png"], ["deeper/c.png"], "a glob through folders"),
    (["{}/notes.txt"], ["notes.txt"], "a file named itself, whatever it is called"),
    (["{}/gone.jpg"], ["gone.jpg"], "one that is not there is told later"),
    (["{}/b.jpg", "{}/deeper"], ["b.jpg", "deeper/c.png"], "several, in their order"),
    (["{}/*.bmp"], [], "a glob that finds nothing"),
]


@pytest.mark.parametrize(("paths", "found", "reason"), NAMED, ids=[row[2] for row in NAMED])
def test_which_files_are_meant(pictures, paths, found, reason):
    files = list(embedding._files([path.format(pictures) for path in paths]))
    assert sorted(files) == sorted(str(pictures / name) for name in found), reason


def test_row_groups_are_written_as_they_come(pictures, encoder, tmp_path):
    sizes = Sizes(batch=2, row_group=2)
    embed_files([str(pictures / "b.jpg")] * 5, encoder, tmp_path / "v.parquet", sizes=sizes)
    groups = pq.ParquetFile(tmp_path / "v.parquet").metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [2, 2, 1]


def test_where_nothing_can_be_read_no_file_is_left(pictures, encoder, tmp_path):
    with pytest.raises(SettingsError, match="no readable picture"):
        embed_files([str(pictures / "broken.jpg")], encoder, tmp_path / "v.parquet")
    with pytest.raises(SettingsError, match="cannot be written"):
        embed_files([str(pictures)], encoder, pictures / "b.jpg" / "v.parquet")
    assert not list(tmp_path.glob("*v.parquet*"))


def test_the_command_names_what_it_skips(pictures, checkpoint, tmp_path):
    out = tmp_path / "v.parquet"
    words = ["embed", str(pictures), "--out", str(out), "--encoder", str(checkpoint)]
    done = CliRunner().invoke(app, words, env={"COUNTERFOIL_HOME": str(tmp_path / "home")})
    assert done.exit_code == 0, done.output
    assert "3 vectors of 32" in done.stdout
    assert "Skipped" in done.stderr
    assert "broken.jpg" in done.stderr
    told = CliRunner().invoke(app, [*words, "--json"], env={"COUNTERFOIL_HOME": str(tmp_path / "home")})
    assert json.loads(told.stdout)["skipped"] == 1
