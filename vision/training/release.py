"""From a training checkpoint to what ships: half-precision weights beside their config."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from vision.checkpoint_files import CONFIG as CONFIG_FILE
from vision.checkpoint_files import SAFE_WEIGHTS
from vision.training.model import CONFIG, Student
from vision.training.settle import Head


def release(student: Student, head: Head, folder: Path) -> Path:
    """Write a checkpoint that `vision.encoder` loads like any other; the teacher's layer stays behind."""
    folder.mkdir(parents=True, exist_ok=True)
    state = student.clip.state_dict()
    state |= {"visual.head.proj.weight": head.weight, "visual.head.proj.bias": head.bias}
    weights = {
        name: tensor.detach().to(torch.float16 if tensor.is_floating_point() else tensor.dtype).contiguous()
        for name, tensor in state.items()
    }
    save_file(weights, folder / SAFE_WEIGHTS[0], metadata={"format": "pt"})
    (folder / CONFIG_FILE).write_text(json.dumps(CONFIG, indent=2) + "\n", encoding="utf-8")
    return folder
