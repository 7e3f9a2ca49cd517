"""The network: a RegNet in open_clip's timm tower, described by the config that ships with its weights."""

import copy
from typing import Any

import torch
from torch import nn

from vision.training.views import SIZE

CONFIG: dict[str, Any] = {
    "name": "counterfoil-builtin",
    "model_cfg": {
        "embed_dim": 256,
        "vision_cfg": {
            "timm_model_name": "regnetx_002",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            "timm_proj_bias": True,
            "image_size": SIZE,
        },
        # open_clip wants a text tower; this one is never trained and reads nothing.
        "text_cfg": {"context_length": 4, "vocab_size": 8, "width": 8, "heads": 1, "layers": 1},
    },
    "preprocess_cfg": {
        "mean": [0.5, 0.5, 0.5],
        "std": [0.25, 0.25, 0.25],
        "interpolation": "bilinear",
        # Whole pictures, whatever their shape: a crop would cut tall packages.
        "resize_mode": "squash",
    },
}
"""Of the small networks measured here (one thread, 128 px), RegNetX-200MF trained fastest: 173 pictures a CPU
second in bf16, where MobileNetV3-small took 146, LCNet 107 and ResNet-10 69."""

TAUGHT = 256
"""Numbers that the teacher says of a quarter."""


class Student(nn.Module):
    """The open_clip model, with a second head that only the teacher's lessons use."""

    def __init__(self) -> None:
        import open_clip  # noqa: PLC0415 - takes seconds

        super().__init__()
        config = copy.deepcopy(CONFIG["model_cfg"])
        # The bias comes last, when the layer is settled (settle.py).
        config["vision_cfg"]["timm_proj_bias"] = False
        self.clip = open_clip.CLIP(**config)
        for parameter in self.clip.transformer.parameters():
            parameter.requires_grad_(False)  # noqa: FBT003 - torch's signature
        self.lesson = nn.Linear(self.clip.visual.trunk.num_features, TAUGHT)

    def forward(self, views: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, 3, SIZE, SIZE) to vectors of length 1, (N, 256), and the teacher's words, (N, 4, TAUGHT)."""
        visual = self.clip.visual
        features = visual.trunk.forward_features(views)
        vectors = nn.functional.normalize(visual.head(visual.trunk.forward_head(features)).float(), dim=-1)
        quarters = nn.functional.adaptive_avg_pool2d(features, 2).flatten(2).transpose(1, 2)
        return vectors, self.lesson(quarters)


def normalised(views: torch.Tensor) -> torch.Tensor:
    """uint8 (N, SIZE, SIZE, 3) as the config's preprocessing leaves them: (N, 3, SIZE, SIZE) float."""
    cfg = CONFIG["preprocess_cfg"]
    mean, std = torch.tensor(cfg["mean"]), torch.tensor(cfg["std"])
    return (
        ((views.float() / 255 - mean) / std).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    )
