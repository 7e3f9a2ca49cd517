"""How fast pictures go through an encoder: the model alone, ways to run it, and a scan's pool of workers.

Ways are compared in pairs: each is run right beside the plain one (fp32, channels last), turn by turn, and
the median of the turns' ratios is reported, so that a machine that is busy otherwise slows both. What a way
does to the vectors is the largest 1 - cosine to the plain ones, and the largest change of a number in a
vector when its picture is embedded alone. The pool is compared with a plain loop in the
same way (`--pool` turns; 0 leaves it out, and does not start Ray). `--model` is any that settings take, or an
open_clip architecture, such as ViT-B-32, which is then built with random weights: they take as long. One
thread unless `--threads` says more.
"""

import json
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import open_clip
import pyarrow as pa
import ray
import torch
from safetensors.torch import save_file

from benchmarks._report import options, photographs, show
from cluster.encoder_plan import EncoderPlan, appearance_by
from cluster.encoders import load_encoder
from cluster.library import build_library
from cluster.session import session
from cluster.settings import Pool, Pools, Settings
from cluster.sources import PictureSpec
from cluster.state import State
from pipelines.encoding import Encode
from pipelines.rounds import pooled
from pipelines.stages import MEASURED, Crew
from scoring.brand import Brand
from vision.decode import decode
from vision.encoder import Encoder

Pixels = npt.NDArray[np.uint8]
Prepared = npt.NDArray[np.float32]
Run = Callable[[Prepared], Prepared]

BATCHES = (1, 4, 16, 32)


