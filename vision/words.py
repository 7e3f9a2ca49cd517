"""An encoder's text tower: words to vectors that compare with its pictures', and what follows from that."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scoring.errors import EncoderError
from vision.checkpoint import Checkpoint

if TYPE_CHECKING:
    import torch

_OWN_VOCABULARY = 49_408
"""Of open_clip's own tokenizer, which its wheel brings: a smaller tower was never taught words."""
_BATCH = 64


def check_words(checkpoint: Checkpoint) -> None:
    """Raise EncoderError, before anything is loaded, unless this checkpoint can read words here."""
    text = checkpoint.model_config["text_cfg"]
    hint = "Choose one that can: counterfoil models list says which."
    if "hf_model_name" in text:
        raise EncoderError(
            f"The words of {checkpoint.name} are read by another library's model ({text['hf_model_name']}), "
            "which is not supported; its pictures are.",
            hint=hint,
        )
    if text.get("hf_tokenizer_name"):
        if importlib.util.find_spec("transformers") is None:
            raise EncoderError(
                f"The words of {checkpoint.name} are cut up by a tokenizer that needs transformers.",
                hint="Install it: pip install transformers sentencepiece. Its pictures need nothing.",
            )
        if not (checkpoint.folder / "tokenizer.json").is_file():
            raise EncoderError(
                f"{checkpoint.folder} holds no tokenizer.json.", hint="Pull the model anew with --again."
            )
    elif text.get("vocab_size", _OWN_VOCABULARY) < _OWN_VOCABULARY:
        raise EncoderError(f"The encoder {checkpoint.name} knows pictures alone, no words.", hint=hint)


class Words:
    """The text tower of a loaded model."""

    def __init__(self, model: "torch.nn.Module", checkpoint: Checkpoint, device: "torch.device") -> None:
        import open_clip  # noqa: PLC0415 - takes seconds with torch, which whoever built the model has paid

        it: Any = model  # open_clip's models have what torch's base class does not tell of
        self._model = it
        self._device = device
        self.tokenizer: Any = open_clip.get_tokenizer(f"local-dir:{checkpoint.folder}")
        self.scale: float = it.logit_scale.exp().item()
        """What a cosine is multiplied by before a softmax over several texts, as in training."""

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Texts as vectors of length 1: (N, size), float32. What is too long is cut at the end."""
        import torch  # noqa: PLC0415 - as above

        parts = []
        for start in range(0, len(texts), _BATCH):
            tokens = self.tokenizer(list(texts[start : start + _BATCH])).to(self._device)
            with torch.inference_mode():
                features = self._model.encode_text(tokens)
                parts.append(torch.nn.functional.normalize(features.float(), dim=-1).cpu().numpy())
        return np.concatenate(parts).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a picture most likely shows, of what was asked about."""

    label: str
    probability: float
    """Among the labels asked about: it says nothing of what is not among them."""


class Categories:
    """Zero-shot categories: each is a sentence, and a picture is what its nearest sentence says."""

    def __init__(
        self, words: Words, labels: Sequence[str], *, prompt: str = "a product photo of {}, for sale"
    ) -> None:
        if len(labels) < 2:
            raise EncoderError("One category is no choice.", hint="Name two or more.")
        self._labels = tuple(labels)
        self._vectors = words.embed([prompt.format(label) for label in labels])
        self._scale = words.scale

    def guess(self, vectors: npt.NDArray[np.float32]) -> Guess:
        """What one product's pictures, (N, size), show together."""
        logits = self._scale * (vectors @ self._vectors.T).mean(axis=0)
        likely = np.exp(logits - logits.max())
        best = int(likely.argmax())
        return Guess(self._labels[best], float(likely[best] / likely.sum()))
