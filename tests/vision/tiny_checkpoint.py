"""A real open_clip checkpoint, small enough to make in a test: 2 layers, 32-wide vectors, random weights."""

import json
from pathlib import Path

CONFIG = {
    "name": "tiny",
    "model_cfg": {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
        "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 32, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {
        "mean": [0.48, 0.46, 0.41],
        "std": [0.27, 0.26, 0.28],
        "interpolation": "bicubic",
        "resize_mode": "shortest",
    },
}


WORDS = {
    **CONFIG,
    "name": "tiny-words",
    "model_cfg": CONFIG["model_cfg"]
    | {"text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}},
}
"""With a text tower that takes the words of open_clip's own tokenizer."""
CAPTIONS = {
    **WORDS,
    "name": "tiny-captions",
    "model_cfg": {
        "embed_dim": 32,
        "vision_cfg": CONFIG["model_cfg"]["vision_cfg"]
        | {"attentional_pool": True, "attn_pooler_heads": 2, "output_tokens": True},
        "text_cfg": WORDS["model_cfg"]["text_cfg"] | {"embed_cls": True, "output_tokens": True},
        "multimodal_cfg": {
            "context_length": 16,
            "vocab_size": 49408,
            "width": 32,
            "heads": 2,
            "layers": 1,
            "attn_pooler_heads": 2,
        },
        "custom_text": True,
    },
}
"""A CoCa."""


def write_tiny_checkpoint(folder: Path, seed: int = 0, config: dict = CONFIG) -> Path:
    """Write config and safetensors weights into `folder`; the same seed gives the same bytes."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        architecture = dict(config["model_cfg"])
        kind = open_clip.CoCa if architecture.pop("custom_text", False) else open_clip.CLIP
        model = kind(**architecture)
    save_file(
        {name: tensor.contiguous() for name, tensor in model.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    return folder