def main() -> None:
    """Measure and print."""
    asked = options(__doc__ or "", model="builtin", pictures=96, turns=5, threads=1, pool=3)
    torch.set_num_threads(asked.threads)
    folder = photographs(asked)
    paths = sorted((folder / "grocery" / "packaged").rglob("*.jpg"))
    chosen = paths[:: max(1, len(paths) // asked.pictures)][: asked.pictures]
    pictures = [decode(path.read_bytes()).pixels for path in chosen]
    with tempfile.TemporaryDirectory(prefix="counterfoil-speed-") as home:
        settings = Settings(home=Path(home), encoder=model_at(asked.model, Path(home)), encoder_device="auto")
        encoder = load_encoder(settings)
        told: dict[str, Any] = {
            "encoder": encoder.key,
            "device": str(encoder.device),
            "pictures": len(pictures),
            "threads": asked.threads,
        }
        told |= alone(encoder, pictures, asked.turns)
        if asked.pool:
            told |= pool(settings, encoder, pictures, asked.pool)
    show(asked, told)


def alone(encoder: Encoder, pictures: Sequence[Pixels], turns: int) -> dict[str, Any]:
    """The model in this process: batches, and every way of running it beside the plain one."""
    prepared = np.stack([encoder.prepare(it) for it in pictures])

    def plain(batch: Prepared) -> Prepared:
        return encoder.embed(batch)

    sizes = {f"batch {size}": _rate(plain, prepared, size) for size in BATCHES}
    bare = _bare(encoder, pictures)
    expected = plain(prepared[:32])
    ways = {}
    for name, way in _ways(encoder):
        ratio = _beside(plain, way, prepared, turns)
        together = way(prepared[:32])
        moved = float((1 - (together * expected).sum(1)).max())
        single = np.concatenate([way(prepared[at : at + 1]) for at in range(len(together))])
        apart = float(np.abs(single - together).max())
        told = f"{ratio:.2f} times as fast, cosines move by {moved:.5f}"
        ways[name] = f"{told}, vectors by {apart:.0e} with the batch"
    return {"embedded a second": sizes, "prepared and embedded a second": bare, "beside fp32": ways}


def pool(settings: Settings, encoder: Encoder, pictures: Sequence[Pixels], turns: int) -> dict[str, Any]:
    """A scan's one worker on one CPU, index and all, once it runs; beside the same in a plain loop."""
    state = State(settings)
    state.catalog.tenants.ensure("speed")
    state.catalog.brands.save("speed", Brand(name="Speed"))
    rates, ratios = [], []
    with session(settings):
        library = ray.put(build_library(state, "speed"))
        crew = Crew(settings, PictureSpec(private_addresses=False), library, 1)
        for turn in range(turns):
            bare = _bare(encoder, pictures)
            rates.append(_pooled(crew, state, pictures, turn))
            ratios.append(rates[-1] / statistics.fmean([bare, _bare(encoder, pictures)]))
    return {
        "pool a second": statistics.median(rates),
        "pool against the bare loop": statistics.median(ratios),
        "of turns": ", ".join(f"{it:.2f}" for it in ratios),
    }


def _pooled(crew: Crew, state: State, pictures: Sequence[Pixels], turn: int) -> float:
    (model,) = EncoderPlan.of(state, "speed").models
    # Each picture once: a second time it would come from the sightings.
    numbered = [(turn * len(pictures) + number, it) for number, it in enumerate(pictures)]
    sixteens = [numbered[start : start + 16] for start in range(0, len(numbered), 16)]
    blocks = [
        ray.put(pa.Table.from_pylist([_row(it, number, model) for number, it in some], MEASURED))
        for some in sixteens
    ]
    rows = ray.data.from_arrow_refs(blocks).map_batches(  # type: ignore[arg-type]  # Ray has two classes of that name
        Encode, fn_constructor_args=(crew,), **pooled(Pools(encoder=Pool(max_size=1)).encoder, most=1)
    )
    times, done = [], []
    for block in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
        times.append(time.perf_counter())
        done.append(len(block))
    # The first block waits for the worker to start.
    return float(sum(done[1:]) / (times[-1] - times[0]))


def _bare(encoder: Encoder, pictures: Sequence[Pixels]) -> float:
    """Pictures a second, prepared and embedded in a plain loop."""
    begun = time.perf_counter()
    for start in range(0, len(pictures), 16):
        encoder.embed([encoder.prepare(it) for it in pictures[start : start + 16]])
    return len(pictures) / (time.perf_counter() - begun)


def model_at(name: str, home: Path) -> str:
    """A name that settings take; for an architecture, a folder with random weights for it."""
    config = open_clip.get_model_config(name)
    if config is None:
        return name
    folder = home / "random"
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    network = open_clip.create_model(name)
    save_file(
        {key: it.contiguous() for key, it in network.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    written = {"name": f"random-{name}", "model_cfg": config, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(written), encoding="utf-8")
    return str(folder)


def _ways(encoder: Encoder) -> Iterator[tuple[str, Run]]:
    def run(network: Any, dtype: torch.dtype, memory: torch.memory_format) -> Run:  # noqa: ANN401 - open_clip's
        def way(batch: Prepared) -> Prepared:
            with torch.inference_mode():
                given = torch.from_numpy(batch).to(encoder.device, dtype).contiguous(memory_format=memory)
                found = torch.nn.functional.normalize(network.encode_image(given).float(), dim=-1)
            return np.asarray(found.cpu().numpy())

        return way

    plain, last = torch.contiguous_format, torch.channels_last
    yield "contiguous", run(deepcopy(encoder.network).to(memory_format=plain), torch.float32, plain)
    lower = deepcopy(encoder.network)
    open_clip.model.convert_weights_to_lp(lower, dtype=torch.bfloat16)
    lower = lower.to(torch.bfloat16) if _is_timm(encoder) else lower
    yield "bf16", run(lower.to(memory_format=last), torch.bfloat16, last)
    if encoder.device.type == "cpu":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is to move to another package, which says so on every call
            small = torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
                deepcopy(encoder.network), {torch.nn.Linear}, torch.qint8
            )
        yield "int8 dynamic", run(small, torch.float32, last)


def _is_timm(encoder: Encoder) -> bool:
    return hasattr(encoder.network.visual, "trunk")


def _rate(run: Run, prepared: Prepared, size: int) -> float:
    run(prepared[:size])
    begun = time.perf_counter()
    for start in range(0, len(prepared), size):
        run(prepared[start : start + size])
    return len(prepared) / (time.perf_counter() - begun)


def _beside(plain: Run, way: Run, prepared: Prepared, turns: int) -> float:
    way(prepared[:16])
    return statistics.median(
        _rate(way, prepared[:48], 16) / _rate(plain, prepared[:48], 16) for _ in range(turns)
    )


def _row(pixels: Pixels, number: int, model: str) -> dict[str, Any]:
    return {
        "grp": str(number),
        "features": b"{}",
        "cached": [],
        "appearances": [appearance_by(model)],
        "sha256": f"{number:064x}",
        "pixels": pixels.tobytes(),
        "height": pixels.shape[0],
        "width": pixels.shape[1],
    }


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
