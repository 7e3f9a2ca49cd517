"""The networks that rapidocr's wheel carries, as ONNX files: text is read with them, and marks are found."""

from importlib.util import find_spec
from pathlib import Path

import onnxruntime

from scoring.errors import UnavailableError


def wheel_model(name: str, *, purpose: str) -> Path:
    """A network's file; `UnavailableError` where it is not there, saying what it was for."""
    found = find_spec("rapidocr")
    folder = Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None
    if folder is None or not (folder / "models" / name).is_file():
        raise UnavailableError(
            f"{name} is not there to {purpose} with.",
            hint="Install rapidocr 3.10 or newer, whose wheel brings it.",
        )
    return folder / "models" / name


def one_thread(model: Path | bytes) -> onnxruntime.InferenceSession:
    """A network on one thread: a pool has as many workers as there are cores, and sums come out alike."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena keeps the memory of the largest picture ever seen
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
